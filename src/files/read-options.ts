/**
 * Checks the options of `read…` and `register…` methods and encodes them for Rust, with DataFusion's names.
 *
 * @module
 */

import type { Schema } from 'apache-arrow';

import { isSchema } from '../arrow/ipc/adopt.js';
import { schemaToIpc } from '../arrow/ipc/encode.js';
import { type TypeLike, toTypeName } from '../arrow/type-name.js';
import type { NativeColumn, NativeReadOptions } from '../binding.cjs';
import { invalid } from '../errors.js';
import { type SortKey, toList, toSortNode } from '../expr/coerce.js';
import { encode } from '../expr/node/encode.js';
import { describe } from '../input/describe.js';
import { toEntries } from '../input/entries.js';
import { toLocalPath } from '../input/local-path.js';
import { type DocumentedTable, resolve } from '../input/settings.js';
import { CSV_HEADER, CSV_SETTINGS, engineOptions, type FormatSettings } from './format-settings.js';

/** A file, a folder, a glob or an object-store URL, or several of them with one schema. */
export type PathLike = string | URL | readonly (string | URL)[];

/** Options of all formats. */
export interface ReadOptions {
  /**
   * The schema of the files, or the types of all columns by name, in order: `{ id: 'Int64', name: 'Utf8' }`. Default: inferred
   * from the files.
   */
  schema?: Schema | Readonly<Record<string, TypeLike>>;
  /** The extension of the files in a folder. Default: that of the format. */
  fileExtension?: string;
  /**
   * The partition columns of a `year=2024/month=1/…` layout, in order, with their types. `[]` reads all files without partition
   * columns. Default: the keys of the folders, with the types that a CSV file with these values would have.
   */
  tablePartitionCols?: readonly (readonly [name: string, type: TypeLike])[];
  /** The sort order of the rows in every file, for the optimiser: one list of keys for each ordering. */
  fileSortOrder?: readonly (SortKey | readonly SortKey[])[];
}

/** Options of `readParquet` and `registerParquet`. From DataFusion's `ParquetReadOptions`. */
export interface ParquetReadOptions extends ReadOptions {
  /** Whether to skip row groups by statistics. Default: the session's `datafusion.execution.parquet.pruning`. */
  parquetPruning?: boolean;
  /** Whether to ignore metadata in the files' schemas. Default: the session's `datafusion.execution.parquet.skip_metadata`. */
  skipMetadata?: boolean;
}

/** Compression of text files. */
export type FileCompression = 'gzip' | 'bzip2' | 'xz' | 'zstd' | 'uncompressed';

/** Options of `readCsv` and `registerCsv`. From DataFusion's `CsvReadOptions`. */
export interface CsvReadOptions extends ReadOptions {
  /** The types of some columns by name; the others are inferred: `{ zip: 'Utf8' }`. Default: all are inferred. */
  columnTypes?: Readonly<Record<string, TypeLike>>;
  /**
   * Whether the first line contains the column names. Names that occur again get a number, such as `a_1`, and missing ones
   * become `column_3`. Default `true`.
   */
  hasHeader?: boolean;
  /** The character between values. Default `','`. */
  delimiter?: string;
  /** The character around values. Default `'"'`. */
  quote?: string;
  /** The character that escapes quotes. Default: none, quotes are doubled. */
  escape?: string;
  /** The character that ends a line. Default: CR, LF or both. */
  terminator?: string;
  /** Lines that start with this character are skipped. Default: none. */
  comment?: string;
  /** A regular expression for text that means null, in columns of all types. Default: the empty string. */
  nullRegex?: string;
  /** Whether quoted values may contain line breaks, which prevents parallel reading of a file. Default `false`. */
  newlinesInValues?: boolean;
  /** Whether lines may have fewer values than columns; missing values are null. Default `false`. */
  truncatedRows?: boolean;
  /**
   * What happens to a row with too many or too few values, or with a value that does not have the type of its column: the query
   * fails, the row is skipped, or the values that cannot be read are null. The metric `bad_rows` of the scan counts them. Default
   * `'error'`.
   */
  onBadRow?: 'error' | 'skip' | 'null';
  /** The number of rows that the schema is inferred from. Default 1000. */
  schemaInferMaxRecords?: number;
  /** The compression of the files. Default: that of their extension, as in `x.csv.gz`, if all paths have the same. */
  fileCompressionType?: FileCompression;
}

/**
 * Options of `readJson` and `registerJson`: files with one JSON object per line, or with one array of objects. From DataFusion's
 * `JsonReadOptions`.
 */
export interface JsonReadOptions extends ReadOptions {
  /** The types of some columns by name; the others are inferred: `{ zip: 'Utf8' }`. Default: all are inferred. */
  columnTypes?: Readonly<Record<string, TypeLike>>;
  /** The number of rows that the schema is inferred from. Default 1000. */
  schemaInferMaxRecords?: number;
  /** The compression of the files. Default: that of their extension, as in `x.csv.gz`, if all paths have the same. */
  fileCompressionType?: FileCompression;
}

