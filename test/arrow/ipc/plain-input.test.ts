import { runInNewContext } from 'node:vm';
import * as arrow from 'apache-arrow';
import { Field, Schema } from 'apache-arrow';
import { describe, expect, it } from 'vitest';

import { columnsToIpc, rowsToIpc } from '../../../src/arrow/ipc/plain-input.js';
import { decode, foreign } from '../../support/ipc.js';
import { thrown } from '../../support/thrown.js';

/** Adds two references to the value to itself. */
function cyclic<T extends object>(value: T): T {
  if (Array.isArray(value)) value.push(value, value);
  else if (value instanceof Map) value.set('self', value).set('me', value);
  else Object.assign(value, { self: value, me: value });
  return value;
}

function nested(levels: number): unknown {
  return levels === 0 ? 1 : [nested(levels - 1)];
}

const ENTRY = new arrow.Struct<{ key: arrow.Utf8; value: arrow.Int32 }>([
  new Field('key', new arrow.Utf8(), false),
  new Field('value', new arrow.Int32()),
]);
const MAP = new arrow.Map_(new Field('entries', ENTRY, false));

describe('rowsToIpc', () => {
  const inferred: [name: string, values: unknown[], type: string, out?: unknown[]][] = [
    ['integers', [1, null, -2], 'Int64', [1n, null, -2n]],
    ['fractions', [1, 1.5], 'Float64'],
    ['minus zero', [-0, 1], 'Float64'],
    ['unsafe integers', [2 ** 53], 'Float64'],
    ['NaN', [Number.NaN], 'Float64'],
    ['bigints and integers', [1n, 2], 'Int64', [1n, 2n]],
    ['large bigints', [2n ** 63n], 'UInt64'],
    ['text', ['a', null, ''], 'Utf8'],
    ['booleans', [true, undefined], 'Boolean', [true, null]],
    ['instants before 1970', [new Date(-1), null], 'Timestamp(ms, "UTC")'],
    ['bytes', [Buffer.of(1), null], 'Binary', [Uint8Array.of(1), null]],
    ['only null and undefined', [null, undefined], 'Null', [null, null]],
    ['lists', [[1, null], [], null], 'List(Int64)', [[1n, null], [], null]],
    ['typed arrays', [Float64Array.of(0.5)], 'List(Float64)', [[0.5]]],
    ['empty lists', [[], null], 'List(Null)'],
    ['lists of nulls', [[null], [null, null], null], 'List(Null)'],
    ['lists of structs of nulls', [[{ a: null }]], 'List(Struct("a": Null))'],
    [
      'structs',
      [{ a: 1 }, { b: 'x' }, null],
      'Struct("a": Int64, "b": Utf8)',
      [{ a: 1n, b: null }, { a: null, b: 'x' }, null],
    ],
    ['lists of structs', [[{ a: [1] }], [null]], 'List(Struct("a": List(Int64)))', [[{ a: [1n] }], [null]]],
    [
      'maps',
      [new Map([['k', 1]]), null],
      'Map("entries": non-null Struct("key": non-null Utf8, "value": Int64), unsorted)',
      [new Map([['k', 1n]]), null],
    ],
    [
      'maps of another realm',
      [runInNewContext('new Map([["a", 1]])'), runInNewContext('new Map([["b", 2], ["c", 3]])')],
      'Map("entries": non-null Struct("key": non-null Utf8, "value": Int64), unsorted)',
      [
        new Map([['a', 1n]]),
        new Map([
          ['b', 2n],
          ['c', 3n],
        ]),
      ],
    ],
  ];

  it.each(inferred)('infers %s', (_name, values, type, out = values) => {
    const decoded = decode(rowsToIpc(values.map((x) => ({ x }))));
    expect(decoded.schema).toBe(`x: ${type}`);
    expect(decoded.rows).toEqual(out.map((x) => ({ x })));
  });

  it('takes lists with 30 levels', () => {
    expect(decode(rowsToIpc([{ x: nested(30) }])).schema).toMatch(/^x: (List\(){30}Int64/);
  });

  it('fills missing keys with null, and orders columns by first appearance', () => {
    expect(decode(rowsToIpc([{ b: 1 }, { a: 'x', toString: true }]))).toEqual({
      schema: 'b: Int64, a: Utf8, toString: Boolean',
      rows: [
        { b: 1n, a: null, toString: null },
        { b: null, a: 'x', toString: true },
      ],
    });
  });

  const invalid: [name: string, rows: unknown, message: RegExp][] = [
    ['mixed types', [{ a: 1 }, { a: 'x' }], /Row 1, column "a": the value is a string, but in row 0 it is a number\./],
    ['mixed types deep inside', [{ a: [{ b: 1 }] }, { a: [{ b: 2 }, { b: true }] }], /Row 1, column "a\[\]\.b"/],
    ['bigints with fractions', [{ a: 1n }, { a: 0.5 }], /no type holds both/],
    ['bigints past 64 bits', [{ a: 1 }, { a: 2n ** 64n }], /Row 1, column "a".*64 bits/],
    [
      'lone surrogates',
      [{ a: 'x' }, { a: '\ud800' }],
      /Row 1, column "a": a string with a lone surrogate is not a valid Utf8/,
    ],
    ['lone surrogates in maps', [{ a: new Map([['\ud800', 1]]) }], /Row 0, column "a\.key": .*lone surrogate/],
    ['functions', [{ a: () => 1 }], /Row 0, column "a": a function/],
    ['objects that contain themselves', [{ a: 1 }, cyclic({})], /Row 1, column "self".*contain themselves/],
    ['lists that contain themselves', [{ a: cyclic([]) }], /Row 0, column "a".*contain themselves/],
    ['maps that contain themselves', [{ a: cyclic(new Map()) }], /Row 0, column "a".*contain themselves/],
    ['lists with 31 levels', [{ a: nested(31) }], /Row 0, column "a".*more than 30 levels/],
    ['empty objects', [{ a: {} }], /without keys/],
    ['rows that are not objects', [{ a: 1 }, 5], /Row 1 must be an object, such as \{ id: 1 \}, not a number/],
    ['rows that are arrays', [[1, 2]], /Row 0 must be an object, such as \{ id: 1 \}, not an array/],
    ['no rows', [], /schema/],
    ['rows without keys', [{}], /schema/],
    ['an object instead of an array', { a: 1 }, /array of objects/],
  ];

  it.each(invalid)('rejects %s', (_name, given, message) => {
    const error = thrown(() => rowsToIpc(given as object[]));
    expect(error.code).toBe('INVALID_ARGUMENT');
    expect(error.message).toMatch(message);
  });

  it('takes a schema, even without rows', () => {
    const schema = new Schema([new Field('a', new arrow.Int32(), false)]);
    expect(decode(rowsToIpc([], schema))).toEqual({ schema: 'a: Int32', rows: [] });
    expect(thrown(() => rowsToIpc([{ a: 1 }, { a: null }], schema)).message).toMatch(/Row 1, column "a": null/);
  });

  it.each([[['a']], ['a int'], [{ a: 'Int32' }]])('rejects %j as a schema, and shows one', (schema) => {
    const shown = "such as new Schema([new Field('id', new Int64(), true)]), not a";
    for (const run of [rowsToIpc.bind(null, [{ a: 1 }]), columnsToIpc.bind(null, { a: [1] })])
      expect(thrown(() => run(schema as never))).toMatchObject({
        code: 'INVALID_ARGUMENT',
        message: expect.stringContaining(shown),
      });
  });

  const misfits: [type: arrow.DataType, value: unknown][] = [
    [new arrow.Int8(), 128],
    [new arrow.Uint8(), -1],
    [new arrow.Int32(), 1.5],
    [new arrow.Int64(), 2n ** 63n],
    [new arrow.Int64(), 2 ** 53],
    [new arrow.Float64(), '1'],
    [new arrow.Float64(), 2n ** 53n + 1n],
    [new arrow.Bool(), 1],
    [new arrow.Utf8(), 1],
    [new arrow.Utf8(), 'a\ud800'],
    [new arrow.Dictionary(new arrow.Utf8(), new arrow.Int32()), '\udc00a'],
    [new arrow.Binary(), 'x'],
    [new arrow.FixedSizeBinary(2), Uint8Array.of(1)],
    [new arrow.Decimal(2, 4), '1.234'],
    [new arrow.Decimal(2, 4), '100'],
    [new arrow.Decimal(2, 4), 'x'],
    [new arrow.DateDay(), 5],
    [new arrow.TimestampMillisecond(), new Date(Number.NaN)],
    [new arrow.TimestampMillisecond(), '2021-01-01'],
    [new arrow.TimeSecond(), 86_400],
    [new arrow.IntervalYearMonth(), { days: 1 }],
    [new arrow.List(new Field('item', new arrow.Int32())), 'abc'],
    [new arrow.FixedSizeList(2, new Field('item', new arrow.Int32())), [1]],
    [new arrow.Struct([new Field('a', new arrow.Int32())]), [1]],
    [MAP, [['k']]],
    [MAP, [5]],
    [MAP, 'k'],
  ];

  it.each(misfits)('rejects a value that does not fit the type %s: %s', (type, value) => {
    const error = thrown(() => rowsToIpc([{ x: value }], new Schema([new Field('x', type, true)])));
    expect(error.message).toMatch(/Row 0, column "x"/);
    expect(error.code).toBe('INVALID_ARGUMENT');
  });
});

describe('columnsToIpc', () => {
  it('infers types, and keeps those of typed arrays', () => {
    const decoded = decode(
      columnsToIpc({ a: Float32Array.of(1, 2), b: ['x', null], c: BigUint64Array.of(1n, 2n), d: Uint8Array.of(1, 2) }),
    );
    expect(decoded.schema).toBe('a: Float32, b: Utf8, c: UInt64, d: UInt8');
    expect(decoded.rows[1]).toEqual({ a: 2, b: null, c: 2n, d: 2 });
  });

  it.each([{ a: [1], b: [1, 2] }, { a: 5 }, { a: null }, {}, null, [[1]]])('rejects %j', (columns) => {
    expect(thrown(() => columnsToIpc(columns as never)).code).toBe('INVALID_ARGUMENT');
  });

  const vector = arrow.vectorFromArray(['x', 'y']);
  it.each([vector, foreign(vector), vector.data[0]])('rejects a vector, and names the method that takes it', (a) => {
    const error = thrown(() => columnsToIpc({ n: [1, 2], a: a as never }));
    expect(error).toMatchObject({ code: 'INVALID_ARGUMENT', message: expect.stringMatching(/column "a".*fromArrow/) });
  });

  it('requires every column of a schema', () => {
    const schema = new Schema([new Field('b', new arrow.Int32())]);
    expect(thrown(() => columnsToIpc({ a: [1] }, schema)).message).toContain('"b"');
  });
});
