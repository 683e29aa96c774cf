/**
 * The options of `write…`: checked here once, and named as DataFusion names them.
 *
 * @module
 */

import { resolve as resolvePath } from 'node:path';
import { pathToFileURL } from 'node:url';

import { invalid } from '../errors.js';
import { type SortKey, toList, toSortNode } from '../expr/coerce.js';
import type { SortNode } from '../expr/node.js';
import { describe } from '../params.js';
import type { ActionOptions } from '../session.js';
import { ACTION_SETTINGS } from './options.js';
import { type FileCompression, toPathsNative } from './read-options.js';
import { resolve, type Setting, type SettingTable } from './settings.js';

/** How rows meet those that a table has: beside them, or instead of them all. From DataFusion's `InsertOp`. */
export type InsertOp = 'append' | 'overwrite' | 'replace';

/** What all writes take. From DataFusion's `DataFrameWriteOptions`. */
export interface DataFrameWriteOptions extends ActionOptions {
  /** How the rows are sorted first. */
  sortBy?: SortKey | readonly SortKey[];
}

/** What writes of files take. */
export interface FileWriteOptions extends DataFrameWriteOptions {
  /** Columns that become folders: `year=2024/month=1/…`. */
  partitionBy?: string | readonly string[];
  /** Whether the columns of `partitionBy` are kept in the files too. Default `false`. */
  keepPartitionByColumns?: boolean;
  /** Whether the path is one file, which needs an ending. Default: it is when it has one and does not end in `/`. */
  singleFileOutput?: boolean;
}

/** Options of `writeTable`. */
export interface TableWriteOptions extends DataFrameWriteOptions {
  /** Default `'append'`. Tables of files can only be appended to. */
  insertOp?: InsertOp;
}

/** Compression inside of Parquet files. */
export type Compression = 'uncompressed' | 'snappy' | 'gzip' | 'brotli' | 'lz4' | 'zstd' | 'lz4_raw';

/** What a column of Parquet files has of its own. From DataFusion's `ParquetColumnOptions`. */
export interface ParquetColumnOptions {
  /** `'plain'`, `'delta_binary_packed'`, … Default: the writer's choice. */
  encoding?: string;
  /** Whether there is a dictionary. */
  dictionaryEnabled?: boolean;
  /** Default that of the file. */
  compression?: Compression;
  /** A level of `gzip`, `brotli` or `zstd`. */
  compressionLevel?: number;
  /** How fine statistics are. */
  statisticsEnabled?: 'none' | 'chunk' | 'page';
  /** Whether there is a bloom filter. */
  bloomFilterEnabled?: boolean;
  /** How often the bloom filter may be wrong, from 0 to 1. */
  bloomFilterFpp?: number;
  /** How many different values the bloom filter is made for. */
  bloomFilterNdv?: number;
}

/** Options of `writeParquet`. From DataFusion's `ParquetOptions`, whose defaults they have unless said otherwise. */
export interface ParquetWriterOptions extends FileWriteOptions {
  /** Default `'zstd'`. */
  compression?: Compression;
  /** A level of `gzip` (0 to 10), `brotli` (0 to 11) or `zstd` (1 to 22). Default 6, 1 and 3. */
  compressionLevel?: number;
  /** About how large a page is, in bytes. Default 1 048 576. */
  dataPagesizeLimit?: number;
  /** How many rows are written at once. Default 1024. */
  writeBatchSize?: number;
  /** The version of the format. Default `'1.0'`. */
  writerVersion?: '1.0' | '2.0';
  /** Whether the Arrow schema is left out of the file. Default `false`. */
  skipArrowMetadata?: boolean;
  /** Whether columns have dictionaries. Default `true`. */
  dictionaryEnabled?: boolean;
  /** How large a dictionary may grow, in bytes. Default 1 048 576. */
  dictionaryPageSizeLimit?: number;
  /** How fine statistics are. Default `'page'`. */
  statisticsEnabled?: 'none' | 'chunk' | 'page';
  /** How many rows a row group has at most. Default 1 048 576. */
  maxRowGroupSize?: number;
  /** Who wrote the file. Default DataFusion. */
  createdBy?: string;
  /** How long values in the column index are, in bytes. Default 64. */
  columnIndexTruncateLength?: number;
  /** How long values in statistics are, in bytes. Default 64. */
  statisticsTruncateLength?: number;
  /** How many rows a page has at most. Default 20 000. */
  dataPageRowCountLimit?: number;
  /** `'plain'`, `'delta_binary_packed'`, … Default: the writer's choice. */
  encoding?: string;
  /** Whether there are bloom filters. Default `false`. */
  bloomFilterOnWrite?: boolean;
  /** How often a bloom filter may be wrong, from 0 to 1. */
  bloomFilterFpp?: number;
  /** How many different values a bloom filter is made for. */
  bloomFilterNdv?: number;
  /** Whether a file is written by several threads. Default `true`. */
  allowSingleFileParallelism?: boolean;
  /** How many row groups of a file are written at once. Default 1. */
  maximumParallelRowGroupWriters?: number;
  /** How many batches wait for each of them. Default 2. */
  maximumBufferedRecordBatchesPerStream?: number;
  /** What single columns have of their own. */
  columnSpecificOptions?: Readonly<Record<string, ParquetColumnOptions>>;
}

