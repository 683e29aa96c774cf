import { beforeAll, describe, expect, it } from 'vitest';

import { typeName } from '../../src/arrow/type-name.js';
import type { DataFrame } from '../../src/dataframe/dataframe.js';
import { case_, when } from '../../src/expr/builders/case.js';
import { GroupingSet } from '../../src/expr/builders/grouping.js';
import { type Argument, lambda, lambdaVar, toArgumentNode } from '../../src/expr/builders/lambda.js';
import { placeholder } from '../../src/expr/builders/placeholder.js';
import { col, Expr, lit, litWithMetadata } from '../../src/expr/expr.js';
import { Window } from '../../src/expr/window.js';
import { WindowFrame } from '../../src/expr/window-frame.js';
import { expr } from '../../src/sql/expr-tag.js';
import { sql } from '../../src/sql/sql-tag.js';
import { WHOLE, withCluster, withContext } from '../support/cluster.js';
import { rejected } from '../support/rejected.js';
import { thrown } from '../support/thrown.js';

const cluster = await withCluster();
const ctx = withContext(cluster);
/** Only some SQL dialects have lambdas. */
const duckdb = withContext(cluster, { clusterConfig: { 'datafusion.sql_parser.dialect': 'duckdb' } });

const DATA = `
  SELECT column1 AS id, column2 AS g, column3 AS a, column4 AS b, column5 AS s, column6 AS p,
    arrow_cast(column7, 'Timestamp(ms)') AS t, column8 AS xs, make_array(column8, make_array(9)) AS xss,
    named_struct('f', column1 * 10, 'Big', column5) AS st, make_map('k', column3) AS m,
    column1 % 3 AS "order", column1 AS "Big Name"
  FROM (VALUES
    (1, 'x', 5, 0.5, 'abc', true, '2024-01-01T00:00:00', make_array(1, 2, 3)),
    (2, 'x', -7, 1.5, 'ABC', false, '2024-01-02T00:00:00', make_array(4)),
    (3, 'y', 6, CAST('NaN' AS DOUBLE), 'it''s', NULL, '2024-01-02T12:00:00', make_array(5, NULL)),
    (4, 'y', NULL, NULL, NULL, true, '2024-02-01T00:00:00', NULL),
    (5, 'y', 3, -2.5, 'a%c', false, '2024-02-01T06:00:00', make_array(7, 8, 9, 10))
  )`;

let t: DataFrame;

beforeAll(async () => {
  for (const one of [ctx, duckdb]) await one.registerRecordBatches('t', await (await one.sql(DATA)).collect());
  t = await ctx.table('t');
});

/** A call, with JavaScript functions as lambdas. */
function call(name: string, ...args: Argument[]): Expr {
  return new Expr({ kind: 'call', name, args: args.map((arg, i) => toArgumentNode(arg, `argument ${i + 1}`)) });
}

/** Expressions, each with the same expression in hand-written SQL. */
type Cases = readonly (readonly [Expr, string])[];

/** The values and the type of each column, by its SQL text. */
async function results(df: DataFrame, cases: Cases): Promise<Record<string, unknown>> {
  const columns = await df.toColumns({ json: true });
  const types = new Map(df.schema().fields.map((field) => [field.name, typeName(field.type)]));
  return Object.fromEntries(cases.map(([, text], i) => [text, { type: types.get(`r${i}`), values: columns[`r${i}`] }]));
}

/** Checks that expressions, their printed SQL and the hand-written SQL return the same results. */
async function same(
  cases: Cases,
  fluent: (exprs: Expr[]) => DataFrame,
  written: (exprs: string) => string,
  context = ctx,
): Promise<void> {
  const list = (texts: readonly string[]) => texts.map((text, i) => `${text} AS r${i}`).join(', ');
  const expected = await results(await context.sql(written(list(cases.map(([, text]) => text)))), cases);
  await cluster.betweenQueries();
  expect(await results(fluent(cases.map(([it], i) => it.alias(`r${i}`))), cases)).toEqual(expected);
  await cluster.betweenQueries();
  const printed = await context.sql(written(list(cases.map(([it]) => String(it)))));
  expect(await results(printed, cases)).toEqual(expected);
}

