import { rmSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

import { Catalog } from '../../src/catalog/catalog.js';
import { CatalogSchema } from '../../src/catalog/catalog-schema.js';
import type { SessionContext } from '../../src/session/session-context.js';
import type { Params } from '../../src/sql/params.js';
import { udaf } from '../../src/udf/udaf.js';
import { udf } from '../../src/udf/udf.js';
import { udtf } from '../../src/udf/udtf.js';
import { newContext, withCluster } from '../support/cluster.js';
import { tempFolder } from '../support/data.js';
import { rejected } from '../support/rejected.js';

// A cached plan is reused only while a new plan of the same query would be equal. test/process/plan-cache.test.ts checks
// that plans are reused.

const cluster = await withCluster();
const temp = tempFolder();

async function once(ctx: SessionContext, query: string, params?: Params) {
  const rows = await (await ctx.sql(query, params === undefined ? {} : { params })).toArray({ int64: 'number' });
  await cluster.betweenQueries();
  return rows.map((row) => Object.values(row)[0]);
}

/** Runs a query twice and returns the first column of the second run. */
async function again(ctx: SessionContext, query: string) {
  await once(ctx, query);
  return once(ctx, query);
}

async function register(ctx: SessionContext, name: string, values: readonly unknown[]) {
  await ctx.deregisterTable(name);
  await ctx.registerRecordBatches(name, await (await ctx.fromColumns({ a: values })).collect());
}

describe('a repeated query reads the current tables', () => {
  it('after a table is replaced', async () => {
    await using ctx = newContext(cluster);
    await register(ctx, 't', [1, 2]);
    expect(await again(ctx, 'SELECT sum(a) FROM t')).toEqual([3]);
    await register(ctx, 't', [10, 20]);
    expect(await once(ctx, 'SELECT sum(a) FROM t')).toEqual([30]);
    await register(ctx, 't', ['x', 'y']);
    expect(await once(ctx, 'SELECT max(a) FROM t')).toEqual(['y']);
    expect(await rejected(once(ctx, 'SELECT sum(a) FROM t'))).toMatchObject({ code: 'PLAN' });
    await ctx.deregisterTable('t');
    expect(await rejected(once(ctx, 'SELECT max(a) FROM t'))).toMatchObject({ code: 'PLAN' });
  });

  it('after SQL creates and drops tables', async () => {
    await using ctx = newContext(cluster);
    await ctx.sql('CREATE TABLE t AS SELECT 1 AS a');
    expect(await again(ctx, 'SELECT * FROM t')).toEqual([1]);
    await ctx.sql("CREATE OR REPLACE TABLE t AS SELECT 'x' AS a");
    expect(await again(ctx, 'SELECT * FROM t')).toEqual(['x']);
    await ctx.sql('DROP TABLE t');
    expect(await rejected(once(ctx, 'SELECT * FROM t'))).toMatchObject({ code: 'PLAN' });
    await ctx.sql('CREATE VIEW t AS SELECT 2 AS a');
    expect(await again(ctx, 'SELECT * FROM t')).toEqual([2]);
    await ctx.sql('CREATE OR REPLACE VIEW t AS SELECT 3 AS a');
    expect(await once(ctx, 'SELECT * FROM t')).toEqual([3]);
  });

  it('wherever it names them', async () => {
    await using ctx = newContext(cluster);
    await register(ctx, 't', [1, 2]);
    const queries = [
      'WITH t AS (SELECT a + 1 AS a FROM t) SELECT max(a) FROM t',
      'SELECT (SELECT max(a) + 1 FROM t)',
      'SELECT max(a) + 1 FROM (SELECT a FROM t UNION ALL SELECT a FROM public.t) u',
    ];
    for (const query of queries) expect([query, await again(ctx, query)]).toEqual([query, [3]]);
    const within = 'SELECT b FROM (VALUES (2)) v(b) WHERE b IN (SELECT a FROM datafusion.public.t)';
    expect(await again(ctx, within)).toEqual([2]);
    await register(ctx, 't', [5]);
    for (const query of queries) expect([query, await once(ctx, query)]).toEqual([query, [6]]);
    expect(await once(ctx, within)).toEqual([]);
  });

  it('after a schema or a catalog changes outside of the session', async () => {
    await using ctx = newContext(cluster);
    const tables = [[1], [2], [3], [4]].map((values) => ctx.fromColumns({ a: values }));
    const [one, two, three, four] = (await Promise.all(tables)) as [never, never, never, never];
    const lake = Catalog.memoryCatalog();
    const raw = CatalogSchema.memorySchema();
    lake.registerSchema('raw', raw);
    await ctx.registerCatalogProvider('lake', lake);
    raw.registerTable('t', one);
    const query = 'SELECT a FROM lake.raw.t';
    expect(await again(ctx, query)).toEqual([1]);
    raw.deregisterTable('t');
    raw.registerTable('t', two);
    expect(await again(ctx, query)).toEqual([2]);
    const other = CatalogSchema.memorySchema();
    other.registerTable('t', three);
    lake.registerSchema('raw', other);
    expect(await again(ctx, query)).toEqual([3]);
    const sea = Catalog.memoryCatalog();
    const deep = CatalogSchema.memorySchema();
    deep.registerTable('t', four);
    sea.registerSchema('raw', deep);
    await ctx.registerCatalogProvider('lake', sea);
    expect(await again(ctx, query)).toEqual([4]);
    sea.deregisterSchema('raw');
    expect(await rejected(once(ctx, query))).toMatchObject({ code: 'PLAN' });
  });

  it('after the default schema changes', async () => {
    await using ctx = newContext(cluster);
    await ctx.sql('CREATE SCHEMA other');
    await ctx.sql('CREATE TABLE t AS SELECT 1 AS a');
    await ctx.sql('CREATE TABLE other.t AS SELECT 2 AS a');
    expect(await again(ctx, 'SELECT a FROM t')).toEqual([1]);
    await ctx.sql('SET datafusion.catalog.default_schema = other');
    expect(await again(ctx, 'SELECT a FROM t')).toEqual([2]);
    await ctx.sql('RESET datafusion.catalog.default_schema');
    expect(await once(ctx, 'SELECT a FROM t')).toEqual([1]);
  });

  it('with their current rows', async () => {
    await using ctx = newContext(cluster);
    await ctx.sql('CREATE TABLE t (a BIGINT)');
    const write = async (a: number) => ctx.fromColumns({ a: [a] }).writeCsv(temp('grows/'), { mode: 'append' });
    await write(1);
    await ctx.registerCsv('files', temp('grows/'));
    expect(await again(ctx, 'SELECT count(*) FROM t')).toEqual([0]);
    expect(await again(ctx, 'SELECT count(*) FROM files')).toEqual([1]);
    await once(ctx, 'INSERT INTO t VALUES (1), (2)');
    await write(2);
    expect(await once(ctx, 'SELECT count(*) FROM t')).toEqual([2]);
    expect(await once(ctx, 'SELECT count(*) FROM files')).toEqual([2]);
    await once(ctx, 'INSERT OVERWRITE t VALUES (5)');
    expect(await once(ctx, 'SELECT count(*) FROM t')).toEqual([1]);
  });

  it('for file paths in the query', async () => {
    await using ctx = newContext(cluster);
    const path = temp('named/');
    await (await ctx.fromColumns({ a: [1] })).writeCsv(path);
    const query = `SELECT * FROM '${path}'`;
    expect(await rejected(once(ctx, query))).toMatchObject({ code: 'PLAN' });
    ctx.enableUrlTable();
    expect(await again(ctx, query)).toEqual([1]);
    rmSync(path, { recursive: true });
    await (await ctx.fromColumns({ a: ['x'] })).writeCsv(path);
    expect(await again(ctx, query)).toEqual(['x']);
  });

  it('in information_schema', async () => {
    await using ctx = newContext(cluster, { clusterConfig: { 'datafusion.catalog.information_schema': 'true' } });
    const query = "SELECT count(*) FROM information_schema.tables WHERE table_schema = 'public'";
    expect(await again(ctx, query)).toEqual([0]);
    await ctx.sql('CREATE TABLE t AS SELECT 1 AS a');
    expect(await once(ctx, query)).toEqual([1]);
  });
});

describe('a repeated query calls the current functions', () => {
  it('after a UDF is replaced or deregistered', async () => {
    await using ctx = newContext(cluster);
    const same = (fn: (x: bigint | null) => bigint) =>
      ctx.registerUdf(udf({ name: 'same', args: ['Int64'], returns: 'Int64' }, fn));
    same(() => 1n);
    expect(await again(ctx, 'SELECT same(0)')).toEqual([1]);
    same(() => 2n);
    expect(await again(ctx, 'SELECT same(0)')).toEqual([2]);
    ctx.deregisterUdf('same');
    expect(await rejected(once(ctx, 'SELECT same(0)'))).toMatchObject({ code: 'PLAN' });
  });

  it('after a UDF hides a built-in function', async () => {
    await using ctx = newContext(cluster);
    expect(await again(ctx, 'SELECT abs(CAST(-5 AS BIGINT))')).toEqual([5]);
    ctx.registerUdf(udf({ name: 'abs', args: ['Int64'], returns: 'Int64' }, () => 7n));
    expect(await once(ctx, 'SELECT abs(CAST(-5 AS BIGINT))')).toEqual([7]);
    await register(ctx, 't', [1, 2]);
    expect(await again(ctx, 'SELECT sum(CAST(a AS BIGINT)) FROM t')).toEqual([3]);
    const sum = udaf({
      name: 'sum',
      args: ['Int64'],
      returns: 'Int64',
      state: 'Int64',
      init: () => 0n,
      update: (state: bigint, x) => state + (x ?? 0n),
      merge: (a: bigint, b: bigint) => a + b,
      finish: (state: bigint) => state + 40n,
    });
    ctx.registerUdaf(sum);
    expect(await once(ctx, 'SELECT sum(CAST(a AS BIGINT)) FROM t')).toEqual([43]);
  });

  it('after Spark functions are enabled', async () => {
    await using ctx = newContext(cluster);
    expect(await again(ctx, "SELECT concat('a', CAST(NULL AS VARCHAR))")).toEqual(['a']);
    ctx.enableSparkFunctions();
    expect(await once(ctx, "SELECT concat('a', CAST(NULL AS VARCHAR))")).toEqual([null]);
  });

  it('for table functions', async () => {
    await using ctx = newContext(cluster);
    // A table can have the same name.
    await register(ctx, 'rows', [5]);
    const rows = (n: number) =>
      ctx.registerUdtf(
        udtf({ name: 'rows', args: ['Int64'], returns: { n: 'Int64' }, captures: { n } }, function* () {
          yield { n: BigInt(n) };
        }),
      );
    rows(1);
    expect(await again(ctx, 'SELECT n FROM rows(0)')).toEqual([1]);
    rows(2);
    expect(await once(ctx, 'SELECT n FROM rows(0)')).toEqual([2]);
    expect(await again(ctx, 'SELECT count(*) FROM range(0, 3)')).toEqual([3]);
  });
});

describe('a repeated query uses the current settings', () => {
  it('for the SQL parser', async () => {
    await using ctx = newContext(cluster);
    expect(await again(ctx, 'SELECT arrow_typeof(1.5)')).toEqual(['Float64']);
    await ctx.sql('SET datafusion.sql_parser.parse_float_as_decimal = true');
    expect(await again(ctx, 'SELECT arrow_typeof(1.5)')).toEqual(['Decimal128(2, 1)']);
    await ctx.sql('RESET datafusion.sql_parser.parse_float_as_decimal');
    expect(await once(ctx, 'SELECT arrow_typeof(1.5)')).toEqual(['Float64']);
  });

  it('for the time zone', async () => {
    await using ctx = newContext(cluster);
    const query = "SELECT CAST(CAST('2024-01-01T00:00:00Z' AS TIMESTAMP WITH TIME ZONE) AS VARCHAR)";
    await ctx.sql("SET datafusion.execution.time_zone = '+00:00'");
    expect(await again(ctx, query)).toEqual(['2024-01-01T00:00:00Z']);
    await ctx.sql("SET datafusion.execution.time_zone = '+02:00'");
    expect(await once(ctx, query)).toEqual(['2024-01-01T02:00:00+02:00']);
  });

  it('but an existing DataFrame keeps its settings and tables', async () => {
    await using ctx = newContext(cluster);
    await register(ctx, 't', [1, 2]);
    const before = await ctx.sql('SELECT arrow_typeof(1.5) AS k, a FROM t ORDER BY a');
    await ctx.sql('SET datafusion.sql_parser.parse_float_as_decimal = true');
    await register(ctx, 't', [5]);
    expect(await before.toArray({ int64: 'number' })).toEqual([
      { k: 'Float64', a: 1 },
      { k: 'Float64', a: 2 },
    ]);
  });
});

describe('a repeated query computes new values', () => {
  const values = async (ctx: SessionContext, query: string, runs = 3) => {
    const found: unknown[] = [];
    for (let i = 0; i < runs; i++) found.push(...(await once(ctx, query)));
    return new Set(found.map(String)).size;
  };

  it.each([
    'SELECT CAST(now() AS VARCHAR)',
    'SELECT random()',
    'SELECT uuid()',
    'SELECT (SELECT max(CAST(current_timestamp AS VARCHAR)) FROM (VALUES (1)))',
    "SELECT CAST(max(n) AS VARCHAR) FROM (SELECT now() AS n FROM t) WHERE n > now() - INTERVAL '1 day'",
    'SELECT CAST(n AS VARCHAR) FROM at',
    "SELECT CAST(value AS VARCHAR) FROM generate_series(now(), now(), INTERVAL '1 day')",
  ])('for %s', async (query) => {
    await using ctx = newContext(cluster);
    await register(ctx, 't', [1]);
    await ctx.sql('CREATE VIEW at AS SELECT now() AS n');
    expect(await values(ctx, query)).toBe(3);
    const prepared = await ctx.prepare(query);
    const two = [await (await prepared.execute()).toArray(), await (await prepared.execute()).toArray()];
    if (!query.includes('generate_series')) expect(two[0]).not.toEqual(two[1]);
  });

  it('for a DataFrame that runs again', async () => {
    await using ctx = newContext(cluster);
    const df = (await ctx.sql('SELECT CAST(now() AS VARCHAR) AS at')).filter('at IS NOT NULL');
    const runs = [await df.toArray(), await df.toArray()];
    expect(runs[0]).toHaveLength(1);
    expect(runs[0]).not.toEqual(runs[1]);
  });

  it('for its parameters', async () => {
    await using ctx = newContext(cluster);
    await register(ctx, 't', [1, 2, 3]);
    const query = 'SELECT count(*) FROM t WHERE a > $1';
    expect(await once(ctx, query, [1])).toEqual([2]);
    expect(await once(ctx, query, [2])).toEqual([1]);
    expect(await rejected(once(ctx, query))).toMatchObject({ code: 'INVALID_ARGUMENT' });
    const series = 'SELECT count(*) FROM generate_series(1, $1)';
    expect(await once(ctx, series, [5])).toEqual([5]);
    expect(await once(ctx, series, [6])).toEqual([6]);
  });
});

it('a repeated statement makes its changes each time', async () => {
  await using ctx = newContext(cluster);
  await ctx.sql('CREATE TABLE t AS SELECT 1 AS a');
  for (const _ of [1, 2]) await once(ctx, 'INSERT INTO t SELECT a FROM t');
  const add = await ctx.prepare('UPDATE t SET a = a + 1');
  for (const _ of [1, 2]) {
    await once(ctx, 'UPDATE t SET a = a + 10');
    await (await add.execute()).collect();
    await cluster.betweenQueries();
  }
  expect(await once(ctx, 'SELECT sum(a) FROM t')).toEqual([4 * 23]);
  await ctx.sql('SELECT a INTO u FROM t');
  expect(await rejected(ctx.sql('SELECT a INTO u FROM t'))).toMatchObject({ code: 'EXECUTION' });
  expect(await rejected(ctx.sql('INSERT INTO t SELECT a FROM t', { allowDml: false }))).toMatchObject({ code: 'PLAN' });
});

it('a repeated query takes verbs', async () => {
  await using ctx = newContext(cluster);
  await register(ctx, 't', [1, 2, 3]);
  const query = 'SELECT a FROM t WHERE a > 1';
  expect(await again(ctx, query)).toHaveLength(2);
  const df = await ctx.sql(query);
  expect(await df.filter('a > 2').toArray({ int64: 'number' })).toEqual([{ a: 3 }]);
  expect(await df.count()).toBe(2);
  expect(await df.sort('a').toArray({ int64: 'number' })).toEqual([{ a: 2 }, { a: 3 }]);
});

it('concurrent queries read the old or the new table while it is replaced', async () => {
  await using ctx = newContext(cluster);
  const run = async () => (await ctx.sql('SELECT min(a) AS a, max(a) AS b FROM t')).toArray({ int64: 'number' });
  for (let round = 0; round < 5; round++) {
    await register(ctx, 't', [round, round]);
    const running = Array.from({ length: 20 }, run);
    // The table is missing for a moment. A query that is planned then fails.
    const swap = register(ctx, 't', [round + 1, round + 1]);
    for (const result of await Promise.allSettled(running)) {
      if (result.status === 'rejected') expect(`${result.reason.code} ${result.reason.message}`).toMatch(/^PLAN/);
      else expect([[{ a: round, b: round }], [{ a: round + 1, b: round + 1 }]]).toContainEqual(result.value);
    }
    await swap;
    expect(await run()).toEqual([{ a: round + 1, b: round + 1 }]);
  }
});