/** Options of `writeCsv`. From DataFusion's `CsvOptions`. */
export interface CsvWriterOptions extends FileWriteOptions {
  /** Whether the first line holds the names. Default `true`. */
  withHeader?: boolean;
  /** Default `','`. */
  delimiter?: string;
  /** Default `'"'`. */
  quote?: string;
  /** What stands before a quote in a value; default: quotes are doubled. */
  escape?: string;
  /** Whether quotes in values are doubled. Default `true`. */
  doubleQuote?: boolean;
  /** Which values are quoted. Default `'necessary'`. */
  quoteStyle?: 'always' | 'necessary' | 'nonNumeric' | 'never';
  /** What null is. Default the empty text. */
  nullValue?: string;
  /** As `'%Y-%m-%d'`. */
  dateFormat?: string;
  /** As `'%Y-%m-%d %H:%M:%S'`. */
  datetimeFormat?: string;
  /** As `'%Y-%m-%d %H:%M:%S'`. */
  timestampFormat?: string;
  /** As `'%H:%M:%S'`. */
  timeFormat?: string;
  /** Default `'uncompressed'`. */
  compression?: FileCompression;
}

/** Options of `writeJson`: files with one JSON object a line. From DataFusion's `JsonOptions`. */
export interface JsonWriterOptions extends FileWriteOptions {
  /** Default `'uncompressed'`. */
  compression?: FileCompression;
}

/** Options of `writeArrow`: Arrow IPC files. */
export interface ArrowWriterOptions extends FileWriteOptions {
  /** Of the buffers inside; apache-arrow for JavaScript reads uncompressed ones only. Default `'uncompressed'`. */
  compression?: 'uncompressed' | 'lz4' | 'zstd';
}

/** The formats and their options. */
export interface WriteOptionsByFormat {
  parquet: ParquetWriterOptions;
  csv: CsvWriterOptions;
  json: JsonWriterOptions;
  arrow: ArrowWriterOptions;
}

/** A setting that is an option of the format, under DataFusion's name. */
interface FormatSetting extends Setting {
  readonly engine?: string;
}

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
} as const satisfies Record<string, FormatSetting>;

const STATISTICS = ['none', 'chunk', 'page'] as const;
const COMPRESSIONS = ['uncompressed', 'snappy', 'gzip', 'brotli', 'lz4', 'zstd', 'lz4_raw'] as const;
const TEXT_COMPRESSIONS = ['uncompressed', 'gzip', 'bzip2', 'xz', 'zstd'] as const;

/** The levels that a compression has, and its default. From the Parquet writer. */
export const COMPRESSION_LEVELS: Readonly<Partial<Record<Compression, { min: number; max: number; default: number }>>> =
  {
    gzip: { min: 0, max: 10, default: 6 },
    brotli: { min: 0, max: 11, default: 1 },
    zstd: { min: 1, max: 22, default: 3 },
  };

/** An integer option of DataFusion's. */
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
} as const satisfies Record<string, FormatSetting>;

const COLUMN_SETTINGS: Readonly<Record<string, FormatSetting>> = {
  ...COLUMN,
  bloomFilterEnabled: { type: 'boolean', engine: 'bloom_filter_enabled', doc: 'Bloom filters.' },
};

