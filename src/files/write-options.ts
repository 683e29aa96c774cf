/**
 * The options of `write…` methods, for file formats and tables.
 *
 * @module
 */

import type { ActionOptions } from '../config/action-options.js';
import type { SortKey } from '../expr/coerce.js';
import type { FileCompression } from './read-options.js';

/**
 * `'append'` adds rows to a table, `'overwrite'` replaces all its rows. `'replace'`, which replaces the rows with the same key,
 * is always rejected, because no table supports it. From DataFusion's `InsertOp`.
 */
export type InsertOp = 'append' | 'overwrite' | 'replace';

/**
 * What a write does if its file exists already, or its folder contains files. From Spark's `SaveMode`.
 *
 * - `'error'`: it fails with `FILE_EXISTS` and changes nothing.
 * - `'append'`: it adds its files to the folder. A single file cannot be appended to.
 * - `'overwrite'`: its files replace the file, or the files of the same format in the folder and its subfolders. Old files are
 *   removed after all new ones are complete, so a write that fails changes nothing.
 * - `'ignore'`: it writes nothing and returns 0.
 *
 * Files and folders whose names begin with `_` or `.` do not count, because readers leave them out.
 */
export type WriteMode = 'error' | 'append' | 'overwrite' | 'ignore';

/** Options of all writes. From DataFusion's `DataFrameWriteOptions`. */
export interface DataFrameWriteOptions extends ActionOptions {
  /** Sort keys for the rows before they are written. */
  sortBy?: SortKey | readonly SortKey[];
}

/** Options of writes to files. */
export interface FileWriteOptions extends DataFrameWriteOptions {
  /** What to do if the file exists, or the folder contains files. Default `'error'`. */
  mode?: WriteMode;
  /**
   * Columns to partition by, into folders: `year=2024/month=1/…`. A result without rows makes no folder; to read it back, pass
   * `schema`.
   */
  partitionBy?: string | readonly string[];
  /** Whether the files also contain the columns of `partitionBy`. Default `false`. */
  keepPartitionByColumns?: boolean;
  /** Whether the path is a single file with an extension. Default: true if the path has one and does not end in `/`. */
  singleFileOutput?: boolean;
}

/** Options of `writeTable`. */
export interface TableWriteOptions extends DataFrameWriteOptions {
  /**
   * Whether rows are added to the existing rows or replace them. Only in-memory tables support `'overwrite'`; no table supports `'replace'`. Default
   * `'append'`.
   */
  insertOp?: InsertOp;
}

/** Compression inside Parquet files. */
export type Compression = 'uncompressed' | 'snappy' | 'gzip' | 'brotli' | 'lz4' | 'zstd' | 'lz4_raw';

/** An encoding of Parquet columns. */
export type ParquetEncoding =
  | 'plain'
  | 'plain_dictionary'
  | 'rle'
  | 'delta_binary_packed'
  | 'delta_length_byte_array'
  | 'delta_byte_array'
  | 'rle_dictionary'
  | 'byte_stream_split'
  | (string & {});

/** Options of a single column of Parquet files. From DataFusion's `ParquetColumnOptions`. */
export interface ParquetColumnOptions {
  /** The encoding of the values: `'plain'`, `'delta_binary_packed'`, … Default: the writer's choice. */
  encoding?: ParquetEncoding;
  /** Whether the column has a dictionary. */
  dictionaryEnabled?: boolean;
  /** The compression of the column. Default: that of the file. */
  compression?: Compression;
  /**
   * The level of `gzip` (0 to 10), `brotli` (0 to 11) or `zstd` (1 to 22). It needs `compression`. Defaults: 6, 1 and 3.
   */
  compressionLevel?: number;
  /** The level of detail of statistics. */
  statisticsEnabled?: 'none' | 'chunk' | 'page';
  /** Whether the column has a bloom filter. */
  bloomFilterEnabled?: boolean;
  /** The false positive rate of the bloom filter, from 0 to 1. */
  bloomFilterFpp?: number;
  /** The number of distinct values that the bloom filter is sized for. */
  bloomFilterNdv?: number;
}

