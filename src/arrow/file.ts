/**
 * Batches of a result → one Arrow IPC file.
 *
 * A file holds one dictionary a column, while every batch of a result brings its own: they are joined here.
 *
 * @module
 */

import { Data, type DataType, Dictionary, type Field, Int32, RecordBatch, Schema, Type, Vector } from 'apache-arrow';

import { buildColumn } from './build.js';
import { binder, toConversion } from './values.js';
import { encode } from './write.js';

// The forms that building takes back without loss.
const EXACT = toConversion({ int64: 'bigint', decimal: 'bigint', timestamp: 'bigint', date: 'date' });

/** The bytes of an Arrow IPC file with these batches. */
export function toIpcFile(schema: Schema, batches: readonly RecordBatch[]): Uint8Array {
  const fields = [...schema.fields];
  const columns = batches.map((batch) => [...batch.data.children]);
  fields.forEach((field, i) => {
    if ((field.type as DataType).typeId !== Type.Dictionary || batches.length < 2) return;
    const joined = joinDictionaries(
      field,
      columns.map((column) => column[i] as Data<Dictionary>),
    );
    fields[i] = field.clone({ type: joined.type });
    joined.columns.forEach((column, batch) => {
      (columns[batch] as Data[])[i] = column;
    });
  });
  const joinedSchema = new Schema(fields, schema.metadata);
  return encode(
    joinedSchema,
    batches.map((batch, i) => {
      const data = new Data(
        batch.data.type,
        0,
        batch.numRows,
        0,
        [] as unknown as Data['buffers'],
        columns[i] as Data[],
      );
      // Assigned, not passed: the constructor mixes up columns that share a name.
      return Object.assign(new RecordBatch(batch.schema, data), { schema: joinedSchema, data });
    }),
    'file',
  );
}

/** One dictionary with the entries of all, and indices that count on from batch to batch. */
function joinDictionaries(field: Field, columns: readonly Data<Dictionary>[]): { type: Dictionary; columns: Data[] } {
  const { dictionary: entryType, id, isOrdered } = field.type as Dictionary;
  const read = binder(entryType as DataType, EXACT);
  const entries: unknown[] = [];
  const starts = columns.map(({ dictionary }) => {
    const start = entries.length;
    for (const chunk of dictionary?.data ?? []) {
      const value = read(chunk);
      for (let i = 0; i < chunk.length; i++) entries.push(value(i));
    }
    return start;
  });
  const shared = new Vector([buildColumn(entryType as DataType, { path: field.name, values: entries, row: (i) => i })]);
  const type = new Dictionary(entryType as DataType, new Int32(), id, isOrdered);
  return {
    type,
    columns: columns.map((column, i) => {
      const indices = Int32Array.from(
        column.values as ArrayLike<number | bigint>,
        (index) => Number(index) + (starts[i] as number),
      );
      const buffers = [undefined, indices, column.nullBitmap, undefined] as unknown as Data['buffers'];
      return new Data(type, column.offset, column.length, column.nullCount, buffers, [], shared);
    }),
  };
}
