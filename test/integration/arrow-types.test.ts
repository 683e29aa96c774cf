/**
 * Tests every Arrow type that a query can return, with nulls and nesting, as `toArray` returns it by default.
 *
 * The exception is Union. No query of DataFusion 55 can make one: its functions only read unions, and no cast makes them.
 * `values.test.ts` tests unions.
 */

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { setupTestCluster, type TestCluster } from '../../src/cluster/test-cluster.js';
import { BallistaSessionContext } from '../../src/session/ballista-session-context.js';

let cluster: TestCluster;
let ctx: BallistaSessionContext;

beforeAll(async () => {
  cluster = await setupTestCluster({ executors: 2, vcores: 2 });
  ctx = new BallistaSessionContext(cluster.url);
});

afterAll(async () => {
  await ctx.close();
  await cluster.close();
});

const date = (text: string): Date => new Date(text);
const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);
const interval = (months: number, days: number, nanoseconds: bigint) => ({ months, days, nanoseconds });

/** The type that a column is cast to, the values in SQL, and the expected values. The test adds a null to each. */
type Case = readonly [type: string, sql: readonly string[], values: readonly unknown[]];

const SIMPLE: readonly Case[] = [
  ['Boolean', ['true', 'false'], [true, false]],
  ['Int8', ['-128', '127'], [-128, 127]],
  ['Int16', ['-32768', '32767'], [-32768, 32767]],
  ['Int32', ['-2147483648', '2147483647'], [-2147483648, 2147483647]],
  ['Int64', ["'-9223372036854775808'", "'9223372036854775807'"], [-(2n ** 63n), 2n ** 63n - 1n]],
  ['UInt8', ['0', '255'], [0, 255]],
  ['UInt16', ['0', '65535'], [0, 65535]],
  ['UInt32', ['0', '4294967295'], [0, 4294967295]],
  ['UInt64', ["'0'", "'18446744073709551615'"], [0n, 2n ** 64n - 1n]],
  ['Float16', ['1.5', '-65504', '0'], [1.5, -65504, 0]],
  ['Float32', ['1.5', "'NaN'", "'-inf'"], [1.5, Number.NaN, Number.NEGATIVE_INFINITY]],
  ['Float64', ['0.1', "'NaN'", "'inf'", '-1.7976931348623157e308'], [0.1, Number.NaN, Infinity, -Number.MAX_VALUE]],
  ['Decimal32(9, 2)', ["'-1234567.89'", "'0.05'"], ['-1234567.89', '0.05']],
  ['Decimal64(18, 3)', ["'-123456789012345.678'", "'0'"], ['-123456789012345.678', '0.000']],
  ['Decimal128(38, 10)', ["'-1234567890123456789012345678.0123456789'"], ['-1234567890123456789012345678.0123456789']],
  [
    'Decimal256(76, 5)',
    ["'-12345678901234567890123456789012345678901.5'"],
    ['-12345678901234567890123456789012345678901.50000'],
  ],
  ['Utf8', ["'Köln 🦆'", "''"], ['Köln 🦆', '']],
  ['LargeUtf8', ["'Köln 🦆'", "''"], ['Köln 🦆', '']],
  ['Utf8View', ["'short'", "'longer than twelve bytes'"], ['short', 'longer than twelve bytes']],
  ['Binary', ["x'00ff'", "x''"], [bytes(0, 255), bytes()]],
  ['LargeBinary', ["x'00ff'", "x''"], [bytes(0, 255), bytes()]],
  [
    'BinaryView',
    ["x'00ff'", "x'000102030405060708090a0b0c0d'"],
    [bytes(0, 255), Uint8Array.from({ length: 14 }, (_, i) => i)],
  ],
  ['FixedSizeBinary(2)', ["x'00ff'", "x'0102'"], [bytes(0, 255), bytes(1, 2)]],
  ['Date32', ["'2021-01-31'", "'1969-12-31'", "'0001-01-01'"], ['2021-01-31', '1969-12-31', '0001-01-01'].map(date)],
  ['Date64', ["'2021-01-31'", "'1969-12-31'"], ['2021-01-31', '1969-12-31'].map(date)],
  ['Time32(Second)', ["'23:59:59'", "'00:00:00'"], ['23:59:59', '00:00:00']],
  ['Time32(Millisecond)', ["'23:59:59.123'"], ['23:59:59.123']],
  ['Time64(Microsecond)', ["'23:59:59.123456'"], ['23:59:59.123456']],
  ['Time64(Nanosecond)', ["'23:59:59.123456789'"], ['23:59:59.123456789']],
  ['Duration(Second)', ['5', '-7'], [5n, -7n]],
  ['Duration(Millisecond)', ['5', '-7'], [5n, -7n]],
  ['Duration(Microsecond)', ['5', '-7'], [5n, -7n]],
  ['Duration(Nanosecond)', ['5', '-7'], [5n, -7n]],
  ['Interval(YearMonth)', ["'1 year 2 months'", "'-3 months'"], [interval(14, 0, 0n), interval(-3, 0, 0n)]],
  ['Interval(DayTime)', ["'1 day 2 seconds'", "'-3 days'"], [interval(0, 1, 2_000_000_000n), interval(0, -3, 0n)]],
  [
    'Interval(MonthDayNano)',
    ["'1 month 2 days 3.000000004 seconds'", "'-1 nanosecond'"],
    [interval(1, 2, 3_000_000_004n), interval(0, 0, -1n)],
  ],
  ['Dictionary(Int8, Utf8)', ["'a'", "'b'", "'a'"], ['a', 'b', 'a']],
  ['Dictionary(UInt32, LargeUtf8)', ["'a'", "'b'", "'a'"], ['a', 'b', 'a']],
  ['Dictionary(Int32, Decimal128(5, 1))', ["'-1.5'", "'2.5'"], ['-1.5', '2.5']],
  ['RunEndEncoded("run_ends": non-null Int32, "values": Utf8)', ["'a'", "'a'", "'b'"], ['a', 'a', 'b']],
  ['RunEndEncoded("run_ends": non-null Int16, "values": Int64)', ['7', '7', '-8'], [7n, 7n, -8n]],
];