const select = (exprs: Expr[]): DataFrame => t.select('id', ...exprs).sort('id');
const selected = (exprs: string): string => `SELECT id, ${exprs} FROM t ORDER BY id`;

const [a, b, p, s, xs] = [col('a'), col('b'), col('p'), col('s'), col('xs')];
const UTC = (text: string): Date => new Date(`${text}Z`);

const OPERATORS: Cases = [
  [a.add(1), 'a + 1'],
  [lit(10).sub(a), '10 - a'],
  [a.sub(a.sub(1)), 'a - (a - 1)'],
  [a.mul(2).add(b), 'a * 2 + b'],
  [a.add(1).mul(2), '(a + 1) * 2'],
  [a.div(2), 'a / 2'],
  [a.mod(3), 'a % 3'],
  [a.neg().neg(), '-(-a)'],
  [a.sub(-1), 'a - (-1)'],
  [a.eq(5), 'a = 5'],
  [a.ne(5), 'a <> 5'],
  [a.lt(b), 'a < b'],
  [a.lte(5).and(b.gte(0.5)), 'a <= 5 AND b >= 0.5'],
  [a.gt(5).or(p), 'a > 5 OR p'],
  [p.or(a.gt(0)).and(p.not()), '(p OR a > 0) AND NOT p'],
  [a.isDistinctFrom(5).and(true), '(a IS DISTINCT FROM 5) AND true'],
  [a.isNotDistinctFrom(null), 'a IS NOT DISTINCT FROM NULL'],
  [a.bitAnd(3).bitOr(8), '(a & 3) | 8'],
  [a.bitXor(3).bitAnd(6), '(a ^ 3) & 6'],
  [a.shiftLeft(2).shiftRight(1), '(a << 2) >> 1'],
  [a.isNull(), 'a IS NULL'],
  [a.isNotNull().eq(p), '(a IS NOT NULL) = p'],
  [p.isTrue(), 'p IS TRUE'],
  [p.isNotTrue(), 'p IS NOT TRUE'],
  [p.isFalse(), 'p IS FALSE'],
  [p.isNotFalse(), 'p IS NOT FALSE'],
  [p.isUnknown(), 'p IS UNKNOWN'],
  [p.isNotUnknown(), 'p IS NOT UNKNOWN'],
  [a.gt(1).isTrue(), '(a > 1) IS TRUE'],
  [a.between(3, 5), 'a BETWEEN 3 AND 5'],
  [a.between(b, lit(5).add(1), true), 'a NOT BETWEEN b AND 5 + 1'],
  [a.inList([5, 6, b]), 'a IN (5, 6, b)'],
  [a.inList([5, null], true), 'a NOT IN (5, NULL)'],
  [a.inList([]), 'false'],
  [a.inList([], true), 'true'],
  [s.like('a%'), "s LIKE 'a%'"],
  [s.like('a_c', true), "s NOT LIKE 'a_c'"],
  [s.ilike('A%'), "s ILIKE 'A%'"],
  [s.matches('^[a-z]+$'), "s ~ '^[a-z]+$'"],
  [s.matches('^a', true), "s !~ '^a'"],
  [s.imatches('^ABC$'), "s ~* '^ABC$'"],
  [s.imatches("'", true), "s !~* ''''"],
];

