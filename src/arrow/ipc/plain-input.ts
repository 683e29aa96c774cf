/**
 * Converts rows and columns of plain data to Arrow IPC bytes.
 *
 * @module
 */

import * as arrow from 'apache-arrow';
import { type Data, type DataType, Field, RecordBatch, Schema, Struct } from 'apache-arrow';

import { invalid } from '../../errors.js';
import { describe } from '../../input/describe.js';
import { buildColumn } from '../build/build-column.js';
import { inferType, keysOf, memberOf } from '../build/infer.js';
import { adoptSchema, isSchema, isVector } from './adopt.js';
import { encode, withSchema } from './encode.js';

/**
 * Converts rows to an IPC stream. Without a schema, the types are inferred from the values.
 *
 * @throws BallistaError `INVALID_ARGUMENT`, which names the row and the column
 */
export function rowsToIpc(rows: readonly object[], schema?: Schema): Uint8Array {
  if (!Array.isArray(rows)) throw invalid(`rows must be an array of objects, not ${describe(rows)}.`);
  rows.forEach((row: unknown, i) => {
    if (typeof row !== 'object' || row === null || Array.isArray(row))
      throw invalid(`Row ${i} must be an object, such as { id: 1 }, not ${describe(row)}.`);
  });
  const cells = { path: '', values: rows as readonly unknown[], row: (i: number) => i };
  const names = schema ? undefined : keysOf(cells);
  if (names?.length === 0) throw invalid('The rows have no columns, so their schema is unknown. Pass a schema.');
  return build(schema, names ?? [], rows.length, (name) => memberOf(cells, name));
}

/** Columns of equal length, as arrays or typed arrays. */
export type ColumnsInput = Readonly<Record<string, ArrayLike<unknown>>>;

/**
 * Converts columns to an IPC stream. Without a schema, the types are inferred from the values; a typed array keeps its type.
 *
 * @throws BallistaError `INVALID_ARGUMENT`, which names the row and the column
 */
export function columnsToIpc(columns: ColumnsInput, schema?: Schema): Uint8Array {
  if (typeof columns !== 'object' || columns === null || Array.isArray(columns)) {
    throw invalid(`columns must be an object of arrays, not ${describe(columns)}.`);
  }
  const names = Object.keys(columns);
  const [first] = names;
  if (first === undefined) throw invalid('columns must have at least one column.');
  for (const name of names) {
    const column: unknown = columns[name];
    if (typeof column !== 'object' || column === null || typeof (column as { length?: unknown }).length !== 'number') {
      throw invalid(`The column "${name}" must be an array or a typed array, not ${describe(column)}.`);
    }
    if (isVector(column)) {
      throw invalid(
        `The column "${name}" must be an array or a typed array, not ${describe(column)} of apache-arrow. Pass a Table of it to fromArrow.`,
      );
    }
    if (columns[name]?.length !== columns[first]?.length) {
      throw invalid(
        `The column "${name}" has ${columns[name]?.length} values, but the column "${first}" has ${columns[first]?.length}. All columns must have the same length.`,
      );
    }
  }
  const cells = (name: string): { path: string; values: ArrayLike<unknown>; row: (i: number) => number } => {
    const values = Object.hasOwn(columns, name) ? columns[name] : undefined;
    if (!values) throw invalid(`The schema has a column "${name}", but the given columns do not.`);
    return { path: name, values, row: (i) => i };
  };
  return build(schema, names, columns[first]?.length ?? 0, cells);
}

function build(
  given: Schema | undefined,
  names: readonly string[],
  length: number,
  cells: (name: string) => ReturnType<typeof memberOf>,
): Uint8Array {
  if (given !== undefined && !isSchema(given))
    throw invalid(
      `schema must be an apache-arrow Schema, such as new Schema([new Field('id', new Int64(), true)]), not ${describe(given)}. Without a schema, names and types come from the data.`,
    );
  const columns: Data[] = [];
  const fields: Field[] = [];
  for (const declared of given ? adoptSchema(given).fields : names) {
    const name = typeof declared === 'string' ? declared : declared.name;
    const column = cells(name);
    const field =
      typeof declared === 'string'
        ? new Field(name, typedArrayType(column.values) ?? inferType(column), true)
        : declared;
    fields.push(field);
    columns.push(buildColumn(field.type as DataType, column, field.nullable));
  }
  const schema = new Schema(fields, given?.metadata);
  const data = new arrow.Data(new Struct(fields), 0, length, 0, [] as unknown as Data['buffers'], columns);
  return encode(schema, [withSchema(new RecordBatch(schema, data), schema)]);
}

const TYPED_ARRAYS: Readonly<Record<string, () => DataType>> = {
  '[object Int8Array]': () => new arrow.Int8(),
  '[object Int16Array]': () => new arrow.Int16(),
  '[object Int32Array]': () => new arrow.Int32(),
  '[object BigInt64Array]': () => new arrow.Int64(),
  '[object Uint8Array]': () => new arrow.Uint8(),
  '[object Uint8ClampedArray]': () => new arrow.Uint8(),
  '[object Uint16Array]': () => new arrow.Uint16(),
  '[object Uint32Array]': () => new arrow.Uint32(),
  '[object BigUint64Array]': () => new arrow.Uint64(),
  '[object Float32Array]': () => new arrow.Float32(),
  '[object Float64Array]': () => new arrow.Float64(),
};

function typedArrayType(values: ArrayLike<unknown>): DataType | undefined {
  return ArrayBuffer.isView(values) ? TYPED_ARRAYS[Object.prototype.toString.call(values)]?.() : undefined;
}
