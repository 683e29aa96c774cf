/**
 * Converts Arrow data from users (tables, batches, IPC bytes) to Arrow IPC bytes.
 *
 * @module
 */

import { isAnyArrayBuffer } from 'node:util/types';
import { type DataType, type Field, type RecordBatch, Schema, type Table } from 'apache-arrow';

import { invalid } from '../../errors.js';
import { describe } from '../../input/describe.js';
import { isBytes } from '../../input/kinds.js';
import { typeName } from '../type-name.js';
import { adoptBatch, adoptSchema, isRecordBatch, isTable } from './adopt.js';
import { encode, withSchema } from './encode.js';

/**
 * Arrow data: a table, a batch, several batches (such as those of a `RecordBatchReader`), or the bytes of an Arrow IPC stream
 * or file. Objects of another copy of apache-arrow are accepted. Other libraries can pass bytes.
 */
export type ArrowInput = Table | RecordBatch | Iterable<RecordBatch> | Uint8Array | ArrayBuffer;

/**
 * Converts Arrow data to IPC bytes. Bytes are used unchanged.
 *
 * @throws BallistaError `INVALID_ARGUMENT`
 */
export function toIpc(input: ArrowInput): Uint8Array {
  if (isBytes(input)) return input;
  if (isAnyArrayBuffer(input)) return new Uint8Array(input);
  if (isTable(input)) {
    const schema = adoptSchema(input.schema);
    return encode(
      schema,
      input.batches.map(adoptBatch).map((batch) => withSchema(batch, schema)),
    );
  }
  return batchesToIpc(toBatches(input, 'the Arrow data'));
}

/**
 * Converts Arrow data to one IPC stream per partition. In an array of arrays of batches, each inner array is a partition.
 *
 * @throws BallistaError `INVALID_ARGUMENT`
 */
export function toPartitions(input: ArrowInput | readonly (readonly RecordBatch[])[]): Uint8Array[] {
  if (!Array.isArray(input) || !input.some(Array.isArray)) return [toIpc(input as ArrowInput)];
  const partitions = (input as readonly unknown[]).map((partition, i) => toBatches(partition, `partition ${i}`));
  const schema = commonSchema(partitions.flat());
  return partitions.map((batches) =>
    encode(
      schema,
      batches.map((batch) => withSchema(batch, schema)),
    ),
  );
}

function batchesToIpc(batches: readonly RecordBatch[]): Uint8Array {
  const schema = commonSchema(batches);
  return encode(
    schema,
    batches.map((batch) => withSchema(batch, schema)),
  );
}

function toBatches(input: unknown, what: string): RecordBatch[] {
  if (isRecordBatch(input)) return [adoptBatch(input)];
  if (typeof input !== 'object' || input === null || !(Symbol.iterator in input)) {
    throw invalid(
      `${what} must be an apache-arrow Table, a RecordBatch, an iterable of RecordBatches or Arrow IPC bytes, not ${describe(input)}.`,
    );
  }
  return Array.from(input as Iterable<unknown>, (batch, i) => {
    if (!isRecordBatch(batch)) {
      throw invalid(
        `${what}: item ${i} must be a RecordBatch, not ${describe(batch)}. Pass a table of another library as Arrow IPC bytes, and plain objects to fromRows.`,
      );
    }
    return adoptBatch(batch);
  });
}

/** The schema of several batches. They must agree on names and types; a column is nullable if it is in any batch. */
function commonSchema(batches: readonly RecordBatch[]): Schema {
  const first = batches[0]?.schema;
  if (!first)
    throw invalid('Without record batches, the schema is unknown. Pass a Table, or a RecordBatch without rows.');
  const fields = first.fields.map((field) => field.clone({ nullable: field.nullable }));
  for (const [i, { schema }] of batches.entries()) {
    if (schema.fields.length !== fields.length)
      throw invalid(
        `Batch ${i} has ${schema.fields.length} columns, but batch 0 has ${fields.length}. All batches must have the same columns.`,
      );
    schema.fields.forEach((field, at) => {
      const known = fields[at] as Field;
      if (field.name !== known.name || typeName(field.type as DataType) !== typeName(known.type as DataType)) {
        throw invalid(
          `Batch ${i}: column ${at} is "${field.name}" ${typeName(field.type as DataType)}, but in batch 0 it is "${known.name}" ${typeName(known.type as DataType)}.`,
        );
      }
      if (field.nullable && !known.nullable) fields[at] = known.clone({ nullable: true });
    });
  }
  return new Schema(fields, first.metadata);
}
