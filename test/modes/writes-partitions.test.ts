import { readdirSync, readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';

import type { DataFrame } from '../../src/dataframe/dataframe.js';
import { col } from '../../src/expr/expr.js';
import { withCluster, withContext } from '../support/cluster.js';
import { FLIGHTS, filesIn, tempFolder, textIn } from '../support/data.js';
import { rejected } from '../support/rejected.js';
import { FORMATS } from '../support/write-shapes.js';

const cluster = await withCluster();
const ctx = withContext(cluster);
const temp = tempFolder();

const rows = (df: DataFrame) => df.toArray({ int64: 'number' });

let flights: DataFrame;
let five: DataFrame;

beforeAll(async () => {
  flights = await ctx.readParquet(FLIGHTS);
  five = await ctx.sql('SELECT value AS a, value % 2 AS b FROM generate_series(1, 5)');
});

describe('partitionBy', () => {
  it.each(FORMATS)('turns columns into folders: %s', async (format) => {
    const folder = temp('by', format, '/');
    const some = flights.filter(col('origin').inList(['SEA', 'JFK'])).select('origin', 'delay', 'distance');
    expect(await some[`write${format}`](folder, { partitionBy: 'origin' })).toBe(81_501);
    expect(readdirSync(folder).sort()).toEqual(['origin=JFK', 'origin=SEA']);
    await cluster.betweenQueries();
    const back = await ctx[`read${format}`](folder, { tablePartitionCols: [['origin', 'Utf8']] });
    expect(await rows(back.aggregate('origin', ['count(*) AS n', 'sum(delay) AS d']).sort('n'))).toEqual([
      { origin: 'JFK', n: 31_270, d: 384_807 },
      { origin: 'SEA', n: 50_231, d: 485_208 },
    ]);
  });

  it.each(FORMATS)('makes no folder without rows, which reads back with a schema: %s', async (format) => {
    const folder = temp('none', format, '/');
    expect(await five.limit(0)[`write${format}`](folder, { partitionBy: 'b' })).toBe(0);
    expect(await rejected(ctx[`read${format}`](folder))).toMatchObject({ code: 'OBJECT_STORE' });
    const back = await ctx[`read${format}`](folder, { schema: { a: 'Int64' }, tablePartitionCols: [['b', 'Int64']] });
    expect([back.columns, await rows(back)]).toEqual([['a', 'b'], []]);
  });

  it.each([
    ['TIMESTAMP', `TIMESTAMP '2024-03-01T10:20:30'`, '2024-03-01T10:20:30'],
    ['a zone', `TIMESTAMP '2024-03-01T10:20:30' AT TIME ZONE 'UTC'`, '2024-03-01T10:20:30Z'],
  ])('takes time stamps: %s', async (name, time, text) => {
    for (const nulls of ['', ' UNION ALL SELECT 3, NULL']) {
      const folder = temp('times', name, `nulls${nulls.length}/`);
      await (await ctx.sql(`SELECT 1 AS a, ${time} AS t${nulls}`)).writeParquet(folder, { partitionBy: 't' });
      const back = (await ctx.readParquet(folder)).select('a', col('t').cast('Utf8').alias('t')).sort('a');
      expect(await rows(back)).toEqual([{ a: 1, t: text }, ...(nulls ? [{ a: 3, t: null }] : [])]);
    }
  });

  it('nests folders in the order of the columns', async () => {
    expect(await five.withColumn('c', 'a % 3').writeCsv(temp('two/'), { partitionBy: ['c', 'b'] })).toBe(5);
    expect([...new Set(filesIn(temp('two')).map((file) => file.slice(0, 7)))].sort()).toEqual([
      'c=0/b=1',
      'c=1/b=0',
      'c=1/b=1',
      'c=2/b=0',
      'c=2/b=1',
    ]);
  });

  it.each(FORMATS)('keeps the columns with keepPartitionByColumns: %s', async (format) => {
    const folder = temp('kept', format, '/');
    await five[`write${format}`](folder, { partitionBy: 'b', keepPartitionByColumns: true });
    const back = await ctx[`read${format}`](`${folder}b=1`);
    expect(await rows(back.sort('a'))).toEqual([1, 3, 5].map((a) => ({ a, b: 1 })));
  });

  it('escapes special characters in values', async () => {
    const odd = ['a/b', 'c d', '50%', '%2F', 'x=y', 'Käse 🌍', '#', '.', '..', "it's", 'a\\b', '*'];
    const df = await ctx.fromRows(odd.map((value, i) => ({ i, value })));
    for (const format of FORMATS) {
      const folder = temp('odd', format, '/');
      expect(await df[`write${format}`](folder, { partitionBy: 'value' }), format).toBe(odd.length);
      const back = await ctx[`read${format}`](folder, { tablePartitionCols: [['value', 'Utf8']] });
      expect(
        (await rows(back.sort('i'))).map((row) => row['value']),
        format,
      ).toEqual(odd);
    }
  });

  it('takes dates, booleans, dictionaries and LargeUtf8', async () => {
    const query = `SELECT 1 AS a, DATE '2024-02-29' AS d, true AS b, arrow_cast('x', 'Dictionary(Int32, Utf8)') AS k,
                   arrow_cast('y', 'LargeUtf8') AS l`;
    await (await ctx.sql(query)).writeParquet(temp('types/'), { partitionBy: ['d', 'b', 'k', 'l'] });
    expect(filesIn(temp('types'))).toEqual([expect.stringMatching(/^d=2024-02-29\/b=true\/k=x\/l=y\/\w+\.parquet$/)]);
  });

  it('rejects unknown columns, and all columns', async () => {
    const unknown = await rejected(five.writeParquet(temp('bad/'), { partitionBy: 'nope' }));
    expect(unknown).toMatchObject({ code: 'SCHEMA', message: expect.stringContaining('nope') });
    const all = await rejected(five.writeParquet(temp('bad/'), { partitionBy: ['a', 'b'] }));
    expect(all.code).toBe('INVALID_ARGUMENT');
    expect(readdirSync(temp())).not.toContain('bad');
  });
});

describe('sortBy', () => {
  it.each([
    ['a', ['a,b', '1,1', '2,0', '3,1', '4,0', '5,1']],
    [
      [col('b').desc(), 'a'],
      ['a,b', '1,1', '3,1', '5,1', '2,0', '4,0'],
    ],
  ] as const)('sorts by %s', async (sortBy, lines) => {
    await five.writeCsv(temp('sorted.csv'), { sortBy, mode: 'overwrite' });
    expect(readFileSync(temp('sorted.csv'), 'utf8').trim().split('\n')).toEqual(lines);
  });

  it('sorts each folder of partitionBy', async () => {
    await flights
      .filter(col('origin').inList(['SEA', 'JFK']))
      .writeCsv(temp('sorted-by/'), { partitionBy: 'origin', sortBy: col('delay'), withHeader: false });
    for (const folder of ['sorted-by/origin=SEA', 'sorted-by/origin=JFK']) {
      const delays = textIn(temp(folder))
        .trim()
        .split('\n')
        .map((line) => Number(line.split(',')[1]));
      expect(delays).toEqual([...delays].sort((a, b) => a - b));
    }
  });
});
