/**
 * The formats of results.
 *
 * @module
 */

import { extname } from 'node:path';

/** The formats, in the order of the help. */
export const FORMATS = ['table', 'vertical', 'csv', 'tsv', 'json', 'ndjson', 'markdown', 'arrow', 'parquet'] as const;

/** A format of results. */
export type Format = (typeof FORMATS)[number];

/** Formats that hold one result. Results of other formats can follow each other. */
export const SINGLE_RESULT: ReadonlySet<Format> = new Set(['json', 'arrow', 'parquet']);

/** Formats that are not text. */
export const BINARY: ReadonlySet<Format> = new Set(['arrow', 'parquet']);

const BY_EXTENSION: Readonly<Record<string, Format>> = {
  '.txt': 'table',
  '.csv': 'csv',
  '.tsv': 'tsv',
  '.tab': 'tsv',
  '.json': 'json',
  '.ndjson': 'ndjson',
  '.jsonl': 'ndjson',
  '.md': 'markdown',
  '.arrow': 'arrow',
  '.arrows': 'arrow',
  '.feather': 'arrow',
  '.parquet': 'parquet',
};

/** The format of a file by its name. */
export function formatOfFile(file: string): Format | undefined {
  return BY_EXTENSION[extname(file).toLowerCase()];
}

/** Whether a file of this name gets the Arrow file format. All other places get the stream format. */
export function isArrowFile(file: string | undefined): boolean {
  return file !== undefined && ['.arrow', '.feather'].includes(extname(file).toLowerCase());
}