const LITERALS: Cases = [
  [lit(null), 'NULL'],
  [lit(true), 'true'],
  [lit(-5), '-5'],
  [lit(2n ** 63n), '9223372036854775808'],
  [lit(-(2n ** 63n)), '-9223372036854775808'],
  [lit(0.1), '0.1'],
  [lit(2 ** 53), '9007199254740992.0'],
  [lit(1e-7), '0.0000001'],
  [lit(1e300), '1e300'],
  [lit(Number.NaN), "CAST('NaN' AS DOUBLE)"],
  [lit(-Infinity), "CAST('-inf' AS DOUBLE)"],
  [lit("it's\n\\n"), "'it''s\n\\n'"],
  [lit(Uint8Array.of(0, 255)), "X'00FF'"],
  [lit(UTC('2024-02-29T12:00:00.5')), `arrow_cast(1709208000500, 'Timestamp(ms, "UTC")')`],
  [lit(UTC('0001-01-01T00:00:00')), `arrow_cast(-62135596800000, 'Timestamp(ms, "UTC")')`],
  [lit(new Date(Date.UTC(12_000, 0))), `arrow_cast(316516204800000, 'Timestamp(ms, "UTC")')`],
  [lit(1, 'Int8'), "arrow_cast(1, 'Int8')"],
  [lit(1, 'UInt64'), "arrow_cast(1, 'UInt64')"],
  [lit('x', 'LargeUtf8'), "arrow_cast('x', 'LargeUtf8')"],
  [lit('1.25', 'Decimal128(10, 2)'), "arrow_cast('1.25', 'Decimal128(10, 2)')"],
  [lit(2n ** 100n, 'Decimal256(40, 0)'), "arrow_cast('1267650600228229401496703205376', 'Decimal256(40, 0)')"],
  [lit(UTC('2024-02-29T12:00:00'), 'Date32'), "DATE '2024-02-29'"],
  [lit('1 day', 'Interval(MonthDayNano)'), "INTERVAL '1 day'"],
  [lit([1, 2]), '[1, 2]'],
  [lit([[1], []]), '[[1], []]'],
  [lit({ x: 1, 'Y z': 'v' }), "{'x': 1, 'Y z': 'v'}"],
  [lit(new Map([['k', 1]])), "MAP {'k': 1}"],
  [lit([1], 'List(Int8)'), "arrow_cast([1], 'List(Int8)')"],
  [litWithMetadata(1, { unit: "m'" }), "with_metadata(1, 'unit', 'm''')"],
];

const VALUES: Cases = [
  [col('Big Name'), '"Big Name"'],
  [col('order').add(1), '"order" + 1'],
  [col('a', 't'), 't.a'],
  [a.cast('Int32'), 'CAST(a AS INT)'],
  [a.cast('Utf8'), "arrow_cast(a, 'Utf8')"],
  [a.cast('Decimal128(10, 2)'), 'CAST(a AS DECIMAL(10, 2))'],
  [s.tryCast('Int64'), 'TRY_CAST(s AS BIGINT)'],
  [a.tryCast('Decimal128(5, -1)'), "arrow_try_cast(a, 'Decimal128(5, -1)')"],
  [s.tryCast('UInt16'), 'TRY_CAST(s AS SMALLINT UNSIGNED)'],
  [col('t').cast('Date32'), 'CAST(t AS DATE)'],
  [col('t').cast('Timestamp(ns)'), 'CAST(t AS TIMESTAMP)'],
  [col('t').add(lit('1 day', 'Interval(MonthDayNano)')), "t + INTERVAL '1 day'"],
  [a.add(1).alias('inner').mul(2), '(a + 1) * 2'],
  [a.fillNull(0), 'coalesce(a, 0)'],
  [b.fillNan(0), 'nanvl(b, 0)'],
  [a.abs(), 'abs(a)'],
  [s.upper().length(), 'length(upper(s))'],
  [call('substr', s, 2), 'substr(s, 2)'],
  [call('substring', s, 2, 1), 'substring(s, 2, 1)'],
  [call('struct', a, s), 'struct(a, s)'],
  [call('trim', s), 'trim(s)'],
  [call('left', s, 1), 'left(s, 1)'],
  [call('concat', s, "'", null), "concat(s, '''', NULL)"],
  [xs.get(0), 'xs[1]'],
  [xs.get(-1), 'xs[-1]'],
  [xs.get(7), 'xs[8]'],
  [xs.slice(1), 'xs[2:-1]'],
  [xs.slice(0, 2), 'xs[1:2]'],
  [xs.slice(-2), 'xs[-2:-1]'],
  [xs.slice(0, -1), 'xs[1:-2]'],
  [xs.slice(0, 0), 'array_slice(xs, 1, 0)'],
  [col('xss').get(0).get(1), 'xss[1][2]'],
  [col('st').get('f'), "st['f']"],
  [col('st').get('Big'), "st['Big']"],
  [col('m').get('k'), "m['k']"],
  [
    when(a.gt(5), 'big').when('a < 0', 'negative').otherwise('small'),
    "CASE WHEN a > 5 THEN 'big' WHEN a < 0 THEN 'negative' ELSE 'small' END",
  ],
  [when(p, a).end().add(1), '(CASE WHEN p THEN a END) + 1'],
  [case_(col('g')).when('x', 1).when('y', a).end(), "CASE g WHEN 'x' THEN 1 WHEN 'y' THEN a END"],
  [case_(a.mod(2)).when(0, 'even').otherwise(null), "CASE a % 2 WHEN 0 THEN 'even' ELSE NULL END"],
  [expr`a + 1`, 'a + 1'],
  [expr`a > ${1} OR s = ${"it's"}`.and(p), "(a > 1 OR s = 'it''s') AND p"],
  [expr`${a.add(1)} * ${expr`b + ${2}`}`, '(a + 1) * (b + 2)'],
  [expr`${sql.ident('Big Name')} IN (${sql.join([1, lit(2, 'Int8')])})`, '"Big Name" IN (1, 2)'],
  [expr`s = '$1' OR s LIKE ${'$2'}`, "s = '$1' OR s LIKE '$2'"],
];

