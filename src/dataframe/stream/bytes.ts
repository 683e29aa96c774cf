/**
 * Results as bytes: Arrow IPC, which is passed through without decoding, and JSON lines.
 *
 * @module
 */

import type { RecordBatch, Schema } from 'apache-arrow';

import { bodyMessages, END_OF_STREAM, schemaMessage } from '../../arrow/ipc/messages.js';
import type { Conversion } from '../../arrow/values/convert-options.js';
import { type Converter, converter, type Row } from '../../arrow/values/values.js';
import type { ResultChunks } from './result-chunks.js';

/** The messages of one Arrow IPC stream. */
export async function* ipcMessages(chunks: ResultChunks): AsyncGenerator<Uint8Array, undefined, undefined> {
  let started = false;
  try {
    for (;;) {
      const bytes = await chunks.inTurn(() => chunks.next());
      if (!started) yield schemaMessage(bytes ?? chunks.schemaBytes);
      started = true;
      if (!bytes) break;
      yield bodyMessages(bytes);
    }
    yield END_OF_STREAM.slice();
  } finally {
    await chunks.return();
  }
}

/** One JSON object per line, in chunks of UTF-8. The schema is final after the first batch. */
export async function* jsonLines(
  batches: AsyncIterable<RecordBatch> & { readonly schema: Schema },
  conversion: Conversion,
): AsyncGenerator<Uint8Array, undefined, undefined> {
  const encoder = new TextEncoder();
  let convert: Converter<Row> | undefined;
  for await (const batch of batches) {
    convert ??= converter(batches.schema, conversion);
    const lines = convert.rows(batch).map((row) => `${JSON.stringify(row)}\n`);
    yield encoder.encode(lines.join(''));
  }
  return undefined;
}
