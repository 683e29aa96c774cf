import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { tableFromIPC } from 'apache-arrow';
import { asyncBufferFromFile, parquetMetadataAsync } from 'hyparquet';
import { beforeAll, describe, expect, it } from 'vitest';

import type { DataFrame } from '../../src/dataframe/dataframe.js';
import { col } from '../../src/expr/expr.js';
import type { ParquetWriterOptions } from '../../src/files/write-options.js';
import { withCluster, withContext } from '../support/cluster.js';
import { FLIGHTS, tempFolder } from '../support/data.js';
import { rejected } from '../support/rejected.js';
import { failedRunning } from '../support/running.js';

const cluster = await withCluster();
const ctx = withContext(cluster);
const temp = tempFolder();

const FORMATS = ['Parquet', 'Csv', 'Json', 'Arrow'] as const;

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
const sql = async (query: string) => rows(await ctx.sql(query));

/** The files in a test folder, at any depth. */
function files(...path: string[]): string[] {
  return (readdirSync(temp(...path), { recursive: true }) as string[])
    .filter((name) => statSync(temp(...path, name)).isFile())
    .sort();
}

/** The content of all files in a folder. */
const text = (folder: string) =>
  files(folder)
    .map((name) => readFileSync(temp(folder, name), 'utf8'))
    .join('');

const metadata = async (path: string) => parquetMetadataAsync(await asyncBufferFromFile(path));

/** The columns of a Parquet file by name, as described in its first row group. */
async function columns(path: string) {
  const { row_groups } = await metadata(path);
  const all = row_groups[0]?.columns.flatMap(({ meta_data }) => (meta_data ? [meta_data] : [])) ?? [];
  return Object.fromEntries(all.map((column) => [column.path_in_schema.join('.'), column]));
}

let flights: DataFrame;
let flat: DataFrame;
let five: DataFrame;

beforeAll(async () => {
  await ctx.registerParquet('flights', FLIGHTS);
  flights = await ctx.table('flights');
  flat = await ctx.sql(FLAT);
  five = await ctx.sql('SELECT value AS a, value % 2 AS b FROM generate_series(1, 5)');
  await ctx.registerView('five', five);
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
    const { num_rows, schema } = await metadata(temp('hy.parquet'));
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
    const found = files('paths', name);
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
    expect(files('kinds/dotted.folder')).toEqual([expect.stringMatching(/\.json$/)]);
  });

  it('are replaced if they are files and extended if they are folders', async () => {
    for (const frame of [flights.select('delay').limit(1000), five]) await frame.writeParquet(temp('again.parquet'));
    expect(await (await ctx.readParquet(temp('again.parquet'))).count()).toBe(5);
    for (let i = 0; i < 2; i++) await five.writeParquet(temp('grows/'));
    expect(await (await ctx.readParquet(temp('grows/'))).count()).toBe(10);
  });

  it.each(FORMATS)('fail if a file is in the place of a folder: %s', async (format) => {
    writeFileSync(temp('blocked'), 'here first');
    const error = await rejected(five[`write${format}`](temp(`blocked/in/a.${format.toLowerCase()}`)));
    expect(error).toMatchObject(failedRunning('IO', 'Not a directory'));
    expect(readFileSync(temp('blocked'), 'utf8')).toBe('here first');
  });
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

  it('nests folders in the order of the columns', async () => {
    expect(await five.withColumn('c', 'a % 3').writeCsv(temp('two/'), { partitionBy: ['c', 'b'] })).toBe(5);
    expect([...new Set(files('two').map((file) => file.slice(0, 7)))].sort()).toEqual([
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
    expect(files('types')).toEqual([expect.stringMatching(/^d=2024-02-29\/b=true\/k=x\/l=y\/\w+\.parquet$/)]);
  });

  it.each(FORMATS)('rejects null, which folder names cannot express: %s', async (format) => {
    const day = await ctx.sql(`SELECT id, day FROM (${FLAT})`);
    const error = await rejected(day[`write${format}`](temp('null-folder/'), { partitionBy: 'day' }));
    expect(error.message).toContain('null');
    expect(files()).not.toContainEqual(expect.stringMatching(/^null-folder/));
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
    await five.writeCsv(temp('sorted.csv'), { sortBy });
    expect(readFileSync(temp('sorted.csv'), 'utf8').trim().split('\n')).toEqual(lines);
  });

  it('sorts each folder of partitionBy', async () => {
    await flights
      .filter(col('origin').inList(['SEA', 'JFK']))
      .writeCsv(temp('sorted-by/'), { partitionBy: 'origin', sortBy: col('delay'), withHeader: false });
    for (const folder of ['sorted-by/origin=SEA', 'sorted-by/origin=JFK']) {
      const delays = text(folder)
        .trim()
        .split('\n')
        .map((line) => Number(line.split(',')[1]));
      expect(delays).toEqual([...delays].sort((a, b) => a - b));
    }
  });
});

