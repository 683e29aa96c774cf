import { beforeAll, describe, expect, it } from 'vitest';

import { col } from '../../src/expr/expr.js';
import { sql } from '../../src/sql/sql-tag.js';
import { withCluster, withContext } from '../support/cluster.js';
import { FLIGHTS } from '../support/data.js';
import { failure, rejected } from '../support/rejected.js';
import { statements } from './dml/people.js';

const cluster = await withCluster();
const ctx = withContext(cluster);

beforeAll(() => ctx.registerParquet('flights', FLIGHTS));

const { rows, change, people, left } = statements(cluster, ctx);

describe('a DML statement', () => {
  it('can be prepared, with parameters of the column types', async () => {
    await people();
    const update = await ctx.prepare('UPDATE people SET name = $1, age = $2 WHERE id = $3');
    expect(update.parameters.map(({ name, type }) => [name, String(type)])).toEqual([
      ['1', 'Utf8'],
      ['2', 'Float64'],
      ['3', 'Int64'],
    ]);
    for (const params of [
      ['A', 1, 1],
      [null, null, 4],
      ['Z', 2, 5],
    ])
      expect(await (await update.execute(params)).toArray()).toEqual([{ count: params[2] === 5 ? 0n : 1n }]);
    await cluster.betweenQueries();
    const remove = await ctx.prepare('DELETE FROM people WHERE id = $id');
    expect(await (await remove.execute({ id: 2 })).toArray()).toEqual([{ count: 1n }]);
    expect(await left('id, name, age')).toEqual([
      [1, 'A', 1],
      [3, null, 41],
      [4, null, null],
    ]);
    expect(await rejected(update.execute(['A', 1, 1.5]))).toMatchObject({ code: 'INVALID_ARGUMENT' });
  });

  it('takes parameters', async () => {
    await people();
    expect(await change('UPDATE people SET name = $1 WHERE id = $2', ["it's", 3])).toBe(1);
    expect(await change('DELETE FROM people WHERE name = $name', { name: "it's" })).toBe(1);
    expect(await left()).toEqual([1, 2, 4]);
  });

  it('runs once, when it is awaited', async () => {
    await ctx.sql('CREATE OR REPLACE TABLE counter AS SELECT 1 AS n');
    const df = await ctx.sql('UPDATE counter SET n = n * 2');
    expect(await left('n', 'counter')).toEqual([2]);
    await cluster.betweenQueries();
    expect(await df.toArray()).toEqual([{ count: 1n }]);
    expect(await df.limit(1).toArray()).toEqual([{ count: 1n }]);
    expect(await df.count()).toBe(1);
    expect(await df.toDisplayString()).toContain('count');
    expect(await left('n', 'counter')).toEqual([2]);

    const double = await ctx.prepare('UPDATE counter SET n = n * $1');
    await double.execute([2]);
    expect(await left('n', 'counter')).toEqual([4]);
    const [plan] = (await ctx.sql('EXPLAIN DELETE FROM counter')).logicalPlan().inputs();
    if (plan) await ctx.executeLogicalPlan(plan);
    expect(await left('n', 'counter')).toEqual([]);
  });

  it('gives its count to other queries', async () => {
    await people();
    const count = await ctx.sql('DELETE FROM people WHERE id < 3');
    const seven = await ctx.sql('SELECT CAST(7 AS BIGINT UNSIGNED) AS count');
    expect(await count.union(seven).sort('count').toArray()).toEqual([{ count: 2n }, { count: 7n }]);
    expect(await left()).toEqual([3, 4]);
  });

  it.each([
    ['INSERT', "INSERT INTO people VALUES (5, 'Eva', 1, true)", 1],
    ['UPDATE', 'UPDATE people SET age = 1 WHERE id < 3', 2],
    ['DELETE', 'DELETE FROM people WHERE id > 4', 0],
    ['CREATE', 'CREATE OR REPLACE TABLE made AS SELECT 1 AS a', 0],
    ['SET', 'SET datafusion.execution.batch_size = 8192', 0],
    ['DROP', 'DROP TABLE IF EXISTS nothing', 0],
  ])('returns its number of rows from execute: %s', async (_, statement, count) => {
    await people();
    expect(await ctx.execute(statement)).toBe(count);
  });

  it('takes values in execute and query', async () => {
    await people();
    expect(await ctx.execute('DELETE FROM people WHERE id = $1', { params: [1] })).toBe(1);
    expect(await ctx.execute(sql`DELETE FROM people WHERE id = ${2}`)).toBe(1);
    const query = 'SELECT id FROM people WHERE id > $least ORDER BY id';
    expect(await ctx.query(query, { params: { least: 3 }, int64: 'number' })).toEqual([{ id: 4 }]);
    expect(await ctx.query("INSERT INTO people VALUES (9, 'I', 1, true)")).toEqual([{ count: 1n }]);
    expect(await left()).toEqual([3, 4, 9]);
    expect(await ctx.query('SET datafusion.execution.batch_size = 8192')).toEqual([]);
  });

  it('is what execute takes: a query is rejected before it runs', async () => {
    for (const query of ['SELECT 1', 'EXPLAIN SELECT 1', 'DESCRIBE people'])
      expect(await rejected(ctx.execute(query))).toMatchObject({
        code: 'INVALID_ARGUMENT',
        message: expect.stringContaining('query()'),
      });
    expect(await rejected(ctx.query('SELECT 1', { int64: 'float' } as never))).toMatchObject({
      code: 'INVALID_ARGUMENT',
    });
  });

  it('that is aborted rejects with the reason', async () => {
    const reason = new Error('enough');
    const [statement, options] = ['DELETE FROM people', { signal: AbortSignal.abort(reason) }] as const;
    const runs = [
      () => ctx.sql(statement, options),
      () => ctx.execute(statement, options),
      () => ctx.query(statement, options),
    ];
    for (const run of runs) expect(await failure(run())).toBe(reason);
  });

  it('returns a DataFrame that takes verbs', async () => {
    await people();
    const df = await ctx.sql('DELETE FROM people WHERE id = 1');
    expect(await df.toDisplayString()).toContain('| 1 ');
    expect(await left()).toEqual([2, 3, 4]);
    const insert = await ctx.sql("INSERT INTO people VALUES (5, 'Eva', 1, true)");
    expect(await insert.withColumn('one', col('count').eq(1)).toArray()).toEqual([{ count: 1n, one: true }]);
    expect(await left()).toEqual([2, 3, 4, 5]);
  });

  it('fails with PLAN when allowDml is false', async () => {
    await people();
    const statements = ['UPDATE people SET id = 0', 'DELETE FROM people', 'TRUNCATE TABLE people'];
    for (const statement of [...statements, ...statements.map((statement) => `EXPLAIN ANALYZE ${statement}`)]) {
      expect((await rejected(ctx.sql(statement, { allowDml: false }))).code).toBe('PLAN');
      expect((await rejected(ctx.prepare(statement, { allowDml: false }))).code).toBe('PLAN');
    }
    expect(await left()).toEqual([1, 2, 3, 4]);
  });

  it('changes rows with EXPLAIN ANALYZE, not with EXPLAIN', async () => {
    await people();
    for (const statement of ["UPDATE people SET name = 'X' WHERE id = 1", 'DELETE FROM people WHERE id = 1']) {
      for (const explain of ['EXPLAIN', 'EXPLAIN VERBOSE', 'EXPLAIN FORMAT TREE']) {
        const text = JSON.stringify(await rows(`${explain} ${statement}`));
        expect(text).toContain('DataSinkExec');
        expect(text).toMatch(/id.* = .*1/);
      }
      expect(await left('id, name')).toHaveLength(4);
      expect((await left('id, name'))[0]).toEqual([1, 'Ada']);
    }
    const text = JSON.stringify(await rows('EXPLAIN ANALYZE DELETE FROM people WHERE id > 2'));
    expect(text).toContain('output_rows');
    expect(await left()).toEqual([1, 2]);
    const stages = await (await ctx.sql("UPDATE people SET name = 'X' WHERE id = 1")).analyze();
    expect(stages.length).toBeGreaterThan(0);
    expect(await left('id, name')).toEqual([
      [1, 'X'],
      [2, 'Ben'],
    ]);
    for (const statement of ['DELETE FROM people', 'TRUNCATE TABLE people', 'UPDATE people SET id = 1'])
      expect(JSON.stringify(await rows(`EXPLAIN ${statement}`))).toContain('DataSinkExec');
    await rows('EXPLAIN ANALYZE INSERT INTO people VALUES (3, NULL, NULL, NULL)');
    expect(await left()).toEqual([1, 2, 3]);
    await rows('EXPLAIN ANALYZE DELETE FROM people');
    expect(await left()).toEqual([]);
  });
});

