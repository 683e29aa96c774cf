import { beforeAll, describe, expect, it } from 'vitest';
import type { TypeName } from '../../src/arrow/type-name.js';
import type { DataFrame } from '../../src/dataframe/dataframe.js';
import { when } from '../../src/expr/builders/case.js';
import { col, type Expr, lit } from '../../src/expr/expr.js';
import { callFunction } from '../../src/functions/call/call.js';
import * as f from '../../src/functions/index.js';
import { LOCAL, STAGES, WHOLE, withCluster, withContext } from '../support/cluster.js';
import { rejected } from '../support/rejected.js';
import { thrown } from '../support/thrown.js';

// Deep queries return rows or fail with a code, and the session goes on. A stack overflow would end a process.

const cluster = await withCluster();
const ctx = withContext(cluster);
const stages = withContext(cluster, STAGES);

/** Queries may take longer than a user would wait, because the machine may be busy. */
const SOON_MS = 60_000;

beforeAll(async () => {
  for (const session of [ctx, stages])
    await session.sql("CREATE TABLE t AS SELECT * FROM (VALUES (1, 0.5::double, 'x'), (2, 1.5, 'y')) AS t (a, d, s)");
});

const repeat = (times: number, text: (i: number) => string, separator: string) =>
  Array.from({ length: times }, (_, i) => text(i)).join(separator);

/** A cluster cannot split a longer chain into stages. */
const LINKS = LOCAL ? 240 : 12;

const chain = (times: number, next: (expr: Expr) => Expr, expr: Expr = col('a')) => {
  for (let i = 0; i < times; i++) expr = next(expr);
  return expr;
};

const DEEP_TYPE = `${'List('.repeat(20_000)}Int8${')'.repeat(20_000)}`;

async function goesOn(): Promise<void> {
  await cluster.betweenQueries();
  expect(await (await ctx.sql('SELECT 1 AS n')).toArray({ int64: 'number' })).toEqual([{ n: 1 }]);
}

describe('SQL that runs', () => {
  it.each<[string, string, unknown]>([
    ['AND', `SELECT count(*) AS n FROM t WHERE a > 0 AND ${repeat(5000, () => 'a <> 10', ' AND ')}`, 2],
    [
      'AND of different conditions',
      `SELECT count(*) AS n FROM t WHERE ${repeat(3000, (i) => `a <> ${i + 2}`, ' AND ')}`,
      1,
    ],
    ['OR', `SELECT count(*) AS n FROM t WHERE ${repeat(5000, (i) => `a = ${i + 2}`, ' OR ')}`, 1],
    ['OR of AND', `SELECT count(*) AS n FROM t WHERE ${repeat(1000, (i) => `(a = ${i} AND s = 'y')`, ' OR ')}`, 1],
    [
      'AND in the result',
      `SELECT count(*) AS n FROM (SELECT ${repeat(3000, () => 'a > 0', ' AND ')} AS b FROM t) WHERE b`,
      2,
    ],
    [
      'AND in a join',
      `SELECT count(*) AS n FROM t JOIN t u ON ${repeat(2000, (i) => `t.a + u.a <> ${i + 3}`, ' AND ')}`,
      1,
    ],
    [
      'AND in HAVING',
      `SELECT count(*) AS n FROM t HAVING ${repeat(2000, (i) => `sum(a) <> ${i}`, ' AND ').replace('<> 3 ', '<> -3 ')}`,
      2,
    ],
    ['strings', `SELECT length(s || ${repeat(2500, () => "'x'", ' || ')}) AS n FROM t WHERE a = 1`, 2501],
    ['integers', `SELECT a + ${repeat(2500, () => '1', ' + ')} AS n FROM t WHERE a = 1`, 2501],
    ['floats', `SELECT d + ${repeat(300, () => '1', ' + ')} AS n FROM t WHERE a = 1`, 300.5],
    ['IN', `SELECT count(*) AS n FROM t WHERE a IN (${repeat(50_000, (i) => `${i + 2}`, ', ')})`, 1],
    ['CASE', `SELECT CASE ${repeat(3000, (i) => `WHEN a = ${i + 1} THEN ${i}`, ' ')} END AS n FROM t WHERE a = 2`, 1],
    ['UNION ALL', `SELECT count(*) AS n FROM (${repeat(300, (i) => `SELECT ${i} AS n`, ' UNION ALL ')})`, 300],
    ['common table expressions', `${readers(LINKS)} SELECT n FROM c${LINKS}`, LINKS + 1],
    ['UNION', `SELECT count(*) AS n FROM (${repeat(200, (i) => `SELECT ${i % 7} AS n`, ' UNION ')})`, 7],
    [
      'a function of many arguments',
      `SELECT length(concat(${repeat(5000, () => 's', ', ')})) AS n FROM t WHERE a = 1`,
      5000,
    ],
    [
      'grouping by a chain',
      `SELECT sum(n) AS n FROM (SELECT s || ${repeat(500, () => "'x'", ' || ')}, count(*) AS n FROM t GROUP BY s || ${repeat(500, () => "'x'", ' || ')})`,
      2,
    ],
  ])('%s', { timeout: SOON_MS }, async (_, text, n) => {
    for (const session of [ctx, stages])
      expect(await (await session.sql(text)).toArray({ int64: 'number' })).toEqual([{ n }]);
  });

  it('does not take long lists for something deep', { timeout: SOON_MS }, async () => {
    const list = repeat(600, (i) => `a IS DISTINCT FROM ${i} AS c${i}`, ', ');
    const rows = await ctx.sql(`SELECT ${list} FROM t ORDER BY ${repeat(600, (i) => `c${i}`, ', ')}`);
    expect(await rows.count()).toBe(2);
  });

  it('names the column of a long chain like that of a short one', async () => {
    const text = repeat(200, () => 's', ' || ');
    const columns = (await ctx.sql(`SELECT ${text} FROM t`)).schema().fields.map((field) => field.name);
    expect(columns).toEqual([repeat(200, () => 't.s', ' || ')]);
  });

  it('adds integers of several types like a short chain', async () => {
    const kinds = ['a::int', '2147483647::int', '1::int', '1::bigint'];
    const added = async (times: number) => {
      const text = [...kinds, ...Array.from({ length: times }, () => '1::smallint')].join(' + ');
      const rows = await (await ctx.sql(`SELECT ${text} AS n FROM t WHERE a = 1`)).toArray({ int64: 'number' });
      return Number(rows[0]?.['n']);
    };
    expect(await added(1000)).toBe((await added(1)) + 999);
  });
});