describe('Parquet options', () => {
  const written = async (options: ParquetWriterOptions, frame = flights.select('delay', 'origin').limit(5000)) => {
    const path = temp('options.parquet');
    await frame.writeParquet(path, options);
    return path;
  };

  it('compression is zstd by default', async () => {
    const { delay } = await columns(await written({}));
    expect(delay?.codec).toBe('ZSTD');
  });

  it.each([
    ['uncompressed', 'UNCOMPRESSED'],
    ['snappy', 'SNAPPY'],
    ['gzip', 'GZIP'],
    ['brotli', 'BROTLI'],
    ['lz4', 'LZ4'],
    ['lz4_raw', 'LZ4_RAW'],
    ['zstd', 'ZSTD'],
  ] as const)('compression can be %s', async (compression, codec) => {
    const path = await written({ compression });
    expect((await columns(path))['delay']?.codec).toBe(codec);
    await cluster.betweenQueries();
    expect(await (await ctx.readParquet(path)).count()).toBe(5000);
  });

  it('compressionLevel changes the file size', async () => {
    const same = await flights.select('delay', 'origin').limit(5000).cache();
    const size = async (compressionLevel: number) =>
      statSync(await written({ compression: 'zstd', compressionLevel, dictionaryEnabled: false }, same)).size;
    expect(await size(22)).toBeLessThan(await size(1));
  });

  it('maxRowGroupSize and createdBy appear in the metadata', async () => {
    const { row_groups, created_by } = await metadata(
      await written({ maxRowGroupSize: 2000, createdBy: 'Jürgen 1.0' }),
    );
    expect(row_groups.map((group) => Number(group.num_rows))).toEqual([2000, 2000, 1000]);
    expect(created_by).toBe('Jürgen 1.0');
  });

  it('statisticsEnabled selects the statistics', async () => {
    expect((await columns(await written({ statisticsEnabled: 'none' })))['delay']?.statistics).toBeUndefined();
    for (const statisticsEnabled of ['chunk', 'page'] as const)
      expect((await columns(await written({ statisticsEnabled })))['delay']?.statistics?.max_value).toBeDefined();
  });

  it('dictionaryEnabled and encoding select the encodings', async () => {
    const encodings = async (options: ParquetWriterOptions) =>
      (await columns(await written(options)))['delay']?.encodings;
    expect(await encodings({})).toContain('RLE_DICTIONARY');
    expect(await encodings({ dictionaryEnabled: false })).not.toContain('RLE_DICTIONARY');
    const delta = { encoding: 'delta_binary_packed', dictionaryEnabled: false };
    expect(await encodings({ columnSpecificOptions: { delay: delta } })).toContain('DELTA_BINARY_PACKED');
  });

  it('bloomFilterOnWrite and bloomFilterEnabled write bloom filters', async () => {
    const offset = async (options: ParquetWriterOptions) => {
      const { delay, origin } = await columns(await written(options));
      return [delay, origin].map((column) => column?.bloom_filter_offset !== undefined);
    };
    expect(await offset({})).toEqual([false, false]);
    expect(await offset({ bloomFilterOnWrite: true, bloomFilterFpp: 0.01, bloomFilterNdv: 300 })).toEqual([true, true]);
    expect(await offset({ columnSpecificOptions: { origin: { bloomFilterEnabled: true } } })).toEqual([false, true]);
  });

  it('skipArrowMetadata omits the Arrow schema', async () => {
    const keys = async (skipArrowMetadata: boolean) =>
      (await metadata(await written({ skipArrowMetadata }))).key_value_metadata?.map(({ key }) => key) ?? [];
    expect(await keys(false)).toContain('ARROW:schema');
    expect(await keys(true)).not.toContain('ARROW:schema');
  });

  it('writerVersion and limits change the pages and statistics', async () => {
    const pages = {
      writerVersion: '2.0',
      dataPageRowCountLimit: 100,
      dataPagesizeLimit: 1000,
      writeBatchSize: 50,
      dictionaryPageSizeLimit: 1000,
      columnIndexTruncateLength: 8,
      statisticsTruncateLength: 1,
      allowSingleFileParallelism: false,
      maximumParallelRowGroupWriters: 2,
      maximumBufferedRecordBatchesPerStream: 4,
    } as const;
    const [small, large] = [await metadata(await written(pages)), await metadata(await written({}))];
    const index = (of: typeof small) => of.row_groups[0]?.columns[0]?.offset_index_length ?? 0;
    expect(small.version).toBe(2);
    expect(large.version).toBe(1);
    expect(index(small)).toBeGreaterThan(10 * index(large));
    const truncated = small.row_groups[0]?.columns[1]?.meta_data?.statistics;
    expect([truncated?.is_max_value_exact, String(truncated?.max_value).length]).toEqual([false, 1]);
  });

  it('columnSpecificOptions apply to single columns, even if their names have special characters', async () => {
    const odd = flights.limit(5000).select('delay', col('origin').alias('A b::d'));
    const path = await written(
      {
        compression: 'snappy',
        columnSpecificOptions: {
          'A b::d': { compression: 'gzip', compressionLevel: 9, dictionaryEnabled: false, statisticsEnabled: 'none' },
        },
      },
      odd,
    );
    const { delay, 'A b::d': origin } = await columns(path);
    expect([delay?.codec, origin?.codec]).toEqual(['SNAPPY', 'GZIP']);
    expect(origin?.encodings).not.toContain('RLE_DICTIONARY');
    expect(origin?.statistics).toBeUndefined();
  });
});

