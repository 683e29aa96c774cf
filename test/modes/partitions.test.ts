import { mkdirSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

import type { DataFrame } from '../../src/dataframe/dataframe.js';
import { col } from '../../src/expr/expr.js';
import { STAGES, withCluster, withContext } from '../support/cluster.js';
import { tempFolder } from '../support/data.js';
import { rejected } from '../support/rejected.js';

const cluster = await withCluster();
const ctx = withContext(cluster);
const stages = withContext(cluster, STAGES);
const paths = withContext(cluster);
const temp = tempFolder();

const FORMATS = ['Parquet', 'Csv', 'Json', 'Arrow'] as const;

/** Writes a file and creates its folders. */
function file(path: string, content: string): string {
  mkdirSync(temp(path, '..'), { recursive: true });
  writeFileSync(temp(path), content);
  return temp(path);
}

async function rows(df: Promise<DataFrame> | DataFrame) {
  return (await df).toArray({ int64: 'number', date: 'string' });
}

const types = (df: DataFrame) => Object.fromEntries(df.schema().fields.map(({ name, type }) => [name, String(type)]));

file('years/year=1969/month=12/data.csv', 'a\n1\n2\n');
file('years/year=1970/month=1/data.csv', 'a\n3\n');
const YEARS = [
  { a: 1, year: 1969, month: 12 },
  { a: 2, year: 1969, month: 12 },
  { a: 3, year: 1970, month: 1 },
];

describe('partition folders', () => {
  it.each([
    ['a folder', temp('years')],
    ['a folder with a slash', temp('years/')],
    ['a pattern', temp('years/*/*/data.csv')],
    ['a pattern at any depth', temp('years/**/*.csv')],
  ])('are columns of %s', async (_, path) => {
    expect(await rows((await ctx.readCsv(path)).sort('a'))).toEqual(YEARS);
    await cluster.betweenQueries();
    expect(await rows((await stages.readCsv(path)).filter(col('month').eq(1)))).toEqual([YEARS[2]]);
  });

  it('are columns of registered tables, external tables and paths in SQL', async () => {
    await ctx.registerCsv('registered', temp('years'));
    await ctx.sql(
      `CREATE EXTERNAL TABLE external STORED AS CSV LOCATION '${temp('years/')}' OPTIONS ('format.has_header' 'true')`,
    );
    paths.enableUrlTable();
    for (const [session, table] of [
      [ctx, 'registered'],
      [ctx, 'external'],
      [paths, `'${temp('years/')}'`],
    ] as const) {
      const found = await session.sql(`SELECT a, year, month FROM ${table} WHERE year < 1970 OR month = 1 ORDER BY a`);
      expect(await rows(found), table).toEqual(YEARS);
      await cluster.betweenQueries();
    }
  });

  it('have the types of values in CSV', async () => {
    const path = 'n=1/x=1.5/b=true/d=2024-02-29/t=2024-01-01T00:00:00Z/s=a/z=01';
    file(`types/${path}/data.csv`, 'a\n1\n');
    expect(types(await ctx.readCsv(temp('types')))).toEqual({
      a: 'Int64',
      n: 'Int64',
      x: 'Float64',
      b: 'Bool',
      d: 'Date32<DAY>',
      t: 'Timestamp<SECOND, +00:00>',
      s: 'Utf8',
      z: 'Int64',
    });
  });

  it('have other types with tablePartitionCols', async () => {
    const df = await ctx.readCsv(temp('years'), { tablePartitionCols: [['year', 'Utf8']] });
    expect(await rows(df.filter(col('year').eq('1970')))).toEqual([{ a: 3, year: '1970' }]);
    expect(await rows((await ctx.readCsv(temp('years'), { tablePartitionCols: [] })).sort('a'))).toEqual([
      { a: 1 },
      { a: 2 },
      { a: 3 },
    ]);
  });

  it('skip files by filters', async () => {
    file('broken/k=1/data.csv', 'a\n1\n');
    file('broken/k=2/data.csv', 'a\nx\n');
    const df = await ctx.readCsv(temp('broken'), { schema: { a: 'Int64' } });
    expect(await rows(df.filter('k = 1'))).toEqual([{ a: 1, k: 1 }]);
    expect((await rejected(rows(df))).message).toContain('k=2/data.csv');
  });

  it.each([
    ['beside the folders', 'data.csv'],
    ['in a folder with another key', 'month=1/data.csv'],
    ['in a deeper folder', 'year=1969/month=1/data.csv'],
  ])('are refused if a file is %s', async (_, path) => {
    const folder = `mixed/${path.replaceAll('/', '-')}`;
    file(`${folder}/year=1969/data.csv`, 'a\n1\n');
    file(`${folder}/${path}`, 'a\n2\n');
    const error = await rejected(ctx.readCsv(temp(folder)));
    expect(error).toMatchObject({ code: 'EXECUTION', message: expect.stringContaining('tablePartitionCols: []') });
    const all = await ctx.readCsv(temp(folder), { tablePartitionCols: [] });
    expect(await rows(all.sort('a'))).toEqual([{ a: 1 }, { a: 2 }]);
  });

  it('must be those that tablePartitionCols names', async () => {
    const error = await rejected(ctx.readCsv(temp('years'), { tablePartitionCols: [['day', 'Int32']] }));
    expect(error).toMatchObject({ code: 'INVALID_ARGUMENT', message: expect.stringContaining('year, month') });
  });

  it('must all be selected by a pattern', async () => {
    expect(await rows((await ctx.readCsv(temp('years/year=1969/*/data.csv'))).sort('a'))).toEqual([
      { a: 1, month: 12 },
      { a: 2, month: 12 },
    ]);
    const error = await rejected(ctx.readCsv(temp('years/year=196*/*/data.csv')));
    expect(error).toMatchObject({ code: 'INVALID_ARGUMENT', message: expect.stringContaining('selects some') });
  });

  it('of values that do not have the type are named', async () => {
    file('wrong/k=x/data.csv', 'a\n1\n');
    const df = await ctx.readCsv(temp('wrong'), { tablePartitionCols: [['k', 'Int32']] });
    expect((await rejected(rows(df))).message).toContain('k=x');
  });

  it('give way to columns of the files', async () => {
    const df = await ctx.sql('SELECT value AS a, value % 2 AS b, 7 AS c FROM generate_series(1, 3)');
    for (const format of FORMATS) {
      const folder = temp('kept', format, '/');
      await df[`write${format}`](folder, { partitionBy: 'b', keepPartitionByColumns: true });
      await cluster.betweenQueries();
      expect(await rows((await ctx[`read${format}`](folder)).sort('a')), format).toEqual([
        { a: 1, b: 1, c: 7 },
        { a: 2, b: 0, c: 7 },
        { a: 3, b: 1, c: 7 },
      ]);
    }
  });
});

describe('null in a partition column', () => {
  const QUERY = `SELECT * FROM (VALUES (1, 10, 'x', DATE '2024-02-29', 0.5, true), (2, NULL, NULL, NULL, NULL, NULL))
    AS t(a, n, s, d, f, b)`;

  it.each(FORMATS)('comes back: %s', async (format) => {
    const folder = temp('nulls', format, '/');
    const df = await ctx.sql(QUERY);
    expect(await df[`write${format}`](folder, { partitionBy: ['n', 's', 'd', 'f', 'b'] })).toBe(2);
    await cluster.betweenQueries();
    const back = await stages[`read${format}`](folder);
    expect(await rows(back.sort('a'))).toEqual([
      { a: 1, n: 10, s: 'x', d: '2024-02-29', f: 0.5, b: true },
      { a: 2, n: null, s: null, d: null, f: null, b: null },
    ]);
    for (const column of ['n', 's', 'd', 'f', 'b']) {
      expect(await rows(back.filter(`${column} IS NULL`).select('a')), column).toEqual([{ a: 2 }]);
      expect(await rows(back.filter(`${column} IS NOT NULL`).select('a')), column).toEqual([{ a: 1 }]);
    }
    // Null counts as false, whatever the value that it hides.
    expect(await rows(back.filter('n < 100').select('a'))).toEqual([{ a: 1 }]);
    expect(await rows(back.filter('NOT (n = 10)').select('a'))).toEqual([]);
    expect(await rows(back.aggregate([], ['count(*) AS all', 'count(n) AS n', 'min(n) AS least']))).toEqual([
      { all: 2, n: 1, least: 10 },
    ]);
  });

  it('can be inserted and copied', async () => {
    file('inserted/b=1/data.csv', 'a\n1\n');
    await ctx.sql(`CREATE EXTERNAL TABLE inserted (a BIGINT, b BIGINT) STORED AS CSV PARTITIONED BY (b)
      LOCATION '${temp('inserted/')}' OPTIONS ('format.has_header' 'true')`);
    expect(await rows(ctx.sql('INSERT INTO inserted VALUES (2, NULL), (3, 1)'))).toEqual([{ count: 2 }]);
    await cluster.betweenQueries();
    expect(await rows(ctx.sql('SELECT * FROM inserted ORDER BY a'))).toEqual([
      { a: 1, b: 1 },
      { a: 2, b: null },
      { a: 3, b: 1 },
    ]);
    await rows(ctx.sql(`COPY (${QUERY}) TO '${temp('copied/')}' STORED AS PARQUET PARTITIONED BY (n)`));
    expect(await rows((await ctx.readParquet(temp('copied'))).filter('n IS NULL').select('a'))).toEqual([{ a: 2 }]);
  });

  it('is refused with keepPartitionByColumns', async () => {
    const df = await ctx.sql(QUERY);
    const error = await rejected(df.writeCsv(temp('kept-null/'), { partitionBy: 'n', keepPartitionByColumns: true }));
    expect(error.message).toContain('null');
  });
});

describe('a pattern', () => {
  it('selects the files of a table, also on a cluster', async () => {
    file('patterns/a1.csv', 'x\n1\n');
    file('patterns/a2.csv', 'x\n2\n');
    file('patterns/b1.csv', 'x\n3\n');
    expect(await rows((await stages.readCsv(temp('patterns/a*.csv'))).sort('x'))).toEqual([{ x: 1 }, { x: 2 }]);
  });
});