/** Options of `writeParquet`. From DataFusion's `ParquetOptions`, with the same defaults unless noted. */
export interface ParquetWriterOptions extends FileWriteOptions {
  /** The compression of the columns. Default `'zstd'`. */
  compression?: Compression;
  /** The level of `gzip` (0 to 10), `brotli` (0 to 11) or `zstd` (1 to 22). Defaults: 6, 1 and 3. */
  compressionLevel?: number;
  /** The approximate size of a page, in bytes. Default 1 048 576. */
  dataPagesizeLimit?: number;
  /** The number of rows written at once. Default 1024. */
  writeBatchSize?: number;
  /** The version of the Parquet format. Default `'1.0'`. */
  writerVersion?: '1.0' | '2.0';
  /** Whether to leave the Arrow schema out of the file. Default `false`. */
  skipArrowMetadata?: boolean;
  /** Whether columns have dictionaries. Default `true`. */
  dictionaryEnabled?: boolean;
  /** The maximum size of a dictionary, in bytes. Default 1 048 576. */
  dictionaryPageSizeLimit?: number;
  /** The level of detail of statistics. Default `'page'`. */
  statisticsEnabled?: 'none' | 'chunk' | 'page';
  /** The maximum number of rows in a row group. Default 1 048 576. */
  maxRowGroupSize?: number;
  /** The name of the writer in the file's metadata. Default: DataFusion. */
  createdBy?: string;
  /** The maximum length of values in the column index, in bytes. Default 64. */
  columnIndexTruncateLength?: number;
  /** The maximum length of values in statistics, in bytes. Default 64. */
  statisticsTruncateLength?: number;
  /** The maximum number of rows in a page. Default 20 000. */
  dataPageRowCountLimit?: number;
  /** The encoding of the values: `'plain'`, `'delta_binary_packed'`, … Default: the writer's choice. */
  encoding?: ParquetEncoding;
  /** Whether to write bloom filters. Default `false`. */
  bloomFilterOnWrite?: boolean;
  /** The false positive rate of bloom filters, from 0 to 1. */
  bloomFilterFpp?: number;
  /** The number of distinct values that bloom filters are sized for. */
  bloomFilterNdv?: number;
  /** Whether several threads write a file. Default `true`. */
  allowSingleFileParallelism?: boolean;
  /** The number of row groups of a file that are written at once. Default 1. */
  maximumParallelRowGroupWriters?: number;
  /** The number of batches buffered for each row group that is being written. Default 2. */
  maximumBufferedRecordBatchesPerStream?: number;
  /** Options of single columns, by name. */
  columnSpecificOptions?: Readonly<Record<string, ParquetColumnOptions>>;
}

/** Options of `writeCsv`. From DataFusion's `CsvOptions`. */
export interface CsvWriterOptions extends FileWriteOptions {
  /** Whether the first line contains the column names. Default `true`. */
  withHeader?: boolean;
  /** The character between values. Default `','`. */
  delimiter?: string;
  /** The character around values. Default `'"'`. */
  quote?: string;
  /** The character before a quote inside a value. Default: quotes are doubled. */
  escape?: string;
  /** Whether quotes in values are doubled. Default `true`. */
  doubleQuote?: boolean;
  /** Which values are quoted. Default `'necessary'`. */
  quoteStyle?: 'always' | 'necessary' | 'nonNumeric' | 'never';
  /** The string for null. Default: the empty string. */
  nullValue?: string;
  /** The format of dates, for example `'%Y-%m-%d'`. Default: ISO 8601. */
  dateFormat?: string;
  /** The format of dates with a time, for example `'%Y-%m-%d %H:%M:%S'`. Default: ISO 8601. */
  datetimeFormat?: string;
  /** The format of timestamps without a time zone, for example `'%Y-%m-%d %H:%M:%S'`. Default: ISO 8601. */
  timestampFormat?: string;
  /** The format of timestamps with a time zone, for example `'%Y-%m-%d %H:%M:%S %z'`. Default: ISO 8601. */
  timestampTzFormat?: string;
  /** The format of times, for example `'%H:%M:%S'`. Default: ISO 8601. */
  timeFormat?: string;
  /** The compression of the files. Default: that of the extension of the path, as in `x.csv.gz`. */
  compression?: FileCompression;
}

/** Options of `writeJson`: files with one JSON object per line. From DataFusion's `JsonOptions`. */
export interface JsonWriterOptions extends FileWriteOptions {
  /** The compression of the files. Default: that of the extension of the path, as in `x.csv.gz`. */
  compression?: FileCompression;
}

/** Options of `writeArrow`: Arrow IPC files. */
export interface ArrowWriterOptions extends FileWriteOptions {
  /** Compression of buffers. apache-arrow for JavaScript reads only uncompressed ones. Default `'uncompressed'`. */
  compression?: 'uncompressed' | 'lz4' | 'zstd';
}

/** The formats and their options. */
export interface WriteOptionsByFormat {
  parquet: ParquetWriterOptions;
  csv: CsvWriterOptions;
  json: JsonWriterOptions;
  arrow: ArrowWriterOptions;
}
