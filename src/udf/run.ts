/**
 * A function, made ready for batches.
 *
 * @module
 */

import { isAsyncFunction } from 'node:util/types';

import { Data, type DataType, type Schema, Vector } from 'apache-arrow';

import { isVector } from '../arrow/adopt.js';
import { buildColumn } from '../arrow/build.js';
import { typeName } from '../arrow/type-name.js';
import { binder, toConversion } from '../arrow/values.js';
import { invalid } from '../errors.js';
import { type Place, Thrown } from '../thrown.js';
import { columnsOf } from './block.js';
import type { CallSettings } from './definition.js';
import { compile, Doubles, isDouble, isNumbers } from './loop.js';

/** A user's function. */
export type UserFunction = (...args: unknown[]) => unknown;

/** Calls a function with a batch. */
export type Runner = (block: Uint8Array, rows: number) => Data | Promise<Data>;

/**
 * A runner for a function.
 *
 * @param schema - the types of its arguments, then that of its result
 */
export function runner(fn: UserFunction, schema: Schema, settings: CallSettings): Runner {
  const { types, returns } = typesOf(schema);
  if (settings.batch) return batches(fn, types, returns);
  const run = isAsyncFunction(fn) ? lanes(fn, types, settings) : loop(fn, types, returns, settings);
  return (block, rows) => {
    const columns = columnsOf(block, types, rows);
    const place = (row: number): Place => placeOf(columns, types, row, settings);
    const values = run(columns, rows, place);
    return values instanceof Promise ? values.then((all) => toColumn(returns, all)) : toColumn(returns, values);
  };
}

/** The types of what a call takes, and of what it gives. */
export function typesOf(schema: Schema): { types: DataType[]; returns: DataType } {
  const types = schema.fields.map((field) => field.type as DataType);
  return { returns: types.pop() as DataType, types };
}

/** The values of all rows. */
type Run = (columns: Data[], rows: number, place: (row: number) => Place) => Values | Promise<Values>;
type Values = unknown[] | Doubles;

function loop(fn: UserFunction, types: readonly DataType[], returns: DataType, settings: CallSettings): Run {
  const read = types.map((type) => (isNumbers(type) ? undefined : binder(type, { ...settings, json: false })));
  const run = compile(fn, read.map(Boolean), settings.skipNulls, isDouble(returns) ? 'doubles' : 'values');
  // One for all batches: an answer is copied before the next call.
  let room = new Float64Array(0);
  return (columns, rows, place) => {
    if (isDouble(returns) && room.length < rows) room = new Float64Array(rows);
    const out = isDouble(returns) ? new Doubles(room.subarray(0, rows)) : new Array<unknown>(rows);
    const at = { row: 0 };
    try {
      const readers = columns.map((column, i) => read[i]?.(column) ?? column.values);
      run(readers, columns.map(validityOf), rows, out, at);
    } catch (cause) {
      throw new Thrown(cause, place(at.row));
    }
    return out;
  };
}

/** Of a function that waits: several rows at a time, each as soon as one before it is done. */
function lanes(fn: UserFunction, types: readonly DataType[], settings: CallSettings): Run {
  const binders = types.map((type) => binder(type, { ...settings, json: false }));
  return async (columns, rows, place) => {
    const readers = binders.map((bind, i) => bind(columns[i] as Data));
    const values = new Array<unknown>(rows);
    let next = 0;
    const lane = async (): Promise<void> => {
      for (let row = next++; row < rows; row = next++) {
        try {
          const args = readers.map((read) => read(row));
          values[row] = settings.skipNulls && args.includes(null) ? null : await fn(...args);
        } catch (cause) {
          next = rows;
          throw new Thrown(cause, place(row));
        }
      }
    };
    await Promise.all(Array.from({ length: Math.min(settings.concurrency, rows) }, lane));
    return values;
  };
}

/** A runner for a function of columns. */
export function batches(fn: UserFunction, types: readonly DataType[], returns: DataType): Runner {
  const finish = (result: unknown, rows: number): Data => {
    const data = isVector(result) ? ofVector(result as Vector, returns) : ofArray(result, returns);
    if (data.length !== rows) throw invalid(`it gave ${data.length} values for ${rows} rows`);
    return data;
  };
  return (block, rows) => {
    const vectors = columnsOf(block, types, rows).map((column) => new Vector([column]));
    const result = fn(...vectors, { rows });
    return result instanceof Promise ? result.then((all) => finish(all, rows)) : finish(result, rows);
  };
}

function ofVector(vector: Vector, type: DataType): Data {
  const [data, ...more] = vector.data;
  if (data && more.length === 0 && data.offset === 0 && typeName(vector.type as DataType) === typeName(type))
    return data;
  return ofArray([...vector], type);
}

function ofArray(values: unknown, type: DataType): Data {
  const { ArrayType } = type as { ArrayType?: new () => ArrayBufferView };
  if (isNumbers(type) && ArrayType && values instanceof ArrayType) {
    const { length } = values as unknown as ArrayLike<number>;
    return new Data(type, 0, length, 0, [undefined, values] as unknown as Data['buffers']);
  }
  if (!Array.isArray(values) && !ArrayBuffer.isView(values))
    throw invalid('a function of batches gives an array, a typed array or a vector of apache-arrow');
  return toColumn(type, values as unknown[]);
}

/** Results as a column. */
export function toColumn(type: DataType, values: Values): Data {
  if (!(values instanceof Doubles)) return buildColumn(type, { path: 'the result', values, row: (i) => i });
  const buffers = [undefined, values.values, values.validity] as unknown as Data['buffers'];
  return new Data(type, 0, values.values.length, values.nulls, buffers);
}

/** The bitmap of values that are there, if some are not. */
export function validityOf({ nullBitmap }: Data): Uint8Array | undefined {
  return nullBitmap?.byteLength ? nullBitmap : undefined;
}

/** Where something was thrown. */
export function placeOf(
  columns: readonly Data[],
  types: readonly DataType[],
  row: number,
  { showArguments }: CallSettings,
): Place {
  if (!showArguments) return { row };
  const conversion = toConversion({ json: true });
  return { row, args: columns.map((column, i) => binder(types[i] as DataType, conversion)(column)(row)) };
}