const AGGREGATES: Cases = [
  [call('count'), 'count(*)'],
  [call('count').filter(p), 'count(*) FILTER (WHERE p)'],
  [call('count', a), 'count(a)'],
  [call('count', a.mod(2)).distinct(), 'count(DISTINCT a % 2)'],
  [call('sum', a).filter('a > 0'), 'sum(a) FILTER (WHERE a > 0)'],
  [call('sum', a).add(call('max', a)), 'sum(a) + max(a)'],
  [call('array_agg', col('id')).orderBy(col('id').desc()), 'array_agg(id ORDER BY id DESC)'],
  [call('array_agg', s).orderBy('id').nullTreatment('ignore'), 'array_agg(s ORDER BY id) IGNORE NULLS'],
  [call('first_value', a).orderBy(col('id').desc()), 'first_value(a ORDER BY id DESC)'],
  [
    call('first_value', a).orderBy(col('id').desc()).nullTreatment('ignore'),
    'first_value(a ORDER BY id DESC) IGNORE NULLS',
  ],
  [
    call('string_agg', s, '-').orderBy('id').filter('s IS NOT NULL'),
    "string_agg(s, '-' ORDER BY id) FILTER (WHERE s IS NOT NULL)",
  ],
  [call('percentile_cont', a, 0.5), 'percentile_cont(0.5) WITHIN GROUP (ORDER BY a)'],
  [call('approx_percentile_cont', a, 0.5), 'approx_percentile_cont(0.5) WITHIN GROUP (ORDER BY a)'],
];