/** Each of so many common table expressions reads the one before it. */
function readers(length: number): string {
  const links = repeat(length, (i) => `, c${i + 1} AS (SELECT n + 1 AS n FROM c${i})`, '');
  return `WITH c0 AS (SELECT 1 AS n)${links}`;
}

/** Each of so many common table expressions doubles the one before it. */
function copies(times: number): string {
  const doubled = repeat(times, (i) => `, c${i + 1} AS (SELECT a.n FROM c${i} a JOIN "c${i}" b ON a.n = b.n)`, '');
  return `WITH c0 AS (SELECT 1 AS n)${doubled} SELECT * FROM C${times}`;
}

describe('SQL that is too deep', () => {
  it.each<[string, string, string]>([
    ['SQL_PARSE', 'OR', `SELECT count(*) FROM t WHERE ${repeat(20_000, (i) => `a = ${i}`, ' OR ')}`],
    ['SQL_PARSE', '+', `SELECT ${repeat(50_000, () => '1', ' + ')}`],
    ['SQL_PARSE', '||', `SELECT ${repeat(20_000, () => 's', ' || ')} FROM t`],
    ['SQL_PARSE', 'joins', `SELECT count(*) FROM t ${repeat(1000, (i) => `JOIN t t${i} ON t.a = t${i}.a`, ' ')}`],
    ['SQL_PARSE', 'tables', `SELECT count(*) FROM ${repeat(1000, (i) => `t t${i}`, ', ')}`],
    ['SQL_PARSE', 'EXCEPT', repeat(1000, (i) => `SELECT ${i}`, ' EXCEPT ')],
    ['SQL_PARSE', 'INTERVAL', `SELECT ${'INTERVAL '.repeat(20_000)}'1'`],
    ['SQL_PARSE', 'EXPLAIN', `${'EXPLAIN '.repeat(20_000)}SELECT 1`],
    ['SQL_PARSE', 'parentheses', `SELECT ${'('.repeat(20_000)}1${')'.repeat(20_000)}`],
    ['SQL_PARSE', 'types', `SELECT arrow_cast(NULL, '${'List('.repeat(20_000)}Int8${')'.repeat(20_000)}')`],
    ['SQL_PARSE', 'NOT', `SELECT ${'NOT '.repeat(20_000)}true`],
    [
      'PLAN',
      'operators that change the result in another order',
      `SELECT d + ${repeat(2000, () => '1', ' + ')} FROM t`,
    ],
    ['PLAN', 'IS NULL', `SELECT a${' IS NULL'.repeat(3000)} FROM t`],
    ['PLAN', 'casts', `SELECT a${'::bigint'.repeat(3000)} FROM t`],
    ['SQL_PARSE', 'SELECTs', repeat(100_000, (i) => `SELECT ${i}`, ' UNION ALL ')],
    ['PLAN', 'common table expressions', `${readers(5000)} SELECT * FROM c5000`],
    ['PLAN', 'common table expressions that nothing uses', `${readers(5000)} SELECT 1`],
    ['PLAN', 'copies', copies(17)],
    ['PLAN', 'copies without end', copies(60)],
    ['PLAN', 'copies in EXPLAIN', `EXPLAIN ${copies(60)}`],
    ['PLAN', 'copies in a subquery', `SELECT 1 IN (${copies(60)})`],
    ['PLAN', 'copies in CREATE VIEW', `CREATE VIEW copied AS ${copies(60)}`],
  ])('fails with %s: %s', { timeout: SOON_MS }, async (code, _, text) => {
    const started = performance.now();
    const error = await rejected(ctx.sql(text));
    expect(error.code).toBe(code);
    expect(performance.now() - started).toBeLessThan(SOON_MS / 4);
    await goesOn();
  });
});

