import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';

import { col } from '../../src/expr/expr.js';
import { toFileWriteNative, toTableWriteNative } from '../../src/files/write-native.js';
import { thrown } from '../support/thrown.js';

type Format = Parameters<typeof toFileWriteNative>[0];

function write(format: Format, options?: object, path: string | URL = '/out/') {
  const { target, sortBy } = JSON.parse(toFileWriteNative(format, path, options).json);
  return { ...target, sortBy: JSON.parse(sortBy) };
}

const path = (target: string | URL, singleFileOutput?: boolean) => write('csv', { singleFileOutput }, target).path;

describe('file options', () => {
  it('default to the engine’s, except zstd compression and a CSV header', () => {
    const common = { kind: 'files', path: '/out/', partitionBy: [], sortBy: [], mode: 'error' };
    expect(write('parquet')).toEqual({ ...common, format: 'parquet', options: { 'format.compression': 'zstd(3)' } });
    expect(write('csv')).toEqual({ ...common, format: 'csv', options: { 'format.has_header': 'true' } });
    expect(write('json')).toEqual({ ...common, format: 'json', options: {} });
    expect(write('arrow')).toEqual({ ...common, format: 'arrow', options: {} });
  });

  it('include those that all formats share', () => {
    const options = { partitionBy: ['a', 'B c'], keepPartitionByColumns: true, sortBy: ['a', col('b').desc()] };
    for (const format of ['parquet', 'csv', 'json', 'arrow'] as const) {
      const { partitionBy, sortBy, options: engine } = write(format, options);
      expect(partitionBy).toEqual(['a', 'B c']);
      expect(sortBy).toMatchObject([{ ascending: true }, { ascending: false }]);
      expect(engine).toMatchObject({ 'execution.keep_partition_by_columns': 'true' });
    }
    expect(write('csv', { partitionBy: 'a', sortBy: 'a' })).toMatchObject({ partitionBy: ['a'], sortBy: [{}] });
  });

  it('include the signal', () => {
    const { signal } = new AbortController();
    expect(toFileWriteNative('csv', 'x.csv', { signal }).action.signal).toBe(signal);
    expect(toTableWriteNative('t', { signal }).action.signal).toBe(signal);
  });

  it.each<[Format, object, Record<string, string>]>([
    ['parquet', { dataPagesizeLimit: 1 }, { data_pagesize_limit: '1' }],
    ['parquet', { writeBatchSize: 2 }, { write_batch_size: '2' }],
    ['parquet', { writerVersion: '2.0' }, { writer_version: '2.0' }],
    ['parquet', { skipArrowMetadata: true }, { skip_arrow_metadata: 'true' }],
    ['parquet', { dictionaryEnabled: false }, { dictionary_enabled: 'false' }],
    ['parquet', { dictionaryPageSizeLimit: 3 }, { dictionary_page_size_limit: '3' }],
    ['parquet', { statisticsEnabled: 'chunk' }, { statistics_enabled: 'chunk' }],
    ['parquet', { maxRowGroupSize: 4 }, { max_row_group_size: '4' }],
    ['parquet', { createdBy: 'me' }, { created_by: 'me' }],
    ['parquet', { columnIndexTruncateLength: 5 }, { column_index_truncate_length: '5' }],
    ['parquet', { statisticsTruncateLength: 6 }, { statistics_truncate_length: '6' }],
    ['parquet', { dataPageRowCountLimit: 7 }, { data_page_row_count_limit: '7' }],
    ['parquet', { encoding: 'plain' }, { encoding: 'plain' }],
    ['parquet', { bloomFilterOnWrite: true }, { bloom_filter_on_write: 'true' }],
    ['parquet', { bloomFilterFpp: 0.01 }, { bloom_filter_fpp: '0.01' }],
    ['parquet', { bloomFilterNdv: 8 }, { bloom_filter_ndv: '8' }],
    ['parquet', { allowSingleFileParallelism: false }, { allow_single_file_parallelism: 'false' }],
    ['parquet', { maximumParallelRowGroupWriters: 9 }, { maximum_parallel_row_group_writers: '9' }],
    ['parquet', { maximumBufferedRecordBatchesPerStream: 10 }, { maximum_buffered_record_batches_per_stream: '10' }],
    ['csv', { withHeader: false }, { has_header: 'false' }],
    ['csv', { delimiter: ';' }, { delimiter: ';' }],
    ['csv', { quote: "'" }, { quote: "'" }],
    ['csv', { escape: '\\' }, { escape: '\\' }],
    ['csv', { doubleQuote: false }, { double_quote: 'false' }],
    ['csv', { quoteStyle: 'nonNumeric' }, { quote_style: 'nonNumeric' }],
    ['csv', { nullValue: 'NULL' }, { null_value: 'NULL' }],
    ['csv', { dateFormat: '%d' }, { date_format: '%d' }],
    ['csv', { datetimeFormat: '%d' }, { datetime_format: '%d' }],
    ['csv', { timestampFormat: '%d' }, { timestamp_format: '%d' }],
    ['csv', { timestampTzFormat: '%d' }, { timestamp_tz_format: '%d' }],
    ['csv', { timeFormat: '%d' }, { time_format: '%d' }],
    ['csv', { compression: 'gzip' }, { compression: 'gzip' }],
    ['json', { compression: 'xz' }, { compression: 'xz' }],
    ['arrow', { compression: 'lz4' }, { compression: 'lz4' }],
  ])('%s: %o', (format, options, engine) => {
    const named = Object.entries(engine).map(([name, value]) => [`format.${name}`, value]);
    expect(write(format, options).options).toMatchObject(Object.fromEntries(named));
  });

  it.each([
    [{ compression: 'snappy' }, 'snappy'],
    [{ compression: 'gzip' }, 'gzip(6)'],
    [{ compression: 'brotli', compressionLevel: 11 }, 'brotli(11)'],
    [{ compressionLevel: 22 }, 'zstd(22)'],
    [{ compression: 'lz4_raw' }, 'lz4_raw'],
  ])('Parquet compression: %o becomes %s', (options, text) => {
    expect(write('parquet', options).options['format.compression']).toBe(text);
  });

  it('can be set for single Parquet columns', () => {
    const columnSpecificOptions = {
      a: {
        encoding: 'plain',
        dictionaryEnabled: false,
        compression: 'gzip',
        compressionLevel: 9,
        statisticsEnabled: 'none',
        bloomFilterEnabled: true,
        bloomFilterFpp: 0.5,
        bloomFilterNdv: 3,
      },
      'B c': { compression: 'snappy' },
    };
    expect(write('parquet', { columnSpecificOptions }).options).toEqual({
      'format.compression': 'zstd(3)',
      'format.encoding::a': 'plain',
      'format.dictionary_enabled::a': 'false',
      'format.compression::a': 'gzip(9)',
      'format.statistics_enabled::a': 'none',
      'format.bloom_filter_enabled::a': 'true',
      'format.bloom_filter_fpp::a': '0.5',
      'format.bloom_filter_ndv::a': '3',
      'format.compression::B c': 'snappy',
    });
  });
});

