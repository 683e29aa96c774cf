/**
 * A function, made ready for batches.
 *
 * @module
 */

import { setTimeout } from 'node:timers/promises';
import { isAsyncFunction } from 'node:util/types';

import { Data, type DataType, type Schema, Vector } from 'apache-arrow';

import { isVector } from '../arrow/adopt.js';
import { buildColumn } from '../arrow/build.js';
import type { Binder } from '../arrow/columns.js';
import { typeName } from '../arrow/type-name.js';
import { binder, toConversion } from '../arrow/values.js';
import { invalid } from '../errors.js';
import { type Place, Thrown } from '../thrown.js';
import { columnsOf } from './block.js';
import type { CallSettings } from './definition.js';
import { compile, Doubles, isDouble, isNumbers, type Keep } from './loop.js';
import type { CallInfo } from './types.js';

/** A user's function. */
export type UserFunction = (...args: unknown[]) => unknown;

/** What a function is called for. */
export interface Call {
  /** Tells it that its result is not wanted any more. */
  readonly stop: AbortController;
  /** Whether some of it does not listen to that. */
  goesOn: boolean;
  /** Takes what comes before the last of its result, as structs. */
  readonly part: (data: Data) => void;
}

/** Calls a function with a batch. */
export type Runner = (block: Uint8Array, rows: number, call: Call) => Data | Promise<Data>;

/**
 * A runner for a function.
 *
 * @param schema - the types of its arguments, then that of its result
 */
export function runner(fn: UserFunction, schema: Schema, settings: CallSettings): Runner {
  const { types, returns } = typesOf(schema);
  if (settings.batch) return batches(fn, types, returns, settings);
  const run = isAsyncFunction(fn) ? lanes(fn, types, settings) : loop(fn, types, returns, settings);
  return (block, rows, call) => {
    const columns = columnsOf(block, types, rows);
    const place = (row: number): Place => placeOf(columns, types, row, settings);
    const values = run(columns, rows, place, call);
    return values instanceof Promise ? values.then((all) => toColumn(returns, all)) : toColumn(returns, values);
  };
}

/** The types of what a call takes, and of what it gives. */
export function typesOf(schema: Schema): { types: DataType[]; returns: DataType } {
  const types = schema.fields.map((field) => field.type as DataType);
  return { returns: types.pop() as DataType, types };
}

/** What reads the values of a column of a type by their rows. */
export function binderOf(type: DataType, settings: CallSettings): Binder<unknown> {
  return binder(type, { ...settings, json: false });
}

/**
 * The compiled loop of a function, over columns.
 *
 * @param keep - where results go
 */
export function rowLoop(
  fn: UserFunction,
  types: readonly DataType[],
  settings: CallSettings,
  keep: Keep,
): (columns: readonly Data[], rows: number, out: Values | undefined, place: (row: number) => Place) => void {
  const binders = types.map((type) => (isNumbers(type) ? undefined : binderOf(type, settings)));
  const run = compile(fn, binders.map(Boolean), settings.skipNulls, keep);
  return (columns, rows, out, place) => {
    const at = { row: 0 };
    try {
      const readers = columns.map((column, i) => binders[i]?.(column) ?? column.values);
      run(readers, columns.map(validityOf), rows, out, at);
    } catch (cause) {
      throw new Thrown(cause, place(at.row));
    }
  };
}

/** How long a call that has failed waits for those beside it. */
const GRACE_MS = 100;

/** The values of all rows. */
type Run = (columns: Data[], rows: number, place: (row: number) => Place, call: Call) => Values | Promise<Values>;
type Values = unknown[] | Doubles;

function loop(fn: UserFunction, types: readonly DataType[], returns: DataType, settings: CallSettings): Run {
  const run = rowLoop(fn, types, settings, isDouble(returns) ? 'doubles' : 'values');
  const outputs = isDouble(returns) ? outputsFor(returns, true) : undefined;
  return (columns, rows, place) => {
    const out = outputs ? new Doubles(outputs(rows)) : new Array<unknown>(rows);
    run(columns, rows, out, place);
    return out;
  };
}

