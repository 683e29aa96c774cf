import { readFileSync, statSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { tableFromIPC } from 'apache-arrow';
import { asyncBufferFromFile, parquetMetadataAsync } from 'hyparquet';
import { beforeAll, describe, expect, it } from 'vitest';

import type { DataFrame } from '../../src/dataframe/dataframe.js';
import { col } from '../../src/expr/expr.js';
import type { ParquetWriterOptions } from '../../src/files/write-options.js';
import { withCluster, withContext } from '../support/cluster.js';
import { FLIGHTS, tempFolder } from '../support/data.js';

const cluster = await withCluster();
const ctx = withContext(cluster);
const temp = tempFolder();

const rows = (df: DataFrame) => df.toArray({ int64: 'number' });

const metadata = async (path: string) => parquetMetadataAsync(await asyncBufferFromFile(path));

/** The columns of a Parquet file by name, as described in its first row group. */
async function columns(path: string) {
  const { row_groups } = await metadata(path);
  const all = row_groups[0]?.columns.flatMap(({ meta_data }) => (meta_data ? [meta_data] : [])) ?? [];
  return Object.fromEntries(all.map((column) => [column.path_in_schema.join('.'), column]));
}

let flights: DataFrame;
let text: DataFrame;

beforeAll(async () => {
  flights = await ctx.readParquet(FLIGHTS);
  text = await ctx.sql("SELECT * FROM (VALUES (1, 'Köln \"x\", 🌍'), (2, NULL), (3, 'two\nlines')) AS t(id, s)");
});

describe('Parquet options', () => {
  const written = async (options: ParquetWriterOptions, frame = flights.select('delay', 'origin').limit(5000)) => {
    const path = temp('options.parquet');
    await frame.writeParquet(path, { ...options, mode: 'overwrite' });
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
    const df = await ctx.sql("SELECT * FROM (VALUES (1, 'x'), (2, NULL)) AS t(a, b)");
    await df.writeCsv(temp('o.csv'), { ...options, mode: 'overwrite' });
    expect(readFileSync(temp('o.csv'), 'utf8')).toBe(content);
  });

  it.each([
    ['doubled quotes by default', {}, `"a""b",'c'\n`],
    ['quote', { quote: "'" }, `a"b,'''c'''\n`],
    ['escape', { doubleQuote: false, escape: '\\' }, `"a\\"b",'c'\n`],
    ['quoteStyle never', { quoteStyle: 'never' }, `a"b,'c'\n`],
  ] as const)('control quotes: %s', async (_, options, content) => {
    const df = await ctx.sql(`SELECT 'a"b' AS x, '''c''' AS y`);
    await df.writeCsv(temp('q.csv'), { ...options, withHeader: false, mode: 'overwrite' });
    expect(readFileSync(temp('q.csv'), 'utf8')).toBe(content);
  });

  it('set the formats of dates and times', async () => {
    const query = `SELECT DATE '2024-02-29' AS d, TIMESTAMP '2024-02-29T12:34:56' AS t, arrow_cast('12:34:56', 'Time64(Microsecond)') AS o,
                   arrow_cast(DATE '2024-02-29', 'Date64') AS d64, TIMESTAMP '2024-02-29T12:34:56' AT TIME ZONE 'UTC' AS z`;
    const options = {
      dateFormat: '%d.%m.%Y',
      timestampFormat: '%H:%M on %d/%m/%y',
      timestampTzFormat: '%d.%m.%Y %H:%M %z',
      timeFormat: '%Hh%M',
      datetimeFormat: '%Y %j',
    };
    await (await ctx.sql(query)).writeCsv(temp('dates.csv'), { ...options, withHeader: false });
    expect(readFileSync(temp('dates.csv'), 'utf8')).toBe(
      '29.02.2024,12:34 on 29/02/24,12h34,2024 060,29.02.2024 12:34 +0000\n',
    );
  });

  it.each(['gzip', 'bzip2', 'xz', 'zstd', 'uncompressed'] as const)(
    'include compression %s, as for JSON',
    async (compression) => {
      const path = temp('packed', compression);
      expect(await text.writeCsv(`${path}.csv`, { compression })).toBe(3);
      const schema = text.schema();
      const csv = await ctx.readCsv(`${path}.csv`, {
        schema,
        fileCompressionType: compression,
        newlinesInValues: true,
      });
      expect(await rows(csv.sort('id'))).toEqual(await rows(text.sort('id')));
      await cluster.betweenQueries();
      expect(await text.writeJson(`${path}.json`, { compression })).toBe(3);
      const json = await ctx.readJson(`${path}.json`, { schema, fileCompressionType: compression });
      expect(await rows(json.sort('id'))).toEqual(await rows(text.sort('id')));
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
