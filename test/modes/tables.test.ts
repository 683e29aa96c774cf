import { mkdirSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { Field, Int32, Int64, Schema, Utf8 } from 'apache-arrow';
import { describe, expect, it } from 'vitest';

import type { DataFrame } from '../../src/dataframe/dataframe.js';
import { col } from '../../src/expr/expr.js';
import { LOCAL, newContext, STAGES, withCluster, withContext } from '../support/cluster.js';
import { AIRPORTS, FLIGHTS, FLIGHTS_ARROW, PEOPLE_AVRO, tempFolder } from '../support/data.js';
import { rejected } from '../support/rejected.js';
import { failedRunning } from '../support/running.js';

const cluster = await withCluster();
const ctx = withContext(cluster);
const stages = withContext(cluster, STAGES);
const temp = tempFolder();

/** Writes a file and creates its folders. */
function file(path: string, content: string | Uint8Array): string {
  mkdirSync(temp(path, '..'), { recursive: true });
  writeFileSync(temp(path), content);
  return temp(path);
}

async function rows(df: Promise<DataFrame> | DataFrame) {
  return (await df).toArray({ int64: 'number' });
}

const AB = new Schema([new Field('a', new Int32()), new Field('b', new Int32())]);
const FOLDER = temp('semicolons');
const FIRST = file('semicolons/first.csv', 'a;b\n1;x\n2;y\n');
const SECOND = file('semicolons/second.csv', 'a;b\n3;z\n');
file('semicolons/notes.txt', 'no data');
file('years/year=1969/month=12/data.csv', 'a\n1\n2\n');
file('years/year=1970/month=1/data.csv', 'a\n3\n');

describe.each([
  ['Parquet', FLIGHTS, 3_000_000, 'date'],
  ['Csv', AIRPORTS, 3_376, 'iata'],
  ['Avro', PEOPLE_AVRO, 3, 'id'],
  ['Arrow', FLIGHTS_ARROW, 200_000, 'delay'],
] as const)('%s', (format, path, n, column) => {
  it('files can be read', async () => {
    const df = await ctx[`read${format}`](path);
    expect(df.schema().fields[0]?.name).toBe(column);
    expect(await df.count()).toBe(n);
  });

  it('files can be registered', async () => {
    await ctx[`register${format}`](`all_${format}`, path);
    expect(await (await ctx.table(`all_${format}`)).count()).toBe(n);
    await cluster.betweenQueries();
    expect(await rows(ctx.sql(`SELECT count(${column}) AS n FROM all_${format}`))).toEqual([{ n }]);
  });
});

describe('paths', () => {
  it.each([
    ['a folder', FOLDER],
    ['a folder with a trailing slash', `${FOLDER}/`],
    ['a glob', `${FOLDER}/*.csv`],
    ['several files', [FIRST, SECOND]],
    ['a URL', pathToFileURL(`${FOLDER}/`)],
    ['a mix of paths and URLs', [FIRST, pathToFileURL(SECOND)]],
  ])('can be %s', async (_, path) => {
    const df = await ctx.readCsv(path, { delimiter: ';' });
    expect(await rows(df.sort('a'))).toEqual([
      { a: 1, b: 'x' },
      { a: 2, b: 'y' },
      { a: 3, b: 'z' },
    ]);
  });

  it.each([
    ['folders/*/part.csv', 3],
    ['folders/**/part.csv', 4],
    ['folders/br[1]/part.csv', 1],
    ['folders/br[1]', 1],
  ])('match files with %s', async (path, n) => {
    for (const folder of ['a', 'a/deep', 'c d', 'br[1]']) file(`folders/${folder}/part.csv`, 'a\n1\n');
    const df = await ctx.readCsv(temp(path));
    await cluster.betweenQueries();
    expect(await df.count()).toBe(n);
  });

  it('match files with fileExtension', async () => {
    const df = await ctx.readCsv(FOLDER, { delimiter: ';', fileExtension: 'second.csv' });
    expect(await rows(df)).toEqual([{ a: 3, b: 'z' }]);
  });
});

describe('reader options', () => {
  it('tablePartitionCols reads columns from folder names', async () => {
    const tablePartitionCols = [
      ['year', 'Int32'],
      ['month', 'Utf8'],
    ] as const;
    const df = await ctx.readCsv(temp('years'), { tablePartitionCols });
    expect(await rows(df.sort('a'))).toEqual([
      { a: 1, year: 1969, month: '12' },
      { a: 2, year: 1969, month: '12' },
      { a: 3, year: 1970, month: '1' },
    ]);
    await cluster.betweenQueries();
    expect(await rows(df.filter(col('year').lt(1970)).aggregate('month', 'sum(a) AS s'))).toEqual([
      { month: '12', s: 3 },
    ]);
  });

  it('schema replaces the inferred types', async () => {
    const schema = new Schema([new Field('a', new Utf8(), true), new Field('b', new Utf8(), true)]);
    expect(await rows(ctx.readCsv(FIRST, { delimiter: ';', schema }))).toEqual([
      { a: '1', b: 'x' },
      { a: '2', b: 'y' },
    ]);
  });

  it('schema can have a column that the files do not have', async () => {
    const fields = [new Field('id', new Int64(), true), new Field('extra', new Int32(), true)];
    const df = ctx.readJson(file('fewer.json', '{"id": 1}\n'), { schema: new Schema(fields) });
    expect(await rows(df)).toEqual([{ id: 1, extra: null }]);
  });

  it('fileSortOrder avoids a sort', async () => {
    const df = await stages.readCsv(FIRST, { delimiter: ';', fileSortOrder: ['a'] });
    const last = LOCAL ? 'physical_plan' : 'distributed_plan';
    const sorted = async (key: string) => (await df.sort(key).explainString()).split(last)[1];
    expect(await sorted('b')).toContain('SortExec');
    expect(await sorted('a')).toContain('output_ordering=[a@0');
    expect(await sorted('a')).not.toContain('SortExec');
  });

  it.each([
    ['hasHeader', 'x,y\n', { hasHeader: false }, { column_1: 'x', column_2: 'y' }],
    ['quote', "a,b\n'x,y',2\n", { quote: "'" }, { a: 'x,y', b: 2 }],
    ['escape', 'a\n"x\\"y"\n', { escape: '\\' }, { a: 'x"y' }],
    // The engine can infer a schema only if lines end with line breaks.
    ['terminator', 'a,b|1,2|', { terminator: '|', schema: AB }, { a: 1, b: 2 }],
    ['comment', 'a\n# no\n1\n', { comment: '#' }, { a: 1 }],
    ['nullRegex', 'a,b\nNA,1\n', { nullRegex: '^NA$' }, { a: null, b: 1 }],
    ['newlinesInValues', 'a,b\n"x\ny",1\n', { newlinesInValues: true }, { a: 'x\ny', b: 1 }],
    ['truncatedRows', 'a,b\n1\n', { truncatedRows: true }, { a: 1, b: null }],
    ['schema', 'a,b\n1,x\n', { schema: { a: 'Utf8', b: 'Utf8View' } as const }, { a: '1', b: 'x' }],
    ['schemaInferMaxRecords', 'a\n1\n', { schemaInferMaxRecords: 0 }, { a: '1' }],
  ])('%s applies to CSV', async (name, content, options, row) => {
    expect(await rows(ctx.readCsv(file(`csv/${name}.csv`, content), options))).toEqual([row]);
  });

  it('fileCompressionType reads compressed files', async () => {
    const csv = file('packed.csv.gz', gzipSync('a,b\n1,x\n'));
    expect(await rows(ctx.readCsv(csv, { fileCompressionType: 'gzip' }))).toEqual([{ a: 1, b: 'x' }]);
    await cluster.betweenQueries();
    const json = file('packed.json.gz', gzipSync('{"a": 1}\n'));
    expect(await rows(ctx.readJson(json, { fileCompressionType: 'gzip' }))).toEqual([{ a: 1 }]);
  });

  it('JSON needs no options', async () => {
    const lines = file('lines.json', '{"a": 1, "b": [1, 2]}\n{"a": -2}\n');
    expect(await rows((await ctx.readJson(lines)).sort('a'))).toEqual([
      { a: -2, b: null },
      { a: 1, b: [1, 2] },
    ]);
  });

  it('parquetPruning and skipMetadata apply to Parquet', async () => {
    const df = await ctx.readParquet(FLIGHTS, { parquetPruning: false, skipMetadata: false });
    expect(await df.filter(col('origin').eq('SEA')).count()).toBe(50_231);
  });
});

describe('file values', () => {
  it('of Avro can be null', async () => {
    expect(await rows((await ctx.readAvro(PEOPLE_AVRO)).sort('id'))).toEqual([
      { id: 1, name: 'Ada', score: 1.5 },
      { id: 2, name: null, score: -2.25 },
      { id: 3, name: 'Grace', score: 0 },
    ]);
  });
});

describe('the catalog', () => {
  it('lists, finds and deregisters tables', async () => {
    await ctx.sql('CREATE SCHEMA IF NOT EXISTS files');
    await ctx.registerCsv('files.first', FIRST, { delimiter: ';' });
    expect(await ctx.tables()).toContainEqual({ catalog: 'datafusion', schema: 'files', name: 'first', kind: 'table' });
    for (const name of ['files.first', 'datafusion.files.first', 'FILES.First', '"files"."first"'])
      expect(await ctx.tableExists(name)).toBe(true);
    for (const name of ['first', 'none.first', 'none.files.first', '"Files".first'])
      expect(await ctx.tableExists(name)).toBe(false);
    expect(await (await ctx.table('files.first')).count()).toBe(2);
    expect([await ctx.deregisterTable('files.first'), await ctx.deregisterTable('files.first')]).toEqual([true, false]);
    expect(await ctx.tableExists('files.first')).toBe(false);
  });

  it.each([
    ['Trips', 'trips'],
    ['"Trips"', '"Trips"'],
    ['"with.dot"', 'public."with.dot"'],
  ])('resolves %s like SQL', async (name, same) => {
    await ctx.registerCsv(name, FIRST, { delimiter: ';' });
    for (const spelling of [name, same]) {
      expect(await ctx.tableExists(spelling)).toBe(true);
      expect(await (await ctx.table(spelling)).count()).toBe(2);
    }
    expect([await ctx.deregisterTable(same), await ctx.tableExists(name)]).toEqual([true, false]);
  });

  it('holds DataFrames as views', async () => {
    await ctx.registerView('halves', (await ctx.readCsv(FIRST, { delimiter: ';' })).filter('a > 1'));
    expect(await rows(ctx.sql('SELECT * FROM halves'))).toEqual([{ a: 2, b: 'y' }]);
    expect((await ctx.tables()).find(({ name }) => name === 'halves')?.kind).toBe('view');
  });
});

describe('a context', () => {
  it.each([
    ['a missing file', () => ctx.readParquet(temp('none.parquet')), 'OBJECT_STORE', 'none.parquet'],
    ['an empty folder', () => ctx.registerCsv('t', temp('years'), { fileExtension: '.tsv' }), 'OBJECT_STORE', '.tsv'],
    ['a file of another format', () => ctx.readParquet(FIRST), 'EXECUTION', 'Parquet'],
    ['an unknown option', () => ctx.readCsv(FIRST, { delimitre: ';' } as never), 'INVALID_ARGUMENT', '"delimiter"'],
    ['a wrong value', () => ctx.readCsv(FIRST, { hasHeader: 'yes' } as never), 'INVALID_ARGUMENT', 'hasHeader'],
    [
      'an unknown type',
      () => ctx.readCsv(FIRST, { tablePartitionCols: [['y', 'Nope' as never]] }),
      'INVALID_ARGUMENT',
      'Nope',
    ],
    ['a scheme without a store', () => ctx.readParquet('nope://bucket/x.parquet'), 'OBJECT_STORE', 'nope://'],
    ['an empty list of paths', () => ctx.readParquet([]), 'INVALID_ARGUMENT', 'path'],
    ['an unknown table', () => ctx.table('none'), 'PLAN', 'none'],
  ])('rejects %s', async (_, work, code, text) => {
    const error = await rejected(work());
    expect(error).toMatchObject({ code, message: expect.stringContaining(text) });
  });

  it('takes the columns of the first file that is not empty', async () => {
    const [empty, full] = [file('one/empty.csv', ''), file('two/full.csv', 'a\n1\n')];
    const both = await ctx.readCsv([empty, full]);
    expect(await rows(both)).toEqual([{ a: 1 }]);
    await ctx.sql(`CREATE EXTERNAL TABLE half_empty STORED AS CSV LOCATION ('${empty}', '${full}')`);
    expect(await rows(ctx.sql('SELECT a FROM half_empty'))).toEqual([{ a: 1 }]);
  });

  it.each([
    ['Csv', 'CSV', 'csv'],
    ['Json', 'JSON', 'json'],
  ] as const)('rejects %s files without columns', async (format, name, extension) => {
    const path = file(`nothing/empty.${extension}`, '');
    const text = `Cannot read ${path} as ${extension}: it is empty and has no columns.`;
    const byPath = newContext(cluster);
    byPath.enableUrlTable();
    for (const work of [
      () => ctx[`read${format}`](path),
      () => ctx.sql(`CREATE EXTERNAL TABLE nothing STORED AS ${name} LOCATION '${path}'`),
      () => byPath.sql(`SELECT * FROM '${path}'`),
    ])
      expect(await rejected(work())).toMatchObject({ code: 'EXECUTION', message: expect.stringContaining(text) });
    await byPath.close();
  });

  it('rejects values that do not fit the schema', async () => {
    const schema = new Schema([new Field('a', new Int32(), true), new Field('b', new Int32(), true)]);
    const error = await rejected((await ctx.readCsv(FIRST, { delimiter: ';', schema })).collect());
    expect(error).toMatchObject(failedRunning('EXECUTION', '"x"'));
  });
});
