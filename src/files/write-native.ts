/**
 * Checks the options of `write…` methods and encodes them for Rust, with DataFusion's names.
 *
 * @module
 */

import { resolve as resolvePath } from 'node:path';
import { pathToFileURL } from 'node:url';

import { ACTION_SETTINGS } from '../config/action-options.js';
import { invalid } from '../errors.js';
import { type SortKey, toList, toSortNode } from '../expr/coerce.js';
import type { SortNode } from '../expr/node/node.js';
import { describe } from '../input/describe.js';
import { resolve, type SettingTable } from '../input/settings.js';
import { engineOptions, type FormatSetting, type FormatSettings } from './format-settings.js';
import { toPathsNative } from './read-options.js';
import type {
  Compression,
  InsertOp,
  ParquetColumnOptions,
  ParquetWriterOptions,
  TableWriteOptions,
  WriteOptionsByFormat,
} from './write-options.js';

const COMMON = {
  ...ACTION_SETTINGS,
  sortBy: { type: 'any', doc: 'Sort keys.' },
} as const satisfies SettingTable;

const FILES = {
  ...COMMON,
  partitionBy: { type: 'any', doc: 'Columns that become folders.' },
  keepPartitionByColumns: {
    type: 'boolean',
    engine: 'execution.keep_partition_by_columns',
    doc: 'Folders stay columns too.',
  },
  singleFileOutput: { type: 'boolean', doc: 'The path is one file.' },
} as const satisfies FormatSettings;

const STATISTICS = ['none', 'chunk', 'page'] as const;
const COMPRESSIONS = ['uncompressed', 'snappy', 'gzip', 'brotli', 'lz4', 'zstd', 'lz4_raw'] as const;
const TEXT_COMPRESSIONS = ['uncompressed', 'gzip', 'bzip2', 'xz', 'zstd'] as const;

/** The levels of a compression and its default, as in the Parquet writer. */
const COMPRESSION_LEVELS: Readonly<Partial<Record<Compression, { min: number; max: number; default: number }>>> = {
  gzip: { min: 0, max: 10, default: 6 },
  brotli: { min: 0, max: 11, default: 1 },
  zstd: { min: 1, max: 22, default: 3 },
};

/** An integer option of DataFusion. */
function count(engine: string, doc: string, min = 1): FormatSetting {
  return { type: 'integer', min, engine, doc };
}

const COLUMN = {
  encoding: { type: 'string', engine: 'encoding', doc: 'How values are encoded.' },
  dictionaryEnabled: { type: 'boolean', engine: 'dictionary_enabled', doc: 'Dictionaries.' },
  compression: { type: 'choice', choices: COMPRESSIONS, doc: 'Compression.' },
  compressionLevel: { type: 'integer', min: 0, max: 22, doc: 'A level of it.' },
  statisticsEnabled: { type: 'choice', choices: STATISTICS, engine: 'statistics_enabled', doc: 'Statistics.' },
  bloomFilterFpp: { type: 'number', min: 0, max: 1, engine: 'bloom_filter_fpp', doc: 'Errors of bloom filters.' },
  bloomFilterNdv: count('bloom_filter_ndv', 'Different values of bloom filters.'),
} as const satisfies FormatSettings;

const COLUMN_SETTINGS: FormatSettings = {
  ...COLUMN,
  bloomFilterEnabled: { type: 'boolean', engine: 'bloom_filter_enabled', doc: 'Bloom filters.' },
};

