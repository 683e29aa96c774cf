/**
 * Converts the results of functions to columns.
 *
 * @module
 */

import { Data, type DataType, type Vector } from 'apache-arrow';

import { buildColumn } from '../../arrow/build/build-column.js';
import { typeName } from '../../arrow/type-name.js';
import { toConversion } from '../../arrow/values/convert-options.js';
import { binder } from '../../arrow/values/values.js';
import { invalid } from '../../errors.js';
import { Doubles, isNumbers, type Values } from './row-loop.js';

/**
 * Returns a function that provides arrays for numeric results.
 *
 * @param shared - whether all calls use the same memory. A result is copied before the next call, but an async function may
 * continue after its call has failed
 */
export function outputsFor(type: DataType, shared: boolean): ((rows: number) => Float64Array) | undefined {
  const { ArrayType } = type as { ArrayType?: new (length: number) => Float64Array };
  if (!isNumbers(type) || !ArrayType) return undefined;
  let room = new ArrayType(0);
  return (rows) => {
    if (!shared) return new ArrayType(rows);
    if (room.length < rows) room = new ArrayType(rows);
    return room.subarray(0, rows);
  };
}

/** Converts a vector that a batch function returned. */
export function ofVector(vector: Vector, type: DataType): Data {
  const [data, ...more] = vector.data;
  if (data && more.length === 0 && data.offset === 0 && typeName(vector.type as DataType) === typeName(type))
    return data;
  return toColumn(type, valuesOf(vector, type));
}

/** The values of a vector, in the forms that a column of the type accepts. */
export function valuesOf(vector: Vector, type: DataType): unknown[] {
  const [name, wanted] = [typeName(vector.type as DataType), typeName(type)];
  const same = name === wanted;
  // A JavaScript Date has only milliseconds, and a number would count units of the column.
  if (!same && /Timestamp\([µn]s/u.test(name))
    throw invalid(`It returned ${name}, but its declared type is ${wanted}.`);
  const bind = binder(vector.type as DataType, toConversion({ timestamp: same ? 'bigint' : 'date' }));
  return vector.data.flatMap((data) => {
    const read = bind(data);
    return Array.from({ length: data.length }, (_, row) => read(row));
  });
}

/** Converts an array that a batch function returned. */
export function ofArray(values: unknown, type: DataType): Data {
  const { ArrayType } = type as { ArrayType?: new () => ArrayBufferView };
  if (isNumbers(type) && ArrayType && values instanceof ArrayType) {
    const { length } = values as unknown as ArrayLike<number>;
    return new Data(type, 0, length, 0, [undefined, values] as unknown as Data['buffers']);
  }
  if (!Array.isArray(values) && !ArrayBuffer.isView(values))
    throw invalid('A batch function must return an array, a typed array or an apache-arrow Vector.');
  return toColumn(type, values as unknown[]);
}

/** Converts results to a column. */
export function toColumn(type: DataType, values: Values): Data {
  if (!(values instanceof Doubles)) return buildColumn(type, { path: 'the result', values, row: (i) => i });
  const buffers = [undefined, values.values, values.validity] as unknown as Data['buffers'];
  return new Data(type, 0, values.values.length, values.nulls, buffers);
}