describe('paths', () => {
  it.each([
    ['/out/a.csv', '/out/a.csv'],
    ['/out/a b%20#.csv', '/out/a b%20#.csv'],
    ['out/', `${process.cwd()}/out/`],
    ['./a.csv', `${process.cwd()}/a.csv`],
    [pathToFileURL('/out/Käse #1.csv'), '/out/Käse #1.csv'],
    ['s3://bucket/a.csv', 's3://bucket/a.csv'],
    [new URL('s3://bucket/a/'), 's3://bucket/a/'],
    // The engine reads these as glob patterns, unless they are URLs.
    ['/out/br[1]/', 'file:///out/br%5B1%5D/'],
    ['/out/q?.csv', 'file:///out/q%3F.csv'],
    ['/out/st*r.csv', 'file:///out/st*r.csv'],
  ])('%s', (given, native) => {
    expect(path(given)).toBe(native);
  });

  it('depend on singleFileOutput', () => {
    expect(path('/out/a.csv', true)).toBe('/out/a.csv');
    expect(path('/out/a.csv', false)).toBe('/out/a.csv/');
    expect(path('/out/a', false)).toBe('/out/a');
    for (const folder of ['/out/a', '/out/a/'])
      expect(thrown(() => path(folder, true)).message).toContain('such as "/out/a.parquet"');
  });

  it.each([[], '', [''], ['a', 'b'], null, 5])('reject %j', (bad) => {
    expect(thrown(() => path(bad as never)).code).toBe('INVALID_ARGUMENT');
  });
});

