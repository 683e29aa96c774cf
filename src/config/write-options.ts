/**
 * The options of `write…`: of every format, and of tables.
 *
 * @module
 */

import type { SortKey } from '../expr/coerce.js';
import type { ActionOptions } from '../session.js';
import type { FileCompression } from './read-options.js';

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
