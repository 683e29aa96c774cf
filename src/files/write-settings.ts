/**
 * The settings tables of the `write…` methods: options, types, defaults and documentation.
 *
 * @module
 */

import { ACTION_SETTINGS } from '../config/action-options.js';
import type { DocumentedTable } from '../input/settings.js';
import { CSV_HEADER, CSV_SETTINGS, type FormatSetting, type FormatSettings } from './format-settings.js';
import type { WriteOptionsByFormat } from './write-options.js';

/** The settings table of `DataFrameWriteOptions`. */
export const WRITE_SETTINGS = {
  ...ACTION_SETTINGS,
  sortBy: {
    type: 'any',
    typeText: 'SortKey | readonly SortKey[]',
    defaultText: 'no order',
    doc: 'Sort keys for the rows before they are written.',
  },
} as const satisfies DocumentedTable;

/** The options of writes to files in addition to {@link WRITE_SETTINGS}. */
export const FILE_SETTINGS = {
  mode: {
    type: 'choice',
    choices: ['error', 'append', 'overwrite', 'ignore'],
    default: 'error',
    doc: 'What to do if the file exists, or the folder contains files.',
  },
  partitionBy: {
    type: 'any',
    typeText: 'string | readonly string[]',
    defaultText: 'none',
    doc: 'Columns to partition by, into folders: `year=2024/month=1/…`.',
  },
  keepPartitionByColumns: {
    type: 'boolean',
    engine: 'execution.keep_partition_by_columns',
    defaultText: '`false`',
    doc: 'Whether the files also contain the columns of `partitionBy`.',
  },
  singleFileOutput: {
    type: 'boolean',
    defaultText: 'true if the path has an extension and does not end in `/`',
    doc: 'Whether the path is a single file with an extension.',
  },
} as const satisfies FormatSettings;

const STATISTICS = ['none', 'chunk', 'page'] as const;
const COMPRESSIONS = ['uncompressed', 'snappy', 'gzip', 'brotli', 'lz4', 'zstd', 'lz4_raw'] as const;

/** An integer option of DataFusion. */
function count(engine: string, defaultText: string, doc: string): FormatSetting {
  return { type: 'integer', min: 1, engine, defaultText, doc };
}

/** A compression of text files. */
const TEXT_COMPRESSION = {
  type: 'choice',
  choices: ['uncompressed', 'gzip', 'bzip2', 'xz', 'zstd'],
  engine: 'compression',
  defaultText: 'that of the extension of the path, as in `x.csv.gz`',
  doc: 'The compression of the files.',
} as const satisfies FormatSetting;

/** The settings table of `ParquetColumnOptions`. */
export const COLUMN_SETTINGS = {
  encoding: {
    type: 'string',
    engine: 'encoding',
    defaultText: "the writer's choice",
    doc: "The encoding of the values: `'plain'`, `'delta_binary_packed'`, …",
  },
  dictionaryEnabled: {
    type: 'boolean',
    engine: 'dictionary_enabled',
    defaultText: 'that of the file',
    doc: 'Whether the column has a dictionary.',
  },
  compression: {
    type: 'choice',
    choices: COMPRESSIONS,
    defaultText: 'that of the file',
    doc: 'The compression of the column.',
  },
  compressionLevel: {
    type: 'integer',
    min: 0,
    max: 22,
    defaultText: '6 for `gzip`, 1 for `brotli`, 3 for `zstd`',
    doc: 'The level of `gzip` (0 to 10), `brotli` (0 to 11) or `zstd` (1 to 22). It needs `compression`.',
  },
  statisticsEnabled: {
    type: 'choice',
    choices: STATISTICS,
    engine: 'statistics_enabled',
    defaultText: 'that of the file',
    doc: 'The level of detail of statistics.',
  },
  bloomFilterEnabled: {
    type: 'boolean',
    engine: 'bloom_filter_enabled',
    defaultText: 'that of the file',
    doc: 'Whether the column has a bloom filter.',
  },
  bloomFilterFpp: {
    type: 'number',
    min: 0,
    max: 1,
    engine: 'bloom_filter_fpp',
    defaultText: 'that of the file',
    doc: 'The false positive rate of the bloom filter, from 0 to 1.',
  },
  bloomFilterNdv: count(
    'bloom_filter_ndv',
    'that of the file',
    'The number of distinct values that the bloom filter is sized for.',
  ),
} as const satisfies FormatSettings;

