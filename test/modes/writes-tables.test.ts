import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';

import type { DataFrame } from '../../src/dataframe/dataframe.js';
import { col } from '../../src/expr/expr.js';
import { withCluster, withContext } from '../support/cluster.js';
import { tempFolder, textIn } from '../support/data.js';
import { rejected } from '../support/rejected.js';

const cluster = await withCluster();
const ctx = withContext(cluster);
const temp = tempFolder();

const rows = (df: DataFrame) => df.toArray({ int64: 'number' });
const sql = async (query: string) => rows(await ctx.sql(query));

let five: DataFrame;

beforeAll(async () => {
  five = await ctx.sql('SELECT value AS a, value % 2 AS b FROM generate_series(1, 5)');
  await ctx.registerView('five', five);
});

describe('writeTable', () => {
  it('appends to or overwrites an in-memory table', async () => {
    await ctx.sql('CREATE TABLE kept (a BIGINT, b BIGINT)');
    const count = async () => (await ctx.table('kept')).count();
    expect(await five.writeTable('kept')).toBe(5);
    await cluster.betweenQueries();
    expect(await five.writeTable('kept', { insertOp: 'append' })).toBe(5);
    expect(await count()).toBe(10);
    expect(await five.filter('a > 3').writeTable('kept', { insertOp: 'overwrite' })).toBe(2);
    expect(await count()).toBe(2);
    expect(await five.filter('a > 9').writeTable('kept')).toBe(0);
  });

  it.each(['parquet', 'csv', 'json'] as const)('only appends to a table of %s files', async (format) => {
    const folder = temp('table', format, '/');
    mkdirSync(folder, { recursive: true });
    const name = `files_${format}`;
    await ctx.sql(`CREATE EXTERNAL TABLE ${name} (a BIGINT, b BIGINT) STORED AS ${format} LOCATION '${folder}'`);
    for (let i = 0; i < 2; i++) expect(await five.writeTable(name)).toBe(5);
    expect(await (await ctx.table(name)).count()).toBe(10);
    expect((await rejected(five.writeTable(name, { insertOp: 'overwrite' }))).code).toBe('NOT_IMPLEMENTED');
    expect(await (await ctx.table(name)).count()).toBe(10);
  });

  it('sorts the rows of a partitioned table with sortBy', async () => {
    const folder = temp('table/by/');
    mkdirSync(folder, { recursive: true });
    await ctx.sql(
      `CREATE EXTERNAL TABLE by_b (a BIGINT, b BIGINT) STORED AS CSV PARTITIONED BY (b) LOCATION '${folder}'`,
    );
    expect(await five.writeTable('by_b', { sortBy: col('a').desc() })).toBe(5);
    expect(readdirSync(folder).sort()).toEqual(['b=0', 'b=1']);
    expect(textIn(temp('table/by/b=1'))).toBe('a\n5\n3\n1\n');
  });

  it('takes quoted and qualified table names', async () => {
    await ctx.registerRecordBatches('Odd Name', await five.collect());
    expect(await five.writeTable('"Odd Name"')).toBe(5);
    expect(await (await ctx.table('"Odd Name"')).count()).toBe(10);
    await ctx.sql('CREATE TABLE datafusion.public.full (a BIGINT, b BIGINT)');
    expect(await five.writeTable('datafusion.public.full')).toBe(5);
    expect(await (await ctx.table('full')).count()).toBe(5);
  });

  it('finds columns by name and casts values like INSERT', async () => {
    await ctx.sql('CREATE TABLE other_types (b DOUBLE, a INT)');
    expect(await five.writeTable('other_types')).toBe(5);
    expect(await rows((await ctx.table('other_types')).sort('a').limit(2))).toEqual([
      { b: 1, a: 1 },
      { b: 0, a: 2 },
    ]);
  });

  it('rejects unknown tables and rows that do not fit', async () => {
    expect(await rejected(five.writeTable('nowhere'))).toMatchObject({ message: expect.stringContaining('nowhere') });
    await ctx.sql('CREATE TABLE narrow (a BIGINT)');
    expect((await rejected(five.writeTable('narrow'))).code).toBe('SCHEMA');
    expect(await (await ctx.table('narrow')).count()).toBe(0);
    await ctx.sql('CREATE TABLE numbers (a BIGINT, b BIGINT)');
    const structs = await ctx.sql("SELECT named_struct('x', 1) AS a, 1 AS b");
    expect(await rejected(structs.writeTable('numbers'))).toHaveProperty('code');
    expect(await (await ctx.table('numbers')).count()).toBe(0);
  });
});

describe('COPY TO in SQL', () => {
  it.each(['PARQUET', 'CSV', 'JSON', 'ARROW'])('writes a file and partition folders: %s', async (format) => {
    const path = temp('copied', `five.${format.toLowerCase()}`);
    expect(await sql(`COPY five TO '${path}' STORED AS ${format}`)).toEqual([{ count: 5 }]);
    await cluster.betweenQueries();
    const folder = temp('copied', format, '/');
    expect(await sql(`COPY five TO '${folder}' STORED AS ${format} PARTITIONED BY (b)`)).toEqual([{ count: 5 }]);
    expect(readdirSync(folder).sort()).toEqual(['b=0', 'b=1']);
    expect(readdirSync(join(path, '..')).filter((name) => name.startsWith('_'))).toEqual([]);
  });
});
