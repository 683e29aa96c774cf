import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { tableFromIPC } from 'apache-arrow';
import { asyncBufferFromFile, parquetMetadataAsync } from 'hyparquet';
import { beforeAll, describe, expect, it } from 'vitest';

import type { DataFrame } from '../../src/dataframe/dataframe.js';
import { withCluster, withContext } from '../support/cluster.js';
import { FLIGHTS, filesIn, tempFolder } from '../support/data.js';
import { rejected } from '../support/rejected.js';
import { failedRunning } from '../support/running.js';
import { FORMATS } from '../support/write-shapes.js';

const cluster = await withCluster();
const ctx = withContext(cluster);
const temp = tempFolder();

/** Values that text formats can hold. */
const FLAT = `
  SELECT id, CAST(n AS DECIMAL(20, 4)) AS price, CAST(t AS TIMESTAMP) AS at, CAST(t AS DATE) AS day, id > 1 AS flag,
         id / CAST(4 AS DOUBLE) AS ratio, s AS "Größe, ""in"" km/h"
  FROM (VALUES (1, '12.5', '2024-02-29T12:34:56.123456', 'Köln "x", 🌍'), (2, NULL, NULL, NULL),
               (3, '-9999999999999999.9999', '1969-12-31T23:59:59.999999', 'line
break')) AS v(id, n, t, s)`;
const NESTED = `
  SELECT *, CASE WHEN id = 2 THEN NULL ELSE [id, NULL, id * 2] END AS list, named_struct('a', id, 'B c', price) AS struct
  FROM (${FLAT})`;
const TYPED = `
  SELECT *, arrow_cast(at, 'Timestamp(Millisecond, Some("Europe/Berlin"))') AS berlin, X'00ff' AS bytes,
         map(['k', 'ü'], [id, NULL]) AS map, [named_struct('x', [price])] AS deep
  FROM (${NESTED})`;

const rows = (df: DataFrame) => df.toArray({ int64: 'number' });

let flights: DataFrame;
let flat: DataFrame;
let five: DataFrame;

beforeAll(async () => {
  flights = await ctx.readParquet(FLIGHTS);
  flat = await ctx.sql(FLAT);
  five = await ctx.sql('SELECT value AS a, value % 2 AS b FROM generate_series(1, 5)');
});

