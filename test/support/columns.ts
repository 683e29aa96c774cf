import { type Data, type DataType, Field, type RecordBatch, Schema } from 'apache-arrow';

import { readBatches } from '../../src/arrow/ipc/decode.js';
import { rowsToIpc } from '../../src/arrow/ipc/plain-input.js';
import { type ConvertOptions, toConversion } from '../../src/arrow/values/convert-options.js';
import { converter } from '../../src/arrow/values/values.js';

/** A schema of one nullable column `x`. */
export function schemaOf(type: DataType): Schema {
  return new Schema([new Field('x', type, true)]);
}

/** A batch of one column, made from IPC bytes. */
export function batchOf(type: DataType, values: readonly unknown[]): RecordBatch {
  const [batch] = readBatches(
    rowsToIpc(
      values.map((x) => ({ x })),
      schemaOf(type),
    ),
  );
  if (!batch) throw new Error('no batch');
  return batch;
}

/** The values of the only column of a batch. */
export function valuesOf(batch: RecordBatch, options: ConvertOptions = {}): unknown[] {
  return converter(batch.schema, toConversion(options)).columns(batch)[0] ?? [];
}

/** The data of the only column of a batch. */
export function dataOf(batch: RecordBatch): Data {
  const [data] = batch.data.children;
  if (!data) throw new Error('no column');
  return data;
}