/** Options of `readAvro` and `registerAvro`. From DataFusion's `AvroReadOptions`. */
export type AvroReadOptions = ReadOptions;

/** Options of `readArrow` and `registerArrow`: Arrow IPC files. From DataFusion's `ArrowReadOptions`. */
export type ArrowReadOptions = ReadOptions;

/** The formats and their options. */
export interface ReadOptionsByFormat {
  parquet: ParquetReadOptions;
  csv: CsvReadOptions;
  json: JsonReadOptions;
  avro: AvroReadOptions;
  arrow: ArrowReadOptions;
}

/** A file format. */
export type FileFormat = keyof ReadOptionsByFormat;

/** The settings table of {@link ReadOptions}. */
export const READ_SETTINGS = {
  schema: {
    type: 'any',
    aliases: ['columns'],
    typeText: 'Schema | Record<string, TypeLike>',
    defaultText: 'inferred from the files',
    doc: "The schema of the files, or the types of all columns by name, in order: `{ id: 'Int64', name: 'Utf8' }`.",
  },
  fileExtension: {
    type: 'string',
    aliases: ['extension', 'ext'],
    defaultText: 'that of the format',
    doc: 'The extension of the files in a folder.',
  },
  tablePartitionCols: {
    type: 'any',
    aliases: ['partitionBy', 'partitionCols', 'partitionColumns', 'partitions', 'hivePartitioning'],
    typeText: 'readonly [name: string, type: TypeLike][]',
    defaultText: 'the keys of the folders, with the types that a CSV file with these values would have',
    doc: 'The partition columns of a `year=2024/month=1/…` layout, in order, with their types. `[]` reads all files without partition columns.',
  },
  fileSortOrder: {
    type: 'any',
    typeText: 'readonly (SortKey | readonly SortKey[])[]',
    defaultText: 'none',
    doc: 'The sort order of the rows in every file, for the optimiser: one list of keys for each ordering.',
  },
} as const satisfies DocumentedTable;

const TEXT_SETTINGS = {
  columnTypes: {
    type: 'any',
    aliases: ['types', 'dtypes', 'dtype', 'schemaOverrides'],
    typeText: 'Record<string, TypeLike>',
    defaultText: 'all are inferred',
    doc: "The types of some columns by name; the others are inferred: `{ zip: 'Utf8' }`.",
  },
  schemaInferMaxRecords: {
    type: 'integer',
    min: 0,
    engine: 'schema_infer_max_rec',
    aliases: ['inferSchemaLength', 'samplingRatio', 'sampleSize', 'inferSchema'],
    defaultText: '`1000`',
    doc: 'The number of rows that the schema is inferred from.',
  },
  fileCompressionType: {
    type: 'string',
    engine: 'compression',
    aliases: ['compression'],
    typeText: 'FileCompression',
    defaultText: 'that of their extension, as in `x.csv.gz`, if all paths have the same',
    doc: 'The compression of the files.',
  },
} as const satisfies FormatSettings;

/** The options of each format in addition to {@link READ_SETTINGS}. */
export const READ_SETTINGS_BY_FORMAT: Readonly<Record<FileFormat, FormatSettings>> = {
  parquet: {
    parquetPruning: {
      type: 'boolean',
      engine: 'pruning',
      defaultText: "the session's `datafusion.execution.parquet.pruning`",
      doc: 'Whether to skip row groups by statistics.',
    },
    skipMetadata: {
      type: 'boolean',
      engine: 'skip_metadata',
      defaultText: "the session's `datafusion.execution.parquet.skip_metadata`",
      doc: "Whether to ignore metadata in the files' schemas.",
    },
  },
  csv: {
    ...TEXT_SETTINGS,
    hasHeader: CSV_HEADER,
    ...CSV_SETTINGS,
    escape: {
      type: 'character',
      engine: 'escape',
      aliases: ['escapeChar', 'escapechar'],
      defaultText: 'none, quotes are doubled',
      doc: 'The character that escapes quotes.',
    },
    terminator: {
      type: 'character',
      engine: 'terminator',
      aliases: ['lineSep', 'lineTerminator', 'eolChar', 'newLine'],
      defaultText: 'CR, LF or both',
      doc: 'The character that ends a line.',
    },
    comment: {
      type: 'character',
      engine: 'comment',
      aliases: ['commentPrefix', 'commentChar'],
      defaultText: 'none',
      doc: 'Lines that start with this character are skipped.',
    },
    nullRegex: {
      type: 'string',
      engine: 'null_regex',
      aliases: ['nullValue', 'nullValues', 'naValues', 'nullString', 'nullstr'],
      defaultText: 'the empty string',
      doc: 'A regular expression for text that means null, in columns of all types.',
    },
    newlinesInValues: {
      type: 'boolean',
      engine: 'newlines_in_values',
      aliases: ['multiLine', 'multiline'],
      defaultText: '`false`',
      doc: 'Whether quoted values may contain line breaks, which prevents parallel reading of a file.',
    },
    truncatedRows: {
      type: 'boolean',
      engine: 'truncated_rows',
      aliases: ['nullPadding', 'truncateRaggedLines'],
      defaultText: '`false`',
      doc: 'Whether lines may have fewer values than columns; missing values are null.',
    },
    onBadRow: {
      type: 'choice',
      choices: ['error', 'skip', 'null'],
      aliases: ['mode', 'ignoreErrors', 'onBadLines', 'errorOnBadRow'],
      defaultText: "`'error'`",
      doc: 'What happens to a row with too many or too few values, or with a value that does not have the type of its column: the query fails, the row is skipped, or the values that cannot be read are null. The metric `bad_rows` of the scan counts them.',
    },
  },
  json: TEXT_SETTINGS,
  avro: {},
  arrow: {},
};

