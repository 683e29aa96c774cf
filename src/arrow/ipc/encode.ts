/**
 * Encodes schemas and record batches as Arrow IPC bytes.
 *
 * @module
 */

import { RecordBatch, RecordBatchFileWriter, RecordBatchStreamWriter, type Schema } from 'apache-arrow';

import { BallistaError, invalid } from '../../errors.js';
import { describe } from '../../input/describe.js';
import { adoptSchema, isSchema } from './adopt.js';

export function withSchema(batch: RecordBatch, schema: Schema): RecordBatch {
  // Assigned, not passed to the constructor, which mixes up columns with the same name.
  return Object.assign(new RecordBatch(batch.schema, batch.data), { schema });
}

/** Encodes batches of the same schema as an IPC stream or file. */
export function encode(
  schema: Schema,
  batches: readonly RecordBatch[],
  format: 'stream' | 'file' = 'stream',
): Uint8Array {
  try {
    const writer = format === 'file' ? new RecordBatchFileWriter() : new RecordBatchStreamWriter();
    writer.reset(undefined, schema);
    for (const batch of batches) writer.write(batch);
    return writer.finish().toUint8Array(true);
  } catch (cause) {
    throw new BallistaError(
      'ARROW',
      `Arrow data cannot be encoded: ${cause instanceof Error ? cause.message : String(cause)}`,
      { cause },
    );
  }
}

/** Encodes a schema as an IPC stream without batches. */
export function schemaToIpc(schema: Schema, where: string): Uint8Array {
  if (!isSchema(schema)) throw invalid(`${where} must be an apache-arrow Schema, not ${describe(schema)}.`);
  return encode(adoptSchema(schema), []);
}