describe('rejects', () => {
  it.each<[Format, unknown, string]>([
    ['parquet', { comprssion: 'zstd' }, 'writeParquet has no option "comprssion". Did you mean "compression"?'],
    ['csv', { compressionLevel: 1 }, 'writeCsv has no option "compressionLevel"'],
    ['json', [], 'The options of writeJson must be an object'],
    ['arrow', { compression: 'gzip' }, 'compression must be one of "uncompressed", "lz4", "zstd"'],
    ['parquet', { compression: 'bzip2' }, 'compression must be one of'],
    ['parquet', { compression: 'snappy', compressionLevel: 1 }, 'snappy has no compression levels'],
    ['parquet', { compression: 'zstd', compressionLevel: 0 }, 'from 1 to 22, not 0'],
    ['parquet', { compression: 'gzip', compressionLevel: 11 }, 'from 0 to 10, not 11'],
    ['parquet', { compressionLevel: 2.5 }, 'compressionLevel must be a whole number'],
    ['parquet', { maxRowGroupSize: 0 }, 'maxRowGroupSize must be a whole number from 1'],
    ['parquet', { bloomFilterFpp: 2 }, 'bloomFilterFpp must be a number from 0 to 1'],
    ['parquet', { writerVersion: '3.0' }, 'writerVersion must be one of "1.0", "2.0"'],
    ['parquet', { skipArrowMetadata: 'yes' }, 'skipArrowMetadata must be true or false'],
    ['parquet', { columnSpecificOptions: 5 }, 'columnSpecificOptions must be an object'],
    ['parquet', { columnSpecificOptions: ['a'] }, 'columnSpecificOptions must be an object'],
    ['parquet', { columnSpecificOptions: { a: { compresion: 'gzip' } } }, 'Did you mean "compression"?'],
    ['parquet', { columnSpecificOptions: { a: 'gzip' } }, 'must be an object, not'],
    [
      'parquet',
      { columnSpecificOptions: { a: { compressionLevel: 3 } } },
      'compressionLevel needs the option compression',
    ],
    ['csv', { delimiter: ';;' }, 'delimiter must be one ASCII character'],
    ['csv', { quote: 'é' }, 'quote must be one ASCII character'],
    ['csv', { quoteStyle: 'some' }, 'quoteStyle must be one of'],
    ['csv', { mode: 'replace' }, 'mode must be one of "error", "append", "overwrite", "ignore"'],
    ['csv', { partitionBy: '' }, 'partitionBy must be a column name or an array of column names'],
    ['csv', { partitionBy: ['a', 5] }, 'partitionBy must be a column name or an array of column names'],
    ['csv', { partitionBy: ['a', 'a'] }, 'partitionBy contains "a" twice'],
    ['csv', { sortBy: 5 }, 'sortBy'],
    ['csv', { signal: 5 }, 'signal must be an AbortSignal'],
  ])('%s options %o', (format, options, message) => {
    const error = thrown(() => write(format, options as object));
    expect(error.code).toBe('INVALID_ARGUMENT');
    expect(error.message).toContain(message);
  });
});

describe('toTableWriteNative', () => {
  it('includes the table and the options', () => {
    const { target } = JSON.parse(toTableWriteNative('a.b', undefined).json);
    expect(target).toEqual({ kind: 'table', name: 'a.b', insertOp: 'append' });
    const native = JSON.parse(toTableWriteNative('t', { insertOp: 'overwrite', sortBy: 'x' }).json);
    expect([native.target.insertOp, JSON.parse(native.sortBy).length]).toEqual(['overwrite', 1]);
  });

  it.each([
    ['', undefined, 'an empty string'],
    [5, undefined, 'a number'],
    ['t', { insertOp: 'upsert' }, 'insertOp must be one of'],
    ['t', { partitionBy: 'a' }, 'writeTable has no option "partitionBy"'],
  ])('rejects %j with %o', (name, options, message) => {
    const error = thrown(() => toTableWriteNative(name as string, options as never));
    expect([error.code, error.message]).toEqual(['INVALID_ARGUMENT', expect.stringContaining(message)]);
  });
});
