/**
 * Checks the options of `write…` methods and encodes them for Rust, with DataFusion's names.
 *
 * @module
 */

import { resolve as resolvePath } from 'node:path';
import { pathToFileURL } from 'node:url';

import type { ActionOptions } from '../config/action-options.js';
import { invalid } from '../errors.js';
import { type SortKey, toList, toSortNode } from '../expr/coerce.js';
import { encode } from '../expr/node/encode.js';
import type { SortNode } from '../expr/node/node.js';
import { describe } from '../input/describe.js';
import { isUrl } from '../input/local-path.js';
import { resolve } from '../input/settings.js';
import { engineOptions, type FormatSettings } from './format-settings.js';
import { toPathsNative } from './read-options.js';
import type {
  Compression,
  InsertOp,
  ParquetColumnOptions,
  ParquetWriterOptions,
  TableWriteOptions,
  WriteOptionsByFormat,
} from './write-options.js';
import {
  COLUMN_SETTINGS,
  FILE_SETTINGS,
  TABLE_SETTINGS,
  WRITE_SETTINGS,
  WRITE_SETTINGS_BY_FORMAT,
} from './write-settings.js';

/** The levels of a compression and its default, as in the Parquet writer. */
const COMPRESSION_LEVELS: Readonly<Partial<Record<Compression, { min: number; max: number; default: number }>>> = {
  gzip: { min: 0, max: 10, default: 6 },
  brotli: { min: 0, max: 11, default: 1 },
  zstd: { min: 1, max: 22, default: 3 },
};

/** A write as sent to Rust, and the options of the action. */
export interface NativeWrite {
  json: string;
  action: ActionOptions;
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
  const settings: FormatSettings = { ...WRITE_SETTINGS, ...FILE_SETTINGS, ...WRITE_SETTINGS_BY_FORMAT[format] };
  const given = resolve<ParquetWriterOptions & Record<string, unknown>>(where, settings, options as never);
  const place = toTarget(where, path, given.singleFileOutput);
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
        throw invalid(`${where}: ${name}: compressionLevel needs the option compression.`);
      if (own.compression !== undefined)
        Object.assign(engine, compressionOption(where, own.compression, own.compressionLevel, `::${name}`));
    }
  }
  const partitionBy = given.partitionBy === undefined ? [] : toColumnNames(where, given.partitionBy);
  if (given.mode === 'append' && partitionBy.length === 0 && isFile(place))
    throw invalid(`${where}: a single file cannot be appended to. Write to a folder, or set mode to 'overwrite'.`);
  const target = { kind: 'files', format, path: place, options: engine, partitionBy, mode: given.mode };
  const { signal, onProgress } = given;
  return { json: toJson(where, target, given.sortBy), action: { signal, onProgress } };
}

/**
 * Encodes a write to a table.
 *
 * @throws BallistaError `INVALID_ARGUMENT` with the nearest valid name
 */
export function toTableWriteNative(name: string, options: TableWriteOptions | undefined): NativeWrite {
  if (typeof name !== 'string' || name === '')
    throw invalid(`writeTable takes the name of a table, not ${name === '' ? 'an empty string' : describe(name)}.`);
  const { insertOp, sortBy, ...action } = resolve<TableWriteOptions & { insertOp: InsertOp }>(
    'writeTable',
    { ...WRITE_SETTINGS, ...TABLE_SETTINGS },
    options,
  );
  return { json: toJson('writeTable', { kind: 'table', name, insertOp }, sortBy), action };
}

function toJson(where: string, target: object, sortBy: SortKey | readonly SortKey[] = []): string {
  const keys: SortNode[] = toList(sortBy).map((key) => toSortNode(key, `${where}: a key of sortBy`));
  return JSON.stringify({ target, sortBy: encode(keys) });
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
    throw invalid(`${where}: ${compression} has no compression levels. Leave out compressionLevel.`);
  if (levels && level !== undefined && (level < levels.min || level > levels.max))
    throw invalid(
      `${where}: compressionLevel of ${compression} must be from ${levels.min} to ${levels.max}, not ${level}.`,
    );
  const text = levels ? `${compression}(${level ?? levels.default})` : compression;
  return { [`format.compression${suffix}`]: text };
}

/** Makes the path show whether it is a file or a folder: executors get only the path, and the engine decides by it. */
function toTarget(where: string, path: string | URL, single: boolean | undefined): string {
  if (Array.isArray(path)) throw invalid(`${where} takes one path, not an array.`);
  const [target = ''] = toPathsNative(path);
  const file = isFile(target);
  if (single === true && !file)
    throw invalid(
      `${where}: singleFileOutput needs a path with a file extension, such as "${target.replace(/\/$/, '')}.parquet".`,
    );
  return toPlace(single === false && file ? `${target}/` : target);
}

/** Whether the engine takes a path for a single file. */
function isFile(path: string): boolean {
  return (path.split('/').pop() ?? '').includes('.');
}

/** Makes a local path absolute, as for reading. Returns a URL if the engine would read the path as a glob pattern. */
function toPlace(target: string): string {
  if (isUrl(target)) return target;
  const path = resolvePath(target) + (target.endsWith('/') ? '/' : '');
  return /[*?[]/u.test(path) ? pathToFileURL(path).href : path;
}

function toColumnNames(where: string, names: string | readonly string[]): string[] {
  const list = toList(names);
  if (list.some((name) => typeof name !== 'string' || name === ''))
    throw invalid(`${where}: partitionBy must be a column name or an array of column names.`);
  const twice = list.find((name, i) => list.indexOf(name) !== i);
  if (twice !== undefined) throw invalid(`${where}: partitionBy contains "${twice}" twice.`);
  return [...list];
}

function toColumns(
  where: string,
  columns: ParquetWriterOptions['columnSpecificOptions'] = {},
): Readonly<Record<string, ParquetColumnOptions>> {
  if (typeof columns === 'object' && columns !== null && !Array.isArray(columns)) return columns;
  throw invalid(`${where}: columnSpecificOptions must be an object, not ${describe(columns)}.`);
}