describe('written data can be read back', () => {
  it.each([
    ['a file', 'all'],
    ['a folder', 'all-in/'],
  ])('from Parquet and Arrow: %s', async (_, name) => {
    const typed = await ctx.sql(TYPED);
    const expected = await rows(typed.sort('id'));
    expect(expected).toHaveLength(3);
    for (const format of ['Parquet', 'Arrow'] as const) {
      const path = temp(format, name.endsWith('/') ? name : `${name}.${format.toLowerCase()}`);
      expect(await typed[`write${format}`](path), format).toBe(3);
      await cluster.betweenQueries();
      const back = await ctx[`read${format}`](path);
      expect(await rows(back.sort('id')), format).toEqual(expected);
    }
  });

  it('from JSON with its schema', async () => {
    const nested = await ctx.sql(NESTED);
    expect(await nested.writeJson(temp('nested.json'))).toBe(3);
    const back = await ctx.readJson(temp('nested.json'), { schema: nested.schema() });
    expect(await rows(back.sort('id'))).toEqual(await rows(nested.sort('id')));
  });

  it('from CSV with its schema', async () => {
    expect(await flat.writeCsv(temp('flat.csv'))).toBe(3);
    const back = await ctx.readCsv(temp('flat.csv'), { schema: flat.schema(), newlinesInValues: true });
    expect(await rows(back.sort('id'))).toEqual(await rows(flat.sort('id')));
  });

  it('from Parquet by hyparquet and from Arrow by apache-arrow', async () => {
    await flat.writeParquet(temp('hy.parquet'), { compression: 'snappy' });
    const { num_rows, schema } = await parquetMetadataAsync(await asyncBufferFromFile(temp('hy.parquet')));
    expect(num_rows).toBe(3n);
    expect(schema.slice(1).map((field) => field.name)).toEqual(flat.schema().names);
    await flat.sort('id').writeArrow(temp('js.arrow'));
    const table = tableFromIPC(readFileSync(temp('js.arrow')));
    expect(table.getChild('Größe, "in" km/h')?.toArray()[0]).toBe('Köln "x", 🌍');
  });

  it.each(FORMATS)('from a folder where several tasks wrote three million rows: %s', async (format) => {
    const some = flights.select('delay', 'origin');
    const folder = temp('many', format, '/');
    expect(await some[`write${format}`](folder)).toBe(3_000_000);
    await cluster.betweenQueries();
    const back = await ctx[`read${format}`](folder);
    const sums = ['count(*) AS n', 'sum(delay) AS s', 'count(DISTINCT origin) AS o'];
    expect(await rows(back.aggregate([], sums))).toEqual(await rows(flights.aggregate([], sums)));
  });

  it.each(FORMATS)('from a result without rows: %s', async (format) => {
    const none = flat.filter('id > 5');
    const path = temp(`none.${format.toLowerCase()}`);
    expect(await none[`write${format}`](path)).toBe(0);
    expect(await none[`write${format}`](temp(`none-${format}/`))).toBe(0);
    if (format === 'Csv') expect(readFileSync(path, 'utf8')).toBe('id,price,at,day,flag,ratio,"Größe, ""in"" km/h"\n');
    if (format === 'Json') expect(readFileSync(path, 'utf8')).toBe('');
    if (format === 'Csv' || format === 'Json') return;
    for (const back of [path, temp(`none-${format}/`)]) {
      const df = await ctx[`read${format}`](back);
      expect([df.schema().names, await df.count()]).toEqual([flat.schema().names, 0]);
    }
  });
});

describe('paths', () => {
  const names = [
    'with space',
    'per%20cent',
    'ha#sh',
    'qu?estion',
    'Käse 🌍',
    "quo'te",
    'br[1]',
    'st*r',
    'a=b',
    'a+b&c',
  ];

  it.each(names)('can be named %s', async (name) => {
    for (const path of [temp('paths', name, 'one.csv'), temp('paths', name, `${name}.csv`), temp('paths', name, 'in/')])
      expect(await five.writeCsv(path), path).toBe(5);
    expect(await five.writeCsv(pathToFileURL(temp('paths', name, 'url.csv')))).toBe(5);
    const found = filesIn(temp('paths', name));
    expect(found.filter((file) => !file.startsWith('in/')).sort()).toEqual(
      [`${name}.csv`, 'one.csv', 'url.csv'].sort(),
    );
    expect(found).toHaveLength(4);
  });

  it('are files or folders, depending on the extension or singleFileOutput', async () => {
    await five.writeJson(temp('kinds/file.json'));
    await five.writeJson(temp('kinds/folder'));
    await five.writeJson(temp('kinds/dotted.folder'), { singleFileOutput: false });
    await five.writeJson(temp('kinds/slash.json/'));
    await five.writeJson(temp('kinds/single.x'), { singleFileOutput: true });
    const isFile = readdirSync(temp('kinds')).map((name) => [name, statSync(temp('kinds', name)).isFile()]);
    expect(Object.fromEntries(isFile)).toEqual({
      'file.json': true,
      folder: false,
      'dotted.folder': false,
      'slash.json': false,
      'single.x': true,
    });
    expect(filesIn(temp('kinds/dotted.folder'))).toEqual([expect.stringMatching(/\.json$/)]);
  });

  it.each(FORMATS)('fail if a file is in the place of a folder: %s', async (format) => {
    writeFileSync(temp('blocked'), 'here first');
    const error = await rejected(five[`write${format}`](temp(`blocked/in/a.${format.toLowerCase()}`)));
    expect(error).toMatchObject(failedRunning('IO', 'Not a directory'));
    expect(readFileSync(temp('blocked'), 'utf8')).toBe('here first');
  });
});
