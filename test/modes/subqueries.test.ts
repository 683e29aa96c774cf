import { beforeAll, describe, expect, it } from 'vitest';

import type { DataFrame } from '../../src/dataframe/dataframe.js';
import { exists, outerRef, scalarSubquery } from '../../src/expr/builders/subquery.js';
import { col, type Expr } from '../../src/expr/expr.js';
import { callFunction } from '../../src/functions/call/call.js';
import { LOCAL, newContext, withCluster, withContext } from '../support/cluster.js';
import { rejected } from '../support/rejected.js';
import { thrown } from '../support/thrown.js';

const cluster = await withCluster();
const ctx = withContext(cluster);

let t: DataFrame;

beforeAll(async () => {
  const data = await ctx.fromColumns({ id: [1, 2, 3, 4, 5], g: ['x', 'x', 'y', 'y', 'y'] });
  await ctx.registerRecordBatches('t', await data.collect());
  t = await ctx.table('t');
});

const ids = async (df: DataFrame): Promise<unknown[]> =>
  (await df.sort('id').toColumns({ int64: 'number' }))['id'] ?? [];

/** Checks which rows a predicate keeps: as an expression, as printed SQL and as hand-written SQL. */
async function keeps(predicate: Expr, text: string, expected: number[]): Promise<void> {
  for (const df of [
    t.filter(predicate),
    await ctx.sql(`SELECT id FROM t WHERE ${predicate}`),
    await ctx.sql(`SELECT id FROM t WHERE ${text}`),
  ]) {
    expect(await ids(df)).toEqual(expected);
    await cluster.betweenQueries();
  }
}

it('IN subqueries keep the right rows', async () => {
  const few = t.filter('id < 3').select(col('id').add(1).alias('next'));
  await keeps(col('id').inSubquery(few), 'id IN (SELECT id + 1 FROM t WHERE id < 3)', [2, 3]);
  await keeps(col('id').inSubquery(few, true), 'id NOT IN (SELECT id + 1 FROM t WHERE id < 3)', [1, 4, 5]);
});

it('scalar subqueries keep the right rows', async () => {
  const mean = t.aggregate([], callFunction('avg', col('id')).alias('mean'));
  await keeps(col('id').gt(scalarSubquery(mean)), 'id > (SELECT avg(id) FROM t)', [4, 5]);
});

it('EXISTS subqueries can use columns of the outer query', async () => {
  const outer = t.alias('o');
  const twin = t.alias('i').filter(
    col('g', 'i')
      .eq(outerRef('g', 'Utf8', 'o'))
      .and(col('id', 'i').gt(outerRef('id', 'Int64', 'o'))),
  );
  const text = 'EXISTS (SELECT 1 FROM t i WHERE i.g = o.g AND i.id > o.id)';
  for (const [predicate, where, expected] of [
    [exists(twin), text, [1, 3, 4]],
    [exists(twin, true), `NOT ${text}`, [2, 5]],
  ] as const) {
    expect(await ids(outer.filter(predicate).select('id'))).toEqual(expected);
    expect(await ids(await ctx.sql(`SELECT id FROM t o WHERE ${predicate}`))).toEqual(expected);
    expect(await ids(await ctx.sql(`SELECT id FROM t o WHERE ${where}`))).toEqual(expected);
  }
});

it('subqueries work in SELECT and in other subqueries', async () => {
  const most = t.aggregate([], callFunction('max', col('id')).alias('most'));
  const share = col('id').mul(10).div(scalarSubquery(most)).alias('share');
  const few = t.filter(col('id').eq(scalarSubquery(most))).select('g');
  const rows = await t
    .select('id', 'g', share)
    .filter(col('g').inSubquery(few))
    .sort('id')
    .toArray({ int64: 'number' });
  expect(rows).toEqual([3, 4, 5].map((id) => ({ id, g: 'y', share: id * 2 })));
});

it('subqueries must be DataFrames', () => {
  const fake = { toSql: () => 'SELECT 1' };
  for (const predicate of [exists(fake), col('id').inSubquery(fake), col('id').eq(scalarSubquery(fake))])
    expect(thrown(() => t.filter(predicate)).code).toBe('INVALID_ARGUMENT');
});

it.each([
  ['b.id IN (SELECT max(id) FROM t)', 1],
  ['b.id NOT IN (SELECT max(id) FROM t)', 4],
])('a join condition can have a subquery: %s', async (condition, rows) => {
  const joined = await ctx.sql(`SELECT b.id FROM t a JOIN t b ON a.id = b.id AND ${condition}`);
  expect(await joined.toArray()).toHaveLength(rows);
});

it('a scalar subquery works beside subqueries that the optimizer cannot join', async () => {
  const lateral = '(SELECT t.id FROM t CROSS JOIN LATERAL (SELECT sum(u.id) FROM t u WHERE u.id = t.id + 1) AS s)';
  const query = `SELECT (SELECT max(g) FROM t) AS g, a.id FROM t a
    CROSS JOIN LATERAL (SELECT avg(3) AS x FROM t b WHERE b.id = a.id) AS c
    WHERE a.id IN ((SELECT d.id FROM t d WHERE d.id < 3) UNION ALL ${lateral})`;
  await using whole = newContext(cluster, LOCAL ? {} : { clusterConfig: { 'cluster.whole_query': 'always' } });
  await whole.registerRecordBatches('t', await t.collect());
  const rows = await (await whole.sql(query)).sort('id').toArray({ int64: 'number' });
  expect(rows).toEqual([1, 2, 3, 4, 5].map((id) => ({ g: 'y', id })));
});