/**
 * Encodes options for Rust.
 *
 * @throws BallistaError `INVALID_ARGUMENT` with the nearest valid name
 */
export function toReadOptionsNative<F extends FileFormat>(
  format: F,
  given: ReadOptionsByFormat[F] | undefined,
): NativeReadOptions {
  const table: FormatSettings = { ...READ_SETTINGS, ...READ_SETTINGS_BY_FORMAT[format] };
  const subject = `the ${format} reader`;
  const options = resolve<Record<string, unknown>>(subject, table, given as Record<string, unknown> | undefined);
  const { schema, fileExtension, tablePartitionCols, fileSortOrder } = options as ReadOptions;
  const native: NativeReadOptions = { format, options: engineOptions(table, options) };
  const { onBadRow, columnTypes } = options as CsvReadOptions;
  if (columnTypes !== undefined) {
    if (schema !== undefined) throw invalid(`${subject} takes schema or columnTypes, not both.`);
    native.columnTypes = toColumns(columnTypes, `${subject}: columnTypes`);
  }
  if (onBadRow !== undefined && onBadRow !== 'error') native.badRows = onBadRow;
  if (tablePartitionCols !== undefined) native.partitionColumns = toPartitionColumns(tablePartitionCols);
  if (fileExtension !== undefined) native.fileExtension = fileExtension;
  if (isSchema(schema)) native.schema = schemaToIpc(schema, `${subject}: schema`);
  else if (schema !== undefined) native.columns = toColumns(schema, `${subject}: schema`);
  if (fileSortOrder !== undefined) native.fileSortOrder = toSortOrder(fileSortOrder);
  return native;
}

function toColumns(types: Readonly<Record<string, TypeLike>>, where: string): NativeColumn[] {
  const columns = toEntries(types, where);
  if (columns.length === 0)
    throw invalid(`${where} has no columns. Pass a type for each column, such as { id: 'Int64' }.`);
  return columns.map(([name, type]) => ({ name, dataType: toTypeName(type, `${where}: the type of ${name}`) }));
}

function toPartitionColumns(columns: NonNullable<ReadOptions['tablePartitionCols']>): NativeColumn[] {
  if (!Array.isArray(columns))
    throw invalid(`tablePartitionCols must be an array of [name, type] pairs, not ${describe(columns)}.`);
  return columns.map((column: readonly [string, TypeLike], i) => {
    if (!Array.isArray(column) || column.length !== 2 || typeof column[0] !== 'string' || column[0] === '') {
      throw invalid(`tablePartitionCols[${i}] must be [name, type], such as ['year', 'Int32'].`);
    }
    return { name: column[0], dataType: toTypeName(column[1], `the type of tablePartitionCols[${i}]`) };
  });
}

function toSortOrder(orders: NonNullable<ReadOptions['fileSortOrder']>): string {
  if (!Array.isArray(orders)) throw invalid(`fileSortOrder must be an array of sort keys, not ${describe(orders)}.`);
  // A list of keys is an ordering; keys without a list form one ordering together.
  const lists = orders.some(Array.isArray)
    ? orders.map((order) => toList(order as SortKey | readonly SortKey[]))
    : [orders as readonly SortKey[]];
  return encode(lists.map((keys) => keys.map((key) => toSortNode(key, 'a key of fileSortOrder'))));
}

/**
 * Converts one or several paths to a list. `file:` URLs become paths.
 *
 * @throws BallistaError `INVALID_ARGUMENT`
 */
export function toPathsNative(path: PathLike): string[] {
  const paths = toList(path as string | URL | readonly (string | URL)[]);
  if (paths.length === 0) throw invalid('At least one path is required.');
  return paths.map((one) => {
    const text = one instanceof URL ? (one.protocol === 'file:' ? toLocalPath(one, 'a path') : one.href) : one;
    if (typeof text !== 'string' || text === '')
      throw invalid(`A path must be a string or a URL, not ${text === '' ? 'an empty string' : describe(text)}.`);
    return text;
  });
}