describe('verbs', () => {
  let df: DataFrame;
  beforeAll(async () => {
    df = await ctx.table('t');
  });

  it.each<[string, Expr, unknown]>([
    ['add', chain(5000, (expr) => expr.add(1)), 5001],
    ['an operand', chain(5000, (expr) => lit(1).add(expr)), 5001],
    ['and', chain(5000, (expr) => expr.and(col('a').gt(0)), lit(true)), true],
    ['or', chain(5000, (expr) => lit(false).or(expr), lit(true)), true],
    ['mixed operations', chain(WHOLE ? 50 : 8, (expr) => expr.add(1).sub(1).neg().neg()), 1],
    ['floats', chain(300, (expr) => expr.add(1), col('d')), 300.5],
    ['case', manyCases(2000), 1],
  ])('%s', { timeout: SOON_MS }, async (_, expr, n) => {
    const rows = await df.filter(col('a').eq(1)).select(expr.alias('n')).toArray({ int64: 'number' });
    expect(rows).toEqual([{ n }]);
  });

  it.each<[string, () => unknown]>([
    ['floats', () => df.select(chain(5000, (expr) => expr.add(1), col('d')))],
    ['not', () => df.select(chain(3000, (expr) => expr.not(), col('a').gt(1)))],
    ['calls', () => df.select(chain(3000, (expr) => f.abs(expr)))],
    ['SQL text', () => df.filter(`d + ${repeat(2000, () => '1', ' + ')} > 0`)],
    ['verbs', () => chainVerbs(2000, df)],
    [
      'unions',
      () => {
        let all = df;
        for (let i = 0; i < 2000; i++) all = all.union(df);
        return all;
      },
    ],
  ])('fails with PLAN: %s', { timeout: SOON_MS }, async (_, run) => {
    expect(thrown(run)).toMatchObject({ code: 'PLAN', message: expect.stringMatching(/inside one another/u) });
    await goesOn();
  });

  it.each<[string, () => unknown]>([
    ['cast', () => col('a').cast(DEEP_TYPE as TypeName)],
    ['arrow_cast', () => callFunction('arrow_cast', col('a'), DEEP_TYPE)],
  ])('fails with INVALID_ARGUMENT for a type that is too deep: %s', (_, expr) => {
    expect(thrown(() => df.select(expr() as Expr))).toMatchObject({ code: 'INVALID_ARGUMENT' });
  });

  it('unites hundreds of DataFrames', { timeout: SOON_MS }, async () => {
    let all = df;
    for (let i = 0; i < 200; i++) all = all.union(df);
    expect(await all.count()).toBe(402);
  });

  it('adds columns a hundred times', { timeout: SOON_MS }, async () => {
    expect(await chainVerbs(100, df).select('a').toArray({ int64: 'number' })).toEqual([{ a: 101 }, { a: 102 }]);
  });
});

function manyCases(times: number): Expr {
  let cases = when(col('a').eq(0), -1);
  for (let i = 1; i < times; i++) cases = cases.when(col('a').eq(i), i);
  return cases.otherwise(-1);
}

function chainVerbs(times: number, df: DataFrame): DataFrame {
  for (let i = 0; i < times; i++) df = df.withColumn('a', col('a').add(1));
  return df;
}