describe('EXISTS and IN are values, too', () => {
  const rows = async (query: string) => ctx.query(query, { int64: 'number' });

  it('EXISTS', async () => {
    expect(
      await rows(`
        SELECT EXISTS (SELECT 1) AS one, EXISTS (SELECT 1 FROM t WHERE id > 9) AS none,
          CASE WHEN NOT EXISTS (SELECT 1 FROM t WHERE id > 9) THEN 'empty' END AS text`),
    ).toEqual([{ one: true, none: false, text: 'empty' }]);
    const other = `(SELECT 'y' AS g UNION ALL SELECT 'y' UNION ALL SELECT 'z')`;
    const expected = [1, 2, 3, 4, 5].map((id) => ({ id, has: id > 2, lacks: id < 3 }));
    const has = `EXISTS (SELECT 1 FROM ${other} p WHERE p.g = t.g)`;
    expect(await rows(`SELECT id, ${has} AS has, NOT ${has} AS lacks FROM t ORDER BY id`)).toEqual(expected);
    expect(await rows(`SELECT count(*) AS n FROM t GROUP BY ${has} ORDER BY n`)).toEqual([{ n: 2 }, { n: 3 }]);
  });

  it.each([
    ['(1), (NULL)', [true, null, null], [false, null, null]],
    ['(1), (3)', [true, false, null], [false, true, null]],
  ])('IN has the nulls of SQL: VALUES %s', async (values, found, missing) => {
    const list = `(SELECT y FROM (VALUES ${values}) ys(y))`;
    expect(
      await ctx
        .sql(
          `SELECT x IN ${list} AS found, x NOT IN ${list} AS missing FROM (VALUES (1), (2), (NULL)) xs(x) ORDER BY x`,
        )
        .toColumns(),
    ).toEqual({ found, missing });
    const empty = `(SELECT y FROM (VALUES ${values}) ys(y) WHERE y > 9)`;
    expect(
      await rows(`SELECT x IN ${empty} AS found, x NOT IN ${empty} AS missing FROM (VALUES (1), (NULL)) xs(x)`),
    ).toEqual([
      { found: false, missing: true },
      { found: false, missing: true },
    ]);
  });

  it.each([
    ['SELECT id FROM t WHERE row_number() OVER (ORDER BY id) = 1', 'Write QUALIFY row_number(…)'],
    ['VALUES ((SELECT max(id) FROM t))', 'INSERT INTO t SELECT (SELECT max(id) FROM u)'],
    ['SELECT EXISTS (SELECT 1 FROM t i WHERE i.id > o.id) AS x FROM t o', 'it can only compare it with ='],
  ])('%s says what to write', async (query, text) => {
    expect(await rejected(rows(query))).toMatchObject({
      code: 'NOT_IMPLEMENTED',
      message: expect.stringContaining(text),
    });
  });
});

describe('ANY and ALL', () => {
  it.each([
    ['id >= ALL (SELECT id FROM t)', [5]],
    ['id < ANY (SELECT id FROM t)', [1, 2, 3, 4]],
    ['id = ANY (SELECT id FROM t WHERE id > 3)', [4, 5]],
    ['id <> ALL (SELECT id FROM t WHERE id > 3)', [1, 2, 3]],
    ['id > ALL (SELECT id FROM t WHERE id > 9)', [1, 2, 3, 4, 5]],
    ['id > ANY (SELECT id FROM t WHERE id > 9)', []],
    ['id < ALL (SELECT nullif(id, 1) FROM t)', []],
    ['(id < ANY (SELECT nullif(id, 5) FROM t)) IS NULL', [4, 5]],
  ])('compare with the rows of the same table: %s', async (condition, expected) => {
    expect(await ids(await ctx.sql(`SELECT id FROM t WHERE ${condition}`))).toEqual(expected);
  });

  it('are values', async () => {
    const query =
      'SELECT 6 > ALL (SELECT id FROM t) AS all, 1 > ANY (SELECT id FROM t) AS any, 1 < ALL (SELECT nullif(id, 1) FROM t) AS unknown';
    expect(await ctx.query(query)).toEqual([{ all: true, any: false, unknown: null }]);
  });
});

describe('EXISTS and IN over an aggregate of rows that match', () => {
  // DataFusion itself has no row where nothing matches. The numbers were counted by hand: `n` has the ids 1 and 2, once and twice.
  const n = '(SELECT id FROM (VALUES (1), (2), (2)) v(id)) n WHERE n.id = t.id';

  it.each([
    [`EXISTS (SELECT count(*) FROM ${n})`, [1, 2, 3, 4, 5]],
    [`NOT EXISTS (SELECT count(*) FROM ${n})`, []],
    [`EXISTS (SELECT count(*) FROM ${n} HAVING count(*) = 0)`, [3, 4, 5]],
    [`NOT EXISTS (SELECT count(*) FROM ${n} HAVING count(*) = 0)`, [1, 2]],
    [`EXISTS (SELECT max(n.id) FROM ${n} HAVING max(n.id) > 1)`, [2]],
    [`id - 3 IN (SELECT count(*) FROM ${n})`, [3]],
    [`id IN (SELECT count(*) FROM ${n})`, [1, 2]],
    [`id - 3 NOT IN (SELECT count(*) FROM ${n})`, [1, 2, 4, 5]],
    [`id - 3 NOT IN (SELECT count(*) FROM ${n} HAVING count(*) > 0)`, [1, 2, 3, 4, 5]],
  ])('%s', async (condition, expected) => {
    expect(await ids(await ctx.sql(`SELECT id FROM t WHERE ${condition}`))).toEqual(expected);
    const values = await ctx.sql(`SELECT id FROM (SELECT id, ${condition} AS x FROM t) v WHERE x`);
    expect(await ids(values)).toEqual(expected);
  });
});