const TIMESTAMPS: readonly Case[] = ['Second', 'Millisecond', 'Microsecond', 'Nanosecond'].flatMap((unit) => {
  // The second value is just before the epoch. If it is rounded in the wrong direction, it becomes the epoch.
  const sql = ["'2021-06-30T23:59:59.999999999Z'", "'1969-12-31T23:59:59.999999999Z'", "'1700-01-01T00:00:00Z'"];
  const fraction = unit === 'Second' ? '' : '.999';
  const values = [`2021-06-30T23:59:59${fraction}Z`, `1969-12-31T23:59:59${fraction}Z`, '1700-01-01T00:00:00Z'].map(
    date,
  );
  return ['None', 'Some("UTC")', 'Some("+02:00")', 'Some("Europe/Berlin")'].map(
    (zone): Case => [`Timestamp(${unit}, ${zone})`, sql, values],
  );
});

const LISTS: readonly Case[] = [
  ...['List', 'LargeList', 'ListView', 'LargeListView'].map(
    (list): Case => [`${list}(Int64)`, ['[1, NULL, -3]', '[4]'], [[1n, null, -3n], [4n]]],
  ),
  [
    'FixedSizeList(2, Int64)',
    ['[1, NULL]', '[3, 4]'],
    [
      [1n, null],
      [3n, 4n],
    ],
  ],
  ['List(Utf8View)', ["['a', NULL, 'longer than twelve bytes']"], [['a', null, 'longer than twelve bytes']]],
  ['List(Decimal32(5, 1))', ['[1.5, NULL]'], [['1.5', null]]],
  ['List(Decimal256(50, 1))', ['[1.5, NULL]'], [['1.5', null]]],
  ['List(Dictionary(Int32, Utf8))', ["['a', NULL, 'a']"], [['a', null, 'a']]],
  ['ListView(Decimal64(12, 2))', ['[1.5, -2]'], [['1.50', '-2.00']]],
  ['LargeListView(LargeUtf8)', ["['a', NULL]"], [['a', null]]],
  ['List(Date32)', ["['1969-12-31', NULL]"], [[date('1969-12-31'), null]]],
  ['FixedSizeList(1, Interval(MonthDayNano))', ["['2 days']"], [[interval(0, 2, 0n)]]],
  ['List(List(Int32))', ['[[1, NULL], [], NULL]'], [[[1, null], [], null]]],
];