const byId = Window.orderBy('id');
const WINDOWS: Cases = [
  [call('row_number').over(byId), 'row_number() OVER (ORDER BY id)'],
  [call('count').over({ partitionBy: 'g' }), 'count(*) OVER (PARTITION BY g)'],
  [call('sum', a).over(Window.partitionBy('g').orderBy('id')), 'sum(a) OVER (PARTITION BY g ORDER BY id)'],
  [call('sum', a).partitionBy('g').orderBy('id'), 'sum(a) OVER (PARTITION BY g ORDER BY id)'],
  [call('sum', a).over(byId.rowsBetween(-1, 1)), 'sum(a) OVER (ORDER BY id ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING)'],
  [
    call('sum', a).over(byId.rowsBetween(-Infinity, 0)),
    'sum(a) OVER (ORDER BY id ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)',
  ],
  [
    call('sum', a).over(byId.rowsBetween(0, Infinity)),
    'sum(a) OVER (ORDER BY id ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING)',
  ],
  [
    call('sum', col('id')).over(Window.orderBy('order').groupsBetween(-1, 0)),
    'sum(id) OVER (ORDER BY "order" GROUPS BETWEEN 1 PRECEDING AND CURRENT ROW)',
  ],
  [
    call('sum', col('id')).over(Window.orderBy(a).rangeBetween(-2, 2)),
    'sum(id) OVER (ORDER BY a RANGE BETWEEN 2 PRECEDING AND 2 FOLLOWING)',
  ],
  [
    call('sum', col('id')).over(Window.orderBy(b).rangeBetween(-1.5, 0)),
    'sum(id) OVER (ORDER BY b RANGE BETWEEN 1.5 PRECEDING AND CURRENT ROW)',
  ],
  [
    call('count').over(Window.orderBy('t').rangeBetween({ preceding: '1 day' }, 0)),
    "count(*) OVER (ORDER BY t RANGE BETWEEN INTERVAL '1 day' PRECEDING AND CURRENT ROW)",
  ],
  [
    call('count').over(Window.orderBy('t').rangeBetween(0, { following: lit('1 month', 'Interval(MonthDayNano)') })),
    "count(*) OVER (ORDER BY t RANGE BETWEEN CURRENT ROW AND INTERVAL '1 month' FOLLOWING)",
  ],
  [call('sum', a).filter('p').over(byId), 'sum(a) FILTER (WHERE p) OVER (ORDER BY id)'],
  [call('count', col('g')).distinct().over({}), 'count(DISTINCT g) OVER ()'],
  [call('lag', a, 1, 0).over(byId), 'lag(a, 1, 0) OVER (ORDER BY id)'],
  [call('nth_value', a, 2).over(Window.orderBy(a.desc())), 'nth_value(a, 2) OVER (ORDER BY a DESC)'],
  [
    call('rank').over(Window.partitionBy(a.isNull(), 'g').orderBy(b.sort(false, false), 'id')),
    'rank() OVER (PARTITION BY a IS NULL, g ORDER BY b DESC NULLS LAST, id)',
  ],
  [call('sum', a).over({ partitionBy: 'g' }).sub(a), '(sum(a) OVER (PARTITION BY g)) - a'],
];

/** Ballista does not send IGNORE NULLS of window functions to its executors. */
const IGNORE_NULLS: Cases = [
  [call('lag', a).over(byId).nullTreatment('ignore'), 'lag(a) IGNORE NULLS OVER (ORDER BY id)'],
  [
    call('last_value', a).over({ orderBy: 'id', windowFrame: new WindowFrame('rows', -1, 0), nullTreatment: 'ignore' }),
    'last_value(a) IGNORE NULLS OVER (ORDER BY id ROWS BETWEEN 1 PRECEDING AND CURRENT ROW)',
  ],
];

const LAMBDAS: Cases = [
  [call('array_transform', xs, (x) => x.mul(2)), 'array_transform(xs, x -> x * 2)'],
  [call('array_transform', xs, (x) => x.add(a)), 'array_transform(xs, x -> x + a)'],
  [call('array_filter', xs, (x) => x.gt(2).and(p)), 'array_filter(xs, x -> x > 2 AND p)'],
  [call('array_any_match', xs, lambda(['v'], lambdaVar('v').eq(4))), 'array_any_match(xs, v -> v = 4)'],
  [call('array_first', xs, (x) => x.gt(1)), 'array_first(xs, x -> x > 1)'],
  [
    call('array_transform', col('xss'), (list) =>
      call('array_transform', list, (x) => x.add(call('array_length', list))),
    ),
    'array_transform(xss, l -> array_transform(l, x -> x + array_length(l)))',
  ],
  [
    call('array_transform', xs, (x) => when(x.gt(4), 'big').otherwise(s)),
    "array_transform(xs, x -> CASE WHEN x > 4 THEN 'big' ELSE s END)",
  ],
  [call('array_transform', xs, () => 1), 'array_transform(xs, x -> 1)'],
];

