/**
 * Arrow IPC bytes → record batches and schemas, as views: nothing is copied.
 *
 * @module
 */

import { type RecordBatch, RecordBatchReader, type RecordBatchStreamReader, type Schema } from 'apache-arrow';

import { BallistaError } from '../errors.js';
import { sameColumns } from './type-name.js';

/** The schema of an IPC stream, also of one without batches. */
export function readSchema(bytes: Uint8Array): Schema {
  return open(bytes).schema;
}

/**
 * The batches of an IPC stream. All get one schema object: `known` where it is the same, else that of the stream.
 *
 * apache-arrow makes a schema per batch, and where two columns share a name gives the first the type of the second; the
 * schema of the reader is right.
 */
export function readBatches(bytes: Uint8Array, known?: Schema): RecordBatch[] {
  try {
    const reader = open(bytes);
    const schema = known && sameColumns(known, reader.schema) ? known : reader.schema;
    const batches: RecordBatch[] = [];
    for (const batch of reader) {
      // Also drops the placeholder that apache-arrow yields for a stream without batches.
      if (batch.numRows > 0) batches.push(Object.assign(batch, { schema }));
    }
    return batches;
  } catch (cause) {
    throw arrowError(cause);
  }
}

function open(bytes: Uint8Array): RecordBatchStreamReader {
  try {
    const reader = (RecordBatchReader.from(bytes) as RecordBatchStreamReader).open();
    // Bytes that are no IPC at all read as a stream without anything.
    if (!reader.schema) throw new Error('these bytes are no Arrow IPC stream');
    return reader;
  } catch (cause) {
    throw arrowError(cause);
  }
}

function arrowError(cause: unknown): BallistaError {
  if (BallistaError.is(cause)) return cause;
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new BallistaError('ARROW', `Arrow data cannot be decoded: ${reason}`, { cause });
}
