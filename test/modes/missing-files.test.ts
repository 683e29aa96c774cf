import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';

import { STAGES, withCluster, withContext } from '../support/cluster.js';
import { tempFolder } from '../support/data.js';
import { rejected } from '../support/rejected.js';

const temp = tempFolder();
const cluster = await withCluster();
const sessions = { whole: withContext(cluster), stages: withContext(cluster, STAGES) };
const urls = withContext(cluster);
const almostEmpty = withContext(cluster);
const schema = { a: 'Int64' } as const;

/** Writes a file with one row. */
async function oneRow(path: string, format: 'Csv' | 'Json' | 'Parquet'): Promise<string> {
  if (format === 'Parquet') await sessions.whole.sql(`COPY (SELECT 1 AS a) TO '${path}' STORED AS PARQUET`);
  else writeFileSync(path, format === 'Csv' ? 'a\n1\n' : '{"a":1}\n');
  return path;
}

describe.each(['whole', 'stages'] as const)('%s: a file that does not exist', (kind) => {
  const ctx = sessions[kind];
  const missing = (name: string) => ({
    code: 'OBJECT_STORE',
    message: expect.stringContaining(`No file was found at "${temp(name)}".`),
  });

  it.each(['Csv', 'Json', 'Parquet'] as const)('fails although the columns are given: %s', async (format) => {
    const df = await ctx[`read${format}`](temp('never'), { schema: { a: 'Int64' } as never });
    expect(await rejected(df.toArray())).toMatchObject(missing('never'));
    expect(await rejected(df.count())).toMatchObject(missing('never'));
  });

  it('fails beside one that exists', async () => {
    const path = await oneRow(temp('one.csv'), 'Csv');
    expect(await (await ctx.readCsv([path], { schema })).count()).toBe(1);
    expect(await rejected((await ctx.readCsv([path, temp('two.csv')], { schema })).count())).toMatchObject(
      missing('two.csv'),
    );
  });

  it.each(['Csv', 'Json', 'Parquet'] as const)('fails if it was removed after it was read: %s', async (format) => {
    const name = `gone-${kind}.${format.toLowerCase()}`;
    const df = await ctx[`read${format}`](await oneRow(temp(name), format));
    expect(await df.count()).toBe(1);
    rmSync(temp(name));
    expect(await rejected(df.toArray())).toMatchObject(missing(name));
  });

  it.each(['CSV', 'JSON', 'PARQUET'])('fails as an external table without columns: %s', async (format) => {
    const create = (path: string) => ctx.sql(`CREATE EXTERNAL TABLE x STORED AS ${format} LOCATION '${path}'`);
    expect(await rejected(create(temp('never')))).toMatchObject(missing('never'));
    mkdirSync(temp('nothing'), { recursive: true });
    expect(await rejected(create(`${temp('nothing')}/`))).toMatchObject({
      code: 'OBJECT_STORE',
      message: expect.stringContaining('so the table would have no columns'),
    });
  });

  it('fails as an external table, in a subquery and in EXPLAIN ANALYZE', async () => {
    await ctx.sql(`CREATE EXTERNAL TABLE lost (a INT) STORED AS CSV LOCATION '${temp('lost.csv')}'`);
    for (const query of [
      'SELECT a FROM lost',
      'SELECT 1 WHERE 1 NOT IN (SELECT a FROM lost)',
      'EXPLAIN ANALYZE SELECT a FROM lost',
    ])
      expect(await rejected(ctx.query(query)), query).toMatchObject(missing('lost.csv'));
  });
});

describe('what is empty on purpose', () => {
  const ctx = sessions.whole;

  it('a file without rows', async () => {
    writeFileSync(temp('empty.csv'), '');
    expect(await (await ctx.readCsv(temp('empty.csv'), { schema })).count()).toBe(0);
    writeFileSync(temp('header.csv'), 'a\n');
    expect(await (await ctx.readCsv(temp('header.csv'), { schema })).limit(1).toArray()).toEqual([]);
  });

  it('a folder that gets files later', async () => {
    const folder = `${temp('later')}/`;
    mkdirSync(folder);
    await ctx.sql(
      `CREATE EXTERNAL TABLE later (a BIGINT) STORED AS CSV LOCATION '${folder}' OPTIONS ('format.has_header' 'true')`,
    );
    expect(await ctx.query('SELECT count(*) AS n FROM later')).toEqual([{ n: 0n }]);
    await ctx.sql('INSERT INTO later VALUES (1)');
    expect(await ctx.query('SELECT a FROM later')).toEqual([{ a: 1n }]);
  });
});

