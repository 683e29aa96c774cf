/** Several files are one table, whether a path names their folder or an array names them. */

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';

import { withCluster, withContext } from '../support/cluster.js';
import { tempFolder } from '../support/data.js';
import { rejected } from '../support/rejected.js';
import { failedRunning } from '../support/running.js';

const cluster = await withCluster();
const ctx = withContext(cluster);
const temp = tempFolder();

function file(name: string, content: string | Uint8Array): string {
  mkdirSync(dirname(temp(name)), { recursive: true });
  writeFileSync(temp(name), content);
  return temp(name);
}

async function parquet(name: string, query: string): Promise<string> {
  await (await ctx.sql(query)).writeParquet(temp(name));
  return temp(name);
}

describe('Parquet files', () => {
  it('with a new column: it is null in the older files', async () => {
    const paths = [
      await parquet('new/1.parquet', "select 1 as id, 'a' as name"),
      await parquet('new/2.parquet', "select 2 as id, 'b' as name, 5 as extra"),
    ];
    const expected = [
      { id: 1n, name: 'a', extra: null },
      { id: 2n, name: 'b', extra: 5n },
    ];
    for (const path of [temp('new/'), paths, [...paths].reverse()]) {
      await cluster.betweenQueries();
      const df = await ctx.readParquet(path);
      expect(await df.select('id', 'name', 'extra').sort('id').toArray()).toEqual(expected);
      expect(await df.filter('extra is null').count()).toBe(1);
    }
    await ctx.sql(`CREATE EXTERNAL TABLE grown STORED AS PARQUET LOCATION '${temp('new/')}'`);
    expect(await ctx.query('select id, name, extra from grown order by id')).toEqual(expected);
  });

  it('keep columns that are not nullable', async () => {
    const paths = [
      await parquet('same/1.parquet', 'select 1 as id'),
      await parquet('same/2.parquet', 'select 2 as id'),
    ];
    for (const path of [temp('same/'), paths])
      expect((await ctx.readParquet(path)).schema().fields[0]?.nullable).toBe(false);
  });

  it('with another type are rejected, in any order', async () => {
    const paths = [
      await parquet('types/1.parquet', 'select 1 as id'),
      await parquet('types/2.parquet', 'select 1.5 as id'),
    ];
    for (const path of [temp('types/'), paths, [...paths].reverse()])
      expect((await rejected(ctx.readParquet(path))).message).toContain("'id'");
  });
});

describe('Parquet files of which one is damaged', () => {
  it('the error names it', async () => {
    await parquet('damaged/1.parquet', 'select 1 as id');
    const path = file('damaged/2.parquet', 'PAR1, and no footer');
    const message = expect.stringContaining(`Cannot read ${path} as parquet: `);
    for (const paths of [temp('damaged/'), [temp('damaged/1.parquet'), path]])
      expect(await rejected(ctx.readParquet(paths))).toMatchObject({ code: 'EXECUTION', message });
    const create = `CREATE EXTERNAL TABLE damaged STORED AS PARQUET LOCATION '${temp('damaged/')}'`;
    expect(await rejected(ctx.sql(create))).toMatchObject({ code: 'EXECUTION', message });
  });
});