describe('CSV options', () => {
  it.each([
    ['withHeader', { withHeader: false }, '1,x\n2,\n'],
    ['delimiter', { delimiter: ';' }, 'a;b\n1;x\n2;\n'],
    ['nullValue', { nullValue: 'NULL' }, 'a,b\n1,x\n2,NULL\n'],
    ['quoteStyle always', { quoteStyle: 'always' }, '"a","b"\n"1","x"\n"2",""\n'],
    ['quoteStyle nonNumeric', { quoteStyle: 'nonNumeric' }, '"a","b"\n1,"x"\n2,""\n'],
    ['quoteStyle necessary', { quoteStyle: 'necessary' }, 'a,b\n1,x\n2,\n'],
  ] as const)('include %s', async (_, options, content) => {
    await (await ctx.sql("SELECT * FROM (VALUES (1, 'x'), (2, NULL)) AS t(a, b)")).writeCsv(temp('o.csv'), options);
    expect(readFileSync(temp('o.csv'), 'utf8')).toBe(content);
  });

  it.each([
    ['doubled quotes by default', {}, `"a""b",'c'\n`],
    ['quote', { quote: "'" }, `a"b,'''c'''\n`],
    ['escape', { doubleQuote: false, escape: '\\' }, `"a\\"b",'c'\n`],
    ['quoteStyle never', { quoteStyle: 'never' }, `a"b,'c'\n`],
  ] as const)('control quotes: %s', async (_, options, content) => {
    const df = await ctx.sql(`SELECT 'a"b' AS x, '''c''' AS y`);
    await df.writeCsv(temp('q.csv'), { ...options, withHeader: false });
    expect(readFileSync(temp('q.csv'), 'utf8')).toBe(content);
  });

  it('set the formats of dates and times', async () => {
    const query = `SELECT DATE '2024-02-29' AS d, TIMESTAMP '2024-02-29T12:34:56' AS t, arrow_cast('12:34:56', 'Time64(Microsecond)') AS o,
                   arrow_cast(DATE '2024-02-29', 'Date64') AS d64`;
    const options = {
      dateFormat: '%d.%m.%Y',
      timestampFormat: '%H:%M on %d/%m/%y',
      timeFormat: '%Hh%M',
      datetimeFormat: '%Y %j',
    };
    await (await ctx.sql(query)).writeCsv(temp('dates.csv'), { ...options, withHeader: false });
    expect(readFileSync(temp('dates.csv'), 'utf8')).toBe('29.02.2024,12:34 on 29/02/24,12h34,2024 060\n');
  });

  it.each(['gzip', 'bzip2', 'xz', 'zstd', 'uncompressed'] as const)(
    'include compression %s, as for JSON',
    async (compression) => {
      const path = temp('packed', compression);
      expect(await flat.writeCsv(`${path}.csv`, { compression })).toBe(3);
      const schema = flat.schema();
      const csv = await ctx.readCsv(`${path}.csv`, {
        schema,
        fileCompressionType: compression,
        newlinesInValues: true,
      });
      expect(await rows(csv.sort('id'))).toEqual(await rows(flat.sort('id')));
      await cluster.betweenQueries();
      expect(await flat.writeJson(`${path}.json`, { compression })).toBe(3);
      const json = await ctx.readJson(`${path}.json`, { schema, fileCompressionType: compression });
      expect(await rows(json.sort('id'))).toEqual(await rows(flat.sort('id')));
      if (compression === 'gzip') expect(gunzipSync(readFileSync(`${path}.csv`)).toString()).toContain('Köln');
    },
  );
});

describe('Arrow options', () => {
  it.each(['lz4', 'zstd', 'uncompressed'] as const)('include compression %s', async (compression) => {
    const some = flights.select('delay', 'origin').filter(col('origin').inList(['SEA', 'JFK']));
    const path = temp(`${compression}.arrow`);
    expect(await some.writeArrow(path, { compression })).toBe(81_501);
    const back = await ctx.readArrow(path);
    expect(await rows(back.aggregate([], ['sum(delay) AS s', 'count(*) AS n']))).toEqual(
      await rows(some.aggregate([], ['sum(delay) AS s', 'count(*) AS n'])),
    );
    if (compression === 'uncompressed') expect(tableFromIPC(readFileSync(path)).numRows).toBe(81_501);
    else expect(statSync(path).size).toBeLessThan(1_000_000);
  });
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
    expect(text('table/by/b=1')).toBe('a\n5\n3\n1\n');
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
