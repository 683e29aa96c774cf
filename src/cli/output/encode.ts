/**
 * Turns a query into the bytes of a format.
 *
 * @module
 */

import { engineFile } from './engine-file.js';
import type { Format } from './formats.js';
import { json, ndjson } from './json.js';
import { markdown } from './markdown.js';
import type { Query } from './query.js';
import type { Result } from './rows.js';
import { csv, tsv } from './separated.js';
import { type TableLimits, table } from './table.js';
import { vertical } from './vertical.js';

/** How results are written. */
export interface OutputOptions extends TableLimits {
  readonly format: Format;
  /** Whether CSV and TSV begin with the names of the columns. */
  readonly header: boolean;
  /** Whether Arrow gets the file format, not the stream format. */
  readonly arrowFile: boolean;
}

/** The bytes of a result. The query runs as fast as they are read, and is cancelled when they are left early. */
export function encode(query: Query, options: OutputOptions): AsyncIterable<string | Uint8Array> {
  switch (options.format) {
    case 'parquet':
      return engineFile(query, 'parquet');
    case 'arrow':
      return options.arrowFile ? engineFile(query, 'arrow') : query.frame.stream(query.action).ipc();
    default:
      return text(counted(query), options.format, options);
  }
}

function text(
  result: Result,
  format: Exclude<Format, 'arrow' | 'parquet'>,
  options: OutputOptions,
): AsyncIterable<string> {
  switch (format) {
    case 'table':
      return table(result, options);
    case 'vertical':
      return vertical(result);
    case 'csv':
      return csv(result, options);
    case 'tsv':
      return tsv(result, options);
    case 'json':
      return json(result);
    case 'ndjson':
      return ndjson(result);
    case 'markdown':
      return markdown(result);
  }
}

/** The batches of a query, which are counted as they pass. */
function counted({ frame, action, onRows }: Query): Result {
  const stream = frame.stream(action);
  return {
    get schema() {
      return stream.schema;
    },
    async *[Symbol.asyncIterator]() {
      for await (const batch of stream) {
        onRows(batch.numRows);
        yield batch;
      }
    },
  };
}