describe('an unsupported or invalid statement', () => {
  it.each([
    ['NOT_IMPLEMENTED', 'UPDATE flights SET delay = 0', 'Update is not supported for tables over files'],
    ['NOT_IMPLEMENTED', 'DELETE FROM flights WHERE delay > 0', 'Delete is not supported for tables over files'],
    ['NOT_IMPLEMENTED', 'TRUNCATE TABLE flights', 'Truncate is not supported for tables over files'],
    ['NOT_IMPLEMENTED', 'UPDATE people SET id = 0 FROM flights', 'UPDATE ... FROM'],
    ['NOT_IMPLEMENTED', 'UPDATE people JOIN flights ON delay = id SET id = 0', 'subqueries'],
    [
      'NOT_IMPLEMENTED',
      'MERGE INTO people USING (SELECT 1 AS x) AS s ON s.x = people.id WHEN MATCHED THEN DELETE',
      'MERGE INTO is not supported for in-memory tables',
    ],
    ['SCHEMA', 'UPDATE people SET nothing = 0', 'nothing'],
    ['SCHEMA', 'DELETE FROM people WHERE nothing = 0', 'nothing'],
    ['PLAN', 'DELETE FROM nobody', 'nobody'],
  ])('fails with %s: %s', async (code, statement, text) => {
    await people();
    const run = async () => (await ctx.sql(statement)).collect();
    expect(await rejected(run())).toMatchObject({ code, message: expect.stringContaining(text) });
    expect(await left()).toEqual([1, 2, 3, 4]);
  });
});