describe('files with other extensions', () => {
  const ctx = sessions.whole;

  it('are read by a pattern that ends with the extension', async () => {
    mkdirSync(temp('logs'));
    await oneRow(temp('logs/a.jsonl'), 'Json');
    await oneRow(temp('logs/b.jsonl'), 'Json');
    writeFileSync(temp('logs/notes.txt'), 'not JSON');
    expect(await (await ctx.readJson(temp('logs/*.jsonl'))).count()).toBe(2);
    expect(await (await ctx.readJson(temp('logs/'), { fileExtension: '.jsonl' })).count()).toBe(2);
    expect(await rejected(ctx.readJson(temp('logs/')))).toMatchObject({
      code: 'OBJECT_STORE',
      message: expect.stringContaining('fileExtension'),
    });
  });

  it('are tables by their path', async () => {
    urls.enableUrlTable();
    await oneRow(temp('c.ndjson'), 'Json');
    expect(await urls.query(`SELECT a FROM '${temp('c.ndjson')}'`)).toEqual([{ a: 1n }]);
    writeFileSync(temp('d.jsonl.gz'), gzipSync('{"a":2}\n'));
    expect(await urls.query(`SELECT a FROM '${temp('d.jsonl.gz')}'`)).toEqual([{ a: 2n }]);
  });

  it('have tabs between the columns of .tsv', async () => {
    urls.enableUrlTable();
    writeFileSync(temp('e.tsv'), 'a\tb\n1\tx,y\n');
    expect(await urls.query(`SELECT * FROM '${temp('e.tsv')}'`)).toEqual([{ a: 1n, b: 'x,y' }]);
    writeFileSync(temp('e.tsv.gz'), gzipSync('a\tb\n2\tz\n'));
    expect(await urls.query(`SELECT * FROM '${temp('e.tsv.gz')}'`)).toEqual([{ a: 2n, b: 'z' }]);
    for (const name of ['e.tsv', 'e.tsv.gz']) expect((await urls.readCsv(temp(name))).columns).toEqual(['a', 'b']);
    await urls.sql(`CREATE EXTERNAL TABLE tabs STORED AS CSV LOCATION '${temp('e.tsv')}'`);
    expect(await urls.query('SELECT b FROM tabs')).toEqual([{ b: 'x,y' }]);
    await (await urls.table('tabs')).writeCsv(temp('f.tsv'));
    expect(readFileSync(temp('f.tsv'), 'utf8')).toBe('a\tb\n1\tx,y\n');
  });

  it('are tables by their name in the working directory', async () => {
    await oneRow(temp('g.csv'), 'Csv');
    const before = process.cwd();
    process.chdir(temp());
    try {
      for (const ctx of [urls, sessions.stages]) {
        ctx.enableUrlTable();
        for (const name of ['g.csv', '*g.csv'])
          expect(await ctx.query(`SELECT a FROM '${name}' WHERE a > 0 ORDER BY a`), name).toEqual([{ a: 1n }]);
      }
    } finally {
      process.chdir(before);
    }
  });

  it('are no tables by the plain name of a folder', async () => {
    urls.enableUrlTable();
    // The tests run in the root of the checkout.
    expect(await rejected(urls.query('SELECT * FROM examples'))).toMatchObject({
      code: 'PLAN',
      message: `The table "examples" does not exist. To read the folder of this name, write FROM './examples'.`,
    });
  });
});

describe('a table that does not exist', () => {
  it.each([
    ['SELECT * FROM ordrs', 'The table "ordrs" does not exist. Did you mean "orders"?'],
    ['SELECT * FROM (SELECT 1 FROM orders JOIN xyz ON true)', 'The table "xyz" does not exist. The tables are orders.'],
    [
      "SELECT * FROM 'a/b.csv'",
      'The table "a/b.csv" does not exist. To read a file by its path, check that it exists, and call enableUrlTable()',
    ],
  ])('%s', async (query, message) => {
    await almostEmpty.sql('CREATE OR REPLACE TABLE orders AS SELECT 1 AS id');
    expect(await rejected(almostEmpty.sql(query))).toMatchObject({
      code: 'PLAN',
      message: expect.stringContaining(message),
    });
  });
});