const FORMATS: Readonly<Record<keyof WriteOptionsByFormat, FormatSettings>> = {
  parquet: {
    ...FILES,
    ...COLUMN,
    compression: { type: 'choice', choices: COMPRESSIONS, default: 'zstd', doc: 'Compression.' },
    bloomFilterOnWrite: { type: 'boolean', engine: 'bloom_filter_on_write', doc: 'Bloom filters.' },
    dataPagesizeLimit: count('data_pagesize_limit', 'Bytes of a page.'),
    writeBatchSize: count('write_batch_size', 'Rows at once.'),
    writerVersion: { type: 'choice', choices: ['1.0', '2.0'], engine: 'writer_version', doc: 'Version of the format.' },
    skipArrowMetadata: { type: 'boolean', engine: 'skip_arrow_metadata', doc: 'No Arrow schema.' },
    dictionaryPageSizeLimit: count('dictionary_page_size_limit', 'Bytes of a dictionary.'),
    maxRowGroupSize: count('max_row_group_size', 'Rows of a row group.'),
    createdBy: { type: 'string', engine: 'created_by', doc: 'Who wrote it.' },
    columnIndexTruncateLength: count('column_index_truncate_length', 'Bytes of values in the index.'),
    statisticsTruncateLength: count('statistics_truncate_length', 'Bytes of values in statistics.'),
    dataPageRowCountLimit: count('data_page_row_count_limit', 'Rows of a page.'),
    allowSingleFileParallelism: {
      type: 'boolean',
      engine: 'allow_single_file_parallelism',
      doc: 'Several threads a file.',
    },
    maximumParallelRowGroupWriters: count('maximum_parallel_row_group_writers', 'Row groups at once.'),
    maximumBufferedRecordBatchesPerStream: count('maximum_buffered_record_batches_per_stream', 'Batches that wait.'),
    columnSpecificOptions: { type: 'any', doc: 'Options of columns.' },
  },
  csv: {
    ...FILES,
    withHeader: { type: 'boolean', default: true, engine: 'has_header', doc: 'The first line holds names.' },
    delimiter: { type: 'character', engine: 'delimiter', doc: 'Between values.' },
    quote: { type: 'character', engine: 'quote', doc: 'Around values.' },
    escape: { type: 'character', engine: 'escape', doc: 'Before quotes.' },
    doubleQuote: { type: 'boolean', engine: 'double_quote', doc: 'Quotes twice.' },
    quoteStyle: {
      type: 'choice',
      choices: ['always', 'necessary', 'nonNumeric', 'never'],
      engine: 'quote_style',
      doc: 'What is quoted.',
    },
    nullValue: { type: 'string', engine: 'null_value', doc: 'What null is.' },
    dateFormat: { type: 'string', engine: 'date_format', doc: 'Dates.' },
    datetimeFormat: { type: 'string', engine: 'datetime_format', doc: 'Dates with times.' },
    timestampFormat: { type: 'string', engine: 'timestamp_format', doc: 'Timestamps.' },
    timeFormat: { type: 'string', engine: 'time_format', doc: 'Times.' },
    compression: { type: 'choice', choices: TEXT_COMPRESSIONS, engine: 'compression', doc: 'Compression.' },
  },
  json: {
    ...FILES,
    compression: { type: 'choice', choices: TEXT_COMPRESSIONS, engine: 'compression', doc: 'Compression.' },
  },
  arrow: {
    ...FILES,
    compression: {
      type: 'choice',
      choices: ['uncompressed', 'lz4', 'zstd'],
      engine: 'compression',
      doc: 'Compression.',
    },
  },
};

const TABLE_SETTINGS = {
  ...COMMON,
  insertOp: {
    type: 'choice',
    choices: ['append', 'overwrite', 'replace'],
    default: 'append',
    doc: 'Beside or instead.',
  },
} as const;

/** A write as sent to Rust, and its abort signal. */
export interface NativeWrite {
  json: string;
  signal: AbortSignal | undefined;
}

/**
 * Encodes a write to files.
 *
 * @throws BallistaError `INVALID_ARGUMENT` with the nearest valid name
 */
export function toFileWriteNative<F extends keyof WriteOptionsByFormat>(
  format: F,
  path: string | URL,
  options: WriteOptionsByFormat[F] | undefined,
): NativeWrite {
  const where = `write${format.charAt(0).toUpperCase()}${format.slice(1)}`;
  const settings = FORMATS[format];
  const given = resolve<ParquetWriterOptions & Record<string, unknown>>(where, settings, options as never);
  const engine: Record<string, string> = engineOptions(settings, given);
  if (format === 'parquet') {
    Object.assign(engine, compressionOption(where, given.compression, given.compressionLevel, ''));
    for (const [name, column] of Object.entries(toColumns(where, given.columnSpecificOptions))) {
      const own = resolve<ParquetColumnOptions & Record<string, unknown>>(
        `${where}: ${name}`,
        COLUMN_SETTINGS,
        column as never,
      );
      Object.assign(engine, engineOptions(COLUMN_SETTINGS, own, `::${name}`));
      if (own.compression === undefined && own.compressionLevel !== undefined)
        throw invalid(`${where}: ${name}: compressionLevel needs the option compression`);
      if (own.compression !== undefined)
        Object.assign(engine, compressionOption(where, own.compression, own.compressionLevel, `::${name}`));
    }
  }
  const target = {
    kind: 'files',
    format,
    path: toTarget(where, path, given.singleFileOutput),
    options: engine,
    partitionBy: given.partitionBy === undefined ? [] : toColumnNames(where, given.partitionBy),
  };
  return { json: toJson(where, target, given.sortBy), signal: given.signal };
}

