/**
 * The options of web streams.
 *
 * @module
 */

import { CONVERT_SETTINGS, type ConvertOptions } from '../../arrow/values/convert-options.js';
import type { SettingTable } from '../../input/settings.js';

/** A web stream of record batches. */
export interface BatchStreamOptions {
  /** The default format. */
  format?: 'batches';
}

/** A web stream with the bytes of one Arrow IPC stream, which `tableFromIPC` of apache-arrow reads. */
export interface IpcStreamOptions {
  /** Arrow IPC bytes. */
  format: 'ipc';
}

/**
 * A web stream of UTF-8 text with one JSON object per line. Values are converted as with `json: true`. Other
 * {@link ConvertOptions} apply as far as they are JSON-safe.
 */
export interface NdjsonStreamOptions extends Omit<ConvertOptions, 'json'> {
  /** JSON lines. */
  format: 'ndjson';
}

/** The options of a web stream, by format. */
export type ReadableStreamOptions = BatchStreamOptions | IpcStreamOptions | NdjsonStreamOptions;

/** The settings table of web streams that do not convert values. */
export const FORMAT_SETTINGS = {
  format: {
    type: 'choice',
    choices: ['batches', 'ipc', 'ndjson'],
    default: 'batches',
  },
} as const satisfies SettingTable;

const { json: _, ...JSON_SETTINGS } = CONVERT_SETTINGS;

/** The settings table of web streams of any format. */
export const READABLE_STREAM_SETTINGS = { ...FORMAT_SETTINGS, ...JSON_SETTINGS };