const FORMATS: Readonly<Record<keyof WriteOptionsByFormat, Readonly<Record<string, FormatSetting>>>> = {
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

/** A write as it crosses to Rust, and what gives it up. */
export interface NativeWrite {
  json: string;
  signal: AbortSignal | undefined;
}

/**
 * A write of files.
 *
 * @throws BallistaError `INVALID_ARGUMENT` with the nearest real name
 */
export function toFileWriteNative<F extends keyof WriteOptionsByFormat>(
  format: F,
  path: string | URL,
  options: WriteOptionsByFormat[F] | undefined,
): NativeWrite {
  const where = `write${format.charAt(0).toUpperCase()}${format.slice(1)}`;
  const settings = FORMATS[format];
  const given = resolve<ParquetWriterOptions & Record<string, unknown>>(where, settings, options as never);
  const engine: Record<string, string> = engineOptions(settings, given, '');
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
        throw invalid(`${where}: ${name}: compressionLevel needs a compression`);
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
 * A write of a table.
 *
 * @throws BallistaError `INVALID_ARGUMENT` with the nearest real name
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

function engineOptions(
  settings: Readonly<Record<string, FormatSetting>>,
  given: Readonly<Record<string, unknown>>,
  suffix: string,
): Record<string, string> {
  const options = Object.entries(settings).flatMap(([name, { engine }]) => {
    const value = given[name];
    if (engine === undefined || value === undefined) return [];
    const key = engine.includes('.') ? engine : `format.${engine}${suffix}`;
    return [[key, String(value)]];
  });
  return Object.fromEntries(options);
}

/** The engine takes a level as `zstd(3)`, and none for compressions that have levels is an error there. */
function compressionOption(
  where: string,
  compression: Compression = 'zstd',
  level: number | undefined,
  suffix: string,
): Record<string, string> {
  const levels = COMPRESSION_LEVELS[compression];
  if (!levels && level !== undefined)
    throw invalid(`${where}: ${compression} has no levels; leave out compressionLevel`);
  if (levels && level !== undefined && (level < levels.min || level > levels.max))
    throw invalid(`${where}: compressionLevel of ${compression} is from ${levels.min} to ${levels.max}, not ${level}`);
  const text = levels ? `${compression}(${level ?? levels.default})` : compression;
  return { [`format.compression${suffix}`]: text };
}

/** The engine tells a file from a folder by the path: only that travels to executors. */
function toTarget(where: string, path: string | URL, single: boolean | undefined): string {
  if (Array.isArray(path)) throw invalid(`${where} takes one path`);
  const [target = ''] = toPathsNative(path);
  const last = target.split('/').pop() ?? '';
  const isFile = last.includes('.');
  if (single === true && !isFile)
    throw invalid(
      `${where}: singleFileOutput needs a path with an ending, such as "${target.replace(/\/$/, '')}.parquet"`,
    );
  return toPlace(single === false && isFile ? `${target}/` : target);
}

/** Local paths as reading takes them, from the folder of this process; as a URL where the engine would see a pattern. */
function toPlace(target: string): string {
  if (/^[a-z][a-z0-9+.-]+:\/\//iu.test(target)) return target;
  const path = resolvePath(target) + (target.endsWith('/') ? '/' : '');
  return /[*?[]/u.test(path) ? pathToFileURL(path).href : path;
}

function toColumnNames(where: string, names: string | readonly string[]): string[] {
  const list = toList(names);
  if (list.some((name) => typeof name !== 'string' || name === ''))
    throw invalid(`${where}: partitionBy must be names of columns`);
  const twice = list.find((name, i) => list.indexOf(name) !== i);
  if (twice !== undefined) throw invalid(`${where}: partitionBy has "${twice}" twice`);
  return [...list];
}

function toColumns(
  where: string,
  columns: ParquetWriterOptions['columnSpecificOptions'] = {},
): Readonly<Record<string, ParquetColumnOptions>> {
  if (typeof columns === 'object' && columns !== null && !Array.isArray(columns)) return columns;
  throw invalid(`${where}: columnSpecificOptions must be an object, not ${describe(columns)}`);
}