/**
 * Encodes a write to a table.
 *
 * @throws BallistaError `INVALID_ARGUMENT` with the nearest valid name
 */
export function toTableWriteNative(name: string, options: TableWriteOptions | undefined): NativeWrite {
  if (typeof name !== 'string' || name === '')
    throw invalid(`writeTable takes the name of a table, not ${name === '' ? 'an empty string' : describe(name)}`);
  const { insertOp, sortBy, signal } = resolve<TableWriteOptions & { insertOp: InsertOp }>(
    'writeTable',
    TABLE_SETTINGS,
    options,
  );
  return { json: toJson('writeTable', { kind: 'table', name, insertOp }, sortBy), signal };
}

function toJson(where: string, target: object, sortBy: SortKey | readonly SortKey[] = []): string {
  const keys: SortNode[] = toList(sortBy).map((key) => toSortNode(key, `${where}: a key of sortBy`));
  return JSON.stringify({ target, sortBy: JSON.stringify(keys) });
}

/** The engine takes a level as `zstd(3)`. For compressions with levels, a missing level is an error there. */
function compressionOption(
  where: string,
  compression: Compression = 'zstd',
  level: number | undefined,
  suffix: string,
): Record<string, string> {
  const levels = COMPRESSION_LEVELS[compression];
  if (!levels && level !== undefined)
    throw invalid(`${where}: ${compression} has no compression levels; leave out compressionLevel`);
  if (levels && level !== undefined && (level < levels.min || level > levels.max))
    throw invalid(
      `${where}: compressionLevel of ${compression} must be from ${levels.min} to ${levels.max}, not ${level}`,
    );
  const text = levels ? `${compression}(${level ?? levels.default})` : compression;
  return { [`format.compression${suffix}`]: text };
}

/** Makes the path show whether it is a file or a folder: executors get only the path, and the engine decides by it. */
function toTarget(where: string, path: string | URL, single: boolean | undefined): string {
  if (Array.isArray(path)) throw invalid(`${where} takes one path, not an array`);
  const [target = ''] = toPathsNative(path);
  const last = target.split('/').pop() ?? '';
  const isFile = last.includes('.');
  if (single === true && !isFile)
    throw invalid(
      `${where}: singleFileOutput needs a path with a file extension, such as "${target.replace(/\/$/, '')}.parquet"`,
    );
  return toPlace(single === false && isFile ? `${target}/` : target);
}

/** Makes a local path absolute, as for reading. Returns a URL if the engine would read the path as a glob pattern. */
function toPlace(target: string): string {
  if (/^[a-z][a-z0-9+.-]+:\/\//iu.test(target)) return target;
  const path = resolvePath(target) + (target.endsWith('/') ? '/' : '');
  return /[*?[]/u.test(path) ? pathToFileURL(path).href : path;
}

function toColumnNames(where: string, names: string | readonly string[]): string[] {
  const list = toList(names);
  if (list.some((name) => typeof name !== 'string' || name === ''))
    throw invalid(`${where}: partitionBy must be a column name or an array of column names`);
  const twice = list.find((name, i) => list.indexOf(name) !== i);
  if (twice !== undefined) throw invalid(`${where}: partitionBy contains "${twice}" twice`);
  return [...list];
}

function toColumns(
  where: string,
  columns: ParquetWriterOptions['columnSpecificOptions'] = {},
): Readonly<Record<string, ParquetColumnOptions>> {
  if (typeof columns === 'object' && columns !== null && !Array.isArray(columns)) return columns;
  throw invalid(`${where}: columnSpecificOptions must be an object, not ${describe(columns)}`);
}