describe('expressions, their printed SQL and hand-written SQL return the same results', () => {
  it('for more than 140 cases', () => {
    expect(OPERATORS.length + LITERALS.length + VALUES.length + AGGREGATES.length + WINDOWS.length).toBeGreaterThan(
      140,
    );
  });

  it('for operators', () => same(OPERATORS, select, selected));
  it('for literals', () => same(LITERALS, select, selected));
  it('for columns, functions, CASE and the expr tag', () => same(VALUES, select, selected));
  it('for windows', () => same(WINDOWS, select, selected));

  it('for windows that ignore nulls, if one executor runs the query', async () => {
    if (WHOLE) await same(IGNORE_NULLS, select, selected);
    for (const [it] of WHOLE ? [] : IGNORE_NULLS) {
      expect((await rejected(select([it]).collect())).code).toBe('NOT_IMPLEMENTED');
    }
  });

  it('for aggregates', async () => {
    const fluent = (exprs: Expr[]): DataFrame => t.aggregate('g', exprs).sort('g');
    await same(AGGREGATES, fluent, (exprs) => `SELECT g, ${exprs} FROM t GROUP BY g ORDER BY g`);
  });

  it('for lambdas', async () => {
    const table = await duckdb.table('t');
    await same(LAMBDAS, (exprs) => table.select('id', ...exprs).sort('id'), selected, duckdb);
  });
});

describe('grouping sets', () => {
  it.each<[string, Expr]>([
    ['ROLLUP (g, "order")', GroupingSet.rollup('g', 'order')],
    ['CUBE (g, p)', GroupingSet.cube('g', p)],
    ['GROUPING SETS ((g, "order"), (g), ())', GroupingSet.groupingSets(['g', 'order'], ['g'], [])],
  ])('return the same rows as SQL: %s', async (text, groups) => {
    const n = [call('count').alias('n'), call('sum', a).alias('s')];
    const sorted = async (df: DataFrame): Promise<string[]> =>
      (await df.toArray({ json: true })).map((row) => JSON.stringify(Object.values(row))).sort();
    const fluent = await sorted(t.aggregate(groups, n).select('*'));
    const columns = text.includes('order') ? 'g, "order"' : 'g, p';
    for (const grouping of [text, String(groups)]) {
      await cluster.betweenQueries();
      const df = await ctx.sql(`SELECT ${columns}, count(*) AS n, sum(a) AS s FROM t GROUP BY ${grouping}`);
      expect(fluent).toEqual(await sorted(df));
    }
  });
});

describe('placeholders', () => {
  it('are replaced by parameter values', async () => {
    const open = t.filter(a.gt(placeholder('$least')).and(s.ne(placeholder('$not', 'Utf8')))).select('id');
    expect(await open.withParamValues({ least: 4, not: 'abc' }).toArray({ int64: 'number' })).toEqual([{ id: 3 }]);
    await cluster.betweenQueries();
    const text = `SELECT id FROM t WHERE ${a.gt(placeholder('$1')).and(s.ne(placeholder('$2')))}`;
    const df = await ctx.sql(text, { params: [4, 'abc'] });
    expect(await df.toArray({ int64: 'number' })).toEqual([{ id: 3 }]);
  });
});

describe('metadata', () => {
  it('appears in the schema', async () => {
    const df = t.select(litWithMetadata(1, { unit: 'm' }).alias('x'), a.alias('y', { unit: 's' }));
    const metadata = df.schema().fields.map((field) => [...field.metadata]);
    expect(metadata).toEqual([[['unit', 'm']], [['unit', 's']]]);
  });
});

describe('names', () => {
  it('are matched exactly', () => {
    expect(thrown(() => t.select(col('big name'))).code).toBe('SCHEMA');
    expect(thrown(() => t.select(col('T.a'))).code).toBe('SCHEMA');
    const upper = t.alias('Upper Case');
    expect(upper.select(col('a', 'Upper Case')).schema().fields.length).toBe(1);
    expect(thrown(() => upper.select(col('a', 'upper case'))).code).toBe('SCHEMA');
  });
});
