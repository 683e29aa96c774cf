/**
 * Decodes Arrow IPC bytes to record batches and schemas, as views without copying.
 *
 * @module
 */

import { type RecordBatch, RecordBatchReader, type RecordBatchStreamReader, type Schema } from 'apache-arrow';

import { BallistaError } from '../../errors.js';
import { sameColumns } from '../type-name.js';

/** The schema of an IPC stream, even if it has no batches. */
export function readSchema(bytes: Uint8Array): Schema {
  return open(bytes).schema;
}

/**
 * The batches of an IPC stream. All share one schema object: `known` if it is equal, otherwise the schema of the stream.
 *
 * apache-arrow creates a schema per batch. If two columns share a name, that schema gives the first column the type of the
 * second; the reader's schema is correct.
 */
export function readBatches(bytes: Uint8Array, known?: Schema): RecordBatch[] {
  try {
    const reader = open(bytes);
    const schema = known && sameColumns(known, reader.schema) ? known : reader.schema;
    const batches: RecordBatch[] = [];
    for (const batch of reader) {
      // Also drops the empty batch that apache-arrow returns for a stream without batches.
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
    // Bytes that are not IPC are read as an empty stream.
    if (!reader.schema) throw new Error('the bytes are not an Arrow IPC stream.');
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