describe('CSV files', () => {
  it('with columns in another order are rejected', async () => {
    const paths = [file('order/1.csv', 'id,v\n1,10\n'), file('order/2.csv', 'v,id\n20,2\n')];
    // The columns of a folder are those of any of its files.
    const text =
      /\d\.csv as csv: its header has the columns (v, id|id, v), but the table has (v, id|id, v)\. .*unionByName/;
    for (const path of [temp('order/'), paths])
      for (const onBadRow of ['error', 'skip'] as const)
        expect(await rejected((await ctx.readCsv(path, { onBadRow })).toArray())).toMatchObject(
          failedRunning('EXECUTION', text),
        );
  });

  it('with fewer columns are rejected', async () => {
    file('fewer/1.csv', 'id,v\n1,10\n');
    file('fewer/2.csv', 'id,v,w\n2,20,200\n');
    expect(await rejected((await ctx.readCsv(temp('fewer/'))).toArray())).toMatchObject(
      failedRunning('EXECUTION', '1.csv as csv: its header has the columns id, v, but the table has id, v, w.'),
    );
    const filled = await ctx.readCsv(temp('fewer/'), { truncatedRows: true });
    expect(await filled.select('w').sort('id').toArray()).toEqual([{ w: null }, { w: 200n }]);
  });

  it('with a schema in another order than the header are rejected', async () => {
    const path = file('names.csv', 'first,last\nAda,Lovelace\n');
    const swapped = await ctx.readCsv(path, { schema: { last: 'Utf8', first: 'Utf8' } });
    expect(await rejected(swapped.toArray())).toMatchObject(
      failedRunning('EXECUTION', 'its header has the columns first, last, but the table has last, first.'),
    );
    const renamed = await ctx.readCsv(path, { schema: { given: 'Utf8', family: 'Utf8' } });
    expect(await renamed.toArray()).toEqual([{ given: 'Ada', family: 'Lovelace' }]);
  });

  it('in an array have the types of all of them', async () => {
    const paths = [file('kinds/1.csv', 'a\n1\n'), file('kinds/2.csv', 'a\ntext\n')];
    expect(await (await ctx.readCsv(paths)).sort('a').toArray()).toEqual([{ a: '1' }, { a: 'text' }]);
  });
});

describe('compression', () => {
  it('is known by the extension in SQL, too', async () => {
    const [csv, json] = [
      file('zipped/sql.csv.gz', gzipSync('a\n1\n')),
      file('zipped/sql.json.gz', gzipSync('{"a": 1}\n')),
    ];
    await ctx.sql(`CREATE OR REPLACE EXTERNAL TABLE zipped STORED AS CSV LOCATION '${csv}'`);
    expect(await ctx.query('SELECT * FROM zipped')).toEqual([{ a: 1n }]);
    await ctx.sql(`CREATE OR REPLACE EXTERNAL TABLE zipped (a BIGINT) STORED AS JSON LOCATION '${json}'`);
    expect(await ctx.query('SELECT * FROM zipped')).toEqual([{ a: 1n }]);
    await ctx.sql(`COPY (SELECT 2 AS a) TO '${temp('zipped/copied.csv.gz')}' STORED AS CSV`);
    expect(gunzipSync(readFileSync(temp('zipped/copied.csv.gz'))).toString()).toBe('a\n2\n');
  });

  it('is known by the extension', async () => {
    const csv = file('x.csv.gz', gzipSync('a\n1\n'));
    const json = file('x.json.gz', gzipSync('{"a": 1}\n'));
    for (const df of [await ctx.readCsv(csv), await ctx.readJson([json]), await ctx.readCsv(temp('*.csv.gz'))])
      expect(await df.toArray()).toEqual([{ a: 1n }]);
    await ctx.registerCsv('compressed', csv);
    expect(await ctx.query('select a from compressed')).toEqual([{ a: 1n }]);
    expect((await ctx.readCsv(csv, { fileCompressionType: 'uncompressed' })).columns).not.toEqual(['a']);
  });

  it.each(['.gz', '.bz2', '.xz', '.zst'])('is written by the extension: %s', async (extension) => {
    const df = await ctx.sql('select 1 as a');
    await df.writeCsv(temp(`written.csv${extension}`));
    await df.writeJson(temp(`written.json${extension}`));
    await cluster.betweenQueries();
    expect(await (await ctx.readCsv(temp(`written.csv${extension}`))).toArray()).toEqual([{ a: 1n }]);
    expect(await (await ctx.readJson(temp(`written.json${extension}`))).toArray()).toEqual([{ a: 1n }]);
  });
});