/** Types that arrow_cast cannot make. */
const WHOLE: readonly (readonly [name: string, query: string, values: readonly unknown[]])[] = [
  ['Null', 'SELECT NULL AS x', [null]],
  [
    'Struct',
    "SELECT x FROM (VALUES ({a: 1, b: 'x'}), ({a: NULL, b: NULL}), (NULL)) AS t(x)",
    [{ a: 1n, b: 'x' }, { a: null, b: null }, null],
  ],
  [
    'Struct of structs and lists',
    "SELECT {l: [{d: arrow_cast('1969-12-31', 'Date32')}, NULL], s: {v: arrow_cast('y', 'Utf8View')}} AS x",
    [{ l: [{ d: date('1969-12-31') }, null], s: { v: 'y' } }],
  ],
  [
    'Map',
    "SELECT MAP {'a': 1, 'b': NULL} AS x",
    [
      new Map([
        ['a', 1n],
        ['b', null],
      ]),
    ],
  ],
  ['Map, empty', 'SELECT map([], []) AS x', [new Map()]],
  [
    'Map of rows',
    "SELECT map([y], [z]) AS x FROM (VALUES ('a', 1), ('b', -2)) AS t(y, z) ORDER BY y",
    [new Map([['a', 1n]]), new Map([['b', -2n]])],
  ],
  [
    'Map of decimals and views',
    "SELECT MAP {arrow_cast('k', 'Utf8View'): arrow_cast(1.5, 'Decimal64(5, 2)')} AS x",
    [new Map([['k', '1.50']])],
  ],
  ['List of maps', "SELECT [MAP {'a': 1}, NULL] AS x", [[new Map([['a', 1n]]), null]]],
  ['List, empty', "SELECT arrow_cast([], 'List(Int64)') AS x", [[]]],
];

async function values(query: string): Promise<unknown[]> {
  return (await (await ctx.sql<{ x: unknown }>(query)).toArray()).map(({ x }) => x);
}

describe.each([
  ['simple types', SIMPLE],
  ['timestamps', TIMESTAMPS],
  ['lists', LISTS],
])('%s', (_, cases) => {
  it.each(cases)('%s', async (type, sql, expected) => {
    const rows = [...sql, 'NULL'].map((value, i) => `(${i}, ${value})`).join(', ');
    const query = `SELECT arrow_cast(v, '${type}') AS x FROM (VALUES ${rows}) AS t(i, v) ORDER BY i`;
    expect(await values(query)).toEqual([...expected, null]);
  });

  it.each(cases)('%s in a struct in a list', async (type, [value], [expected]) => {
    expect(await values(`SELECT [{a: arrow_cast(${value}, '${type}'), b: 1}] AS x`)).toEqual([
      [{ a: expected, b: 1n }],
    ]);
  });
});

describe('as keys of GROUP BY and ORDER BY', () => {
  it.each([
    ['Dictionary(Int32, Utf8)'],
    ['Dictionary(UInt16, LargeUtf8)'],
    ['RunEndEncoded("run_ends": non-null Int32, "values": Utf8)'],
    ['Utf8View'],
    ['LargeUtf8'],
  ])('%s', async (type) => {
    const query = `SELECT arrow_cast(v, '${type}') AS x, count(*) AS n FROM (VALUES ('b'), ('a'), ('b'), (NULL)) AS t(v)
                   GROUP BY x ORDER BY x`;
    expect(await (await ctx.sql(query)).toArray()).toEqual([
      { x: 'a', n: 1n },
      { x: 'b', n: 2n },
      { x: null, n: 1n },
    ]);
  });
});

describe('types without a cast', () => {
  it.each(WHOLE)('%s', async (_, query, expected) => {
    expect(await values(query)).toEqual(expected);
  });
});

describe('results of functions and operators', () => {
  it.each([
    ['date_trunc', "date_trunc('year', TIMESTAMP '1969-07-20T20:17:40')", date('1969-01-01')],
    ['a difference of timestamps', "TIMESTAMP '1970-01-01' - TIMESTAMP '1970-01-02'", -86_400_000_000_000n],
    ['an interval', "INTERVAL '1 month -2 days 3 seconds'", interval(1, -2, 3_000_000_000n)],
    ['an average of decimals', '(SELECT avg(y) FROM (VALUES (1.25), (-2.5)) AS t(y))', -0.625],
    [
      'a sum of decimals',
      "(SELECT sum(arrow_cast(y, 'Decimal128(5, 2)')) FROM (VALUES (1.25), (-2.5)) AS t(y))",
      '-1.25',
    ],
    ['to_timestamp_millis', 'to_timestamp_millis(-1)', date('1969-12-31T23:59:59.999Z')],
    ['array_agg', '(SELECT array_agg(y ORDER BY y) FROM (VALUES (2), (1), (NULL)) AS t(y))', [1n, 2n, null]],
    ['encode', "encode('a', 'hex')", '61'],
    ['digest', "substr(encode(sha256('a'), 'hex'), 1, 8)", 'ca978112'],
  ])('%s', async (_, expression, expected) => {
    expect(await values(`SELECT ${expression} AS x`)).toEqual([expected]);
  });
});