/** Of a function that waits: several rows at a time, each as soon as one before it is done. */
function lanes(fn: UserFunction, types: readonly DataType[], settings: CallSettings): Run {
  const binders = types.map((type) => binderOf(type, settings));
  return async (columns, rows, place, call) => {
    const readers = binders.map((bind, i) => bind(columns[i] as Data));
    const info: CallInfo = { signal: call.stop.signal };
    return await several(rows, settings.concurrency, call, async (row) => {
      try {
        const args = readers.map((read) => read(row));
        return settings.skipNulls && args.includes(null) ? null : await fn(...args, info);
      } catch (cause) {
        throw new Thrown(cause, place(row));
      }
    });
  };
}

/** What is made of so many things, some of them at a time, each as soon as one before it is done. A failure stops all. */
async function several<T>(
  count: number,
  concurrency: number,
  call: Call,
  make: (i: number) => Promise<T>,
): Promise<T[]> {
  const made = new Array<T>(count);
  let next = 0;
  const lane = async (): Promise<void> => {
    for (let i = next++; i < count; i = next++) made[i] = await make(i);
  };
  const lanes = Array.from({ length: Math.min(concurrency, count) }, lane);
  try {
    await Promise.all(lanes);
  } catch (cause) {
    next = count;
    call.stop.abort(cause);
    const settled = Promise.allSettled(lanes).then(() => false);
    call.goesOn = await Promise.race([settled, setTimeout(GRACE_MS, true)]);
    throw cause;
  }
  return made;
}

/** A runner for a function of columns. */
export function batches(
  fn: UserFunction,
  types: readonly DataType[],
  returns: DataType,
  { batchSize, concurrency }: CallSettings,
): Runner {
  const finish = (result: unknown, rows: number): Data => {
    const data = isVector(result) ? ofVector(result as Vector, returns) : ofArray(result, returns);
    if (data.length !== rows) throw invalid(`it gave ${data.length} values for ${rows} rows`);
    return data;
  };
  const outputs = outputsFor(returns, !isAsyncFunction(fn) && batchSize === undefined);
  return (block, rows, call) => {
    const vectors = columnsOf(block, types, rows).map((column) => new Vector([column]));
    const make = (part: Vector[], count: number, out: ArrayBufferView | undefined): Data | Promise<Data> => {
      const result = fn(...part, { rows: count, signal: call.stop.signal, out });
      return result instanceof Promise ? result.then((all) => finish(all, count)) : finish(result, count);
    };
    if (batchSize === undefined || rows <= batchSize) return make(vectors, rows, outputs?.(rows));
    const parts = several(Math.ceil(rows / batchSize), concurrency, call, async (i) => {
      const [from, to] = [i * batchSize, Math.min((i + 1) * batchSize, rows)];
      return await make(
        vectors.map((vector) => vector.slice(from, to)),
        to - from,
        outputs?.(to - from),
      );
    });
    return parts.then((all) => toColumn(returns, valuesOf(new Vector(all), returns)));
  };
}

/**
 * Gives arrays for the numbers of a result.
 *
 * @param shared - whether it is the same memory for all calls. An answer is copied before the next, but what waits may go on
 * after its call has failed
 */
function outputsFor(type: DataType, shared: boolean): ((rows: number) => Float64Array) | undefined {
  const { ArrayType } = type as { ArrayType?: new (length: number) => Float64Array };
  if (!isNumbers(type) || !ArrayType) return undefined;
  let room = new ArrayType(0);
  return (rows) => {
    if (!shared) return new ArrayType(rows);
    if (room.length < rows) room = new ArrayType(rows);
    return room.subarray(0, rows);
  };
}

function ofVector(vector: Vector, type: DataType): Data {
  const [data, ...more] = vector.data;
  if (data && more.length === 0 && data.offset === 0 && typeName(vector.type as DataType) === typeName(type))
    return data;
  return toColumn(type, valuesOf(vector, type));
}

/** The values of a vector, as a column of a type takes them. */
export function valuesOf(vector: Vector, type: DataType): unknown[] {
  const [name, wanted] = [typeName(vector.type as DataType), typeName(type)];
  const same = name === wanted;
  // A time in JavaScript has milliseconds, and a number counts the units of the column.
  if (!same && /Timestamp\([µn]s/u.test(name)) throw invalid(`it gave ${name}, where ${wanted} is declared`);
  const bind = binder(vector.type as DataType, toConversion({ timestamp: same ? 'bigint' : 'date' }));
  return vector.data.flatMap((data) => {
    const read = bind(data);
    return Array.from({ length: data.length }, (_, row) => read(row));
  });
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

function validityOf({ nullBitmap }: Data): Uint8Array | undefined {
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