/** The options of each format in addition to {@link FILE_SETTINGS}. */
export const WRITE_SETTINGS_BY_FORMAT: Readonly<Record<keyof WriteOptionsByFormat, FormatSettings>> = {
  parquet: {
    compression: { type: 'choice', choices: COMPRESSIONS, default: 'zstd', doc: 'The compression of the columns.' },
    compressionLevel: {
      ...COLUMN_SETTINGS.compressionLevel,
      doc: 'The level of `gzip` (0 to 10), `brotli` (0 to 11) or `zstd` (1 to 22).',
    },
    dataPagesizeLimit: count('data_pagesize_limit', '`1048576`', 'The approximate size of a page, in bytes.'),
    writeBatchSize: count('write_batch_size', '`1024`', 'The number of rows written at once.'),
    writerVersion: {
      type: 'choice',
      choices: ['1.0', '2.0'],
      engine: 'writer_version',
      defaultText: "`'1.0'`",
      doc: 'The version of the Parquet format.',
    },
    skipArrowMetadata: {
      type: 'boolean',
      engine: 'skip_arrow_metadata',
      defaultText: '`false`',
      doc: 'Whether to leave the Arrow schema out of the file.',
    },
    dictionaryEnabled: {
      ...COLUMN_SETTINGS.dictionaryEnabled,
      defaultText: '`true`',
      doc: 'Whether columns have dictionaries.',
    },
    dictionaryPageSizeLimit: count(
      'dictionary_page_size_limit',
      '`1048576`',
      'The maximum size of a dictionary, in bytes.',
    ),
    statisticsEnabled: { ...COLUMN_SETTINGS.statisticsEnabled, defaultText: "`'page'`" },
    maxRowGroupSize: count('max_row_group_size', '`1048576`', 'The maximum number of rows in a row group.'),
    createdBy: {
      type: 'string',
      engine: 'created_by',
      defaultText: 'DataFusion',
      doc: "The name of the writer in the file's metadata.",
    },
    columnIndexTruncateLength: count(
      'column_index_truncate_length',
      '`64`',
      'The maximum length of values in the column index, in bytes.',
    ),
    statisticsTruncateLength: count(
      'statistics_truncate_length',
      '`64`',
      'The maximum length of values in statistics, in bytes.',
    ),
    dataPageRowCountLimit: count('data_page_row_count_limit', '`20000`', 'The maximum number of rows in a page.'),
    encoding: COLUMN_SETTINGS.encoding,
    bloomFilterOnWrite: {
      type: 'boolean',
      engine: 'bloom_filter_on_write',
      defaultText: '`false`',
      doc: 'Whether to write bloom filters.',
    },
    bloomFilterFpp: {
      ...COLUMN_SETTINGS.bloomFilterFpp,
      defaultText: "the writer's choice",
      doc: 'The false positive rate of bloom filters, from 0 to 1.',
    },
    bloomFilterNdv: count(
      'bloom_filter_ndv',
      "the writer's choice",
      'The number of distinct values that bloom filters are sized for.',
    ),
    allowSingleFileParallelism: {
      type: 'boolean',
      engine: 'allow_single_file_parallelism',
      defaultText: '`true`',
      doc: 'Whether several threads write a file.',
    },
    maximumParallelRowGroupWriters: count(
      'maximum_parallel_row_group_writers',
      '`1`',
      'The number of row groups of a file that are written at once.',
    ),
    maximumBufferedRecordBatchesPerStream: count(
      'maximum_buffered_record_batches_per_stream',
      '`2`',
      'The number of batches buffered for each row group that is being written.',
    ),
    columnSpecificOptions: {
      type: 'any',
      typeText: 'Record<string, ParquetColumnOptions>',
      defaultText: 'none',
      doc: 'Options of single columns, by name.',
    },
  },
  csv: {
    withHeader: CSV_HEADER,
    ...CSV_SETTINGS,
    escape: {
      type: 'character',
      engine: 'escape',
      defaultText: 'quotes are doubled',
      doc: 'The character before a quote inside a value.',
    },
    doubleQuote: {
      type: 'boolean',
      engine: 'double_quote',
      defaultText: '`true`',
      doc: 'Whether quotes in values are doubled.',
    },
    quoteStyle: {
      type: 'choice',
      choices: ['always', 'necessary', 'nonNumeric', 'never'],
      engine: 'quote_style',
      defaultText: "`'necessary'`",
      doc: 'Which values are quoted.',
    },
    nullValue: {
      type: 'string',
      engine: 'null_value',
      defaultText: 'the empty string',
      doc: 'The string for null.',
    },
    dateFormat: {
      type: 'string',
      engine: 'date_format',
      defaultText: 'ISO 8601',
      doc: "The format of dates, for example `'%Y-%m-%d'`.",
    },
    datetimeFormat: {
      type: 'string',
      engine: 'datetime_format',
      defaultText: 'ISO 8601',
      doc: "The format of dates with a time, for example `'%Y-%m-%d %H:%M:%S'`.",
    },
    timestampFormat: {
      type: 'string',
      engine: 'timestamp_format',
      defaultText: 'ISO 8601',
      doc: "The format of timestamps without a time zone, for example `'%Y-%m-%d %H:%M:%S'`.",
    },
    timestampTzFormat: {
      type: 'string',
      engine: 'timestamp_tz_format',
      defaultText: 'ISO 8601',
      doc: "The format of timestamps with a time zone, for example `'%Y-%m-%d %H:%M:%S %z'`.",
    },
    timeFormat: {
      type: 'string',
      engine: 'time_format',
      defaultText: 'ISO 8601',
      doc: "The format of times, for example `'%H:%M:%S'`.",
    },
    compression: TEXT_COMPRESSION,
  },
  json: { compression: TEXT_COMPRESSION },
  arrow: {
    compression: {
      type: 'choice',
      choices: ['uncompressed', 'lz4', 'zstd'],
      engine: 'compression',
      defaultText: "`'uncompressed'`",
      doc: 'Compression of buffers. apache-arrow for JavaScript reads only uncompressed ones.',
    },
  },
};

/** The options of writes to a table in addition to {@link WRITE_SETTINGS}. */
export const TABLE_SETTINGS = {
  insertOp: {
    type: 'choice',
    choices: ['append', 'overwrite', 'replace'],
    default: 'append',
    doc: "Whether rows are added to the existing rows or replace them. Only in-memory tables support `'overwrite'`; no table supports `'replace'`.",
  },
} as const satisfies DocumentedTable;
