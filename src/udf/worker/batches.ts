/**
 * Runs batch functions, which are called with columns.
 *
 * @module
 */

import { setTimeout } from 'node:timers/promises';
import { isAsyncFunction } from 'node:util/types';
import { type Data, type DataType, Vector } from 'apache-arrow';

import { isVector } from '../../arrow/ipc/adopt.js';
import { invalid } from '../../errors.js';
import type { CallSettings } from '../definition.js';
import { columnsOf } from './argument-columns.js';
import { ofArray, ofVector, outputsFor, toColumn, valuesOf } from './result-column.js';
import type { Call, Runner, UserFunction } from './runner.js';

/** How long a failed batch waits for its other calls. */
const GRACE_MS = 100;

/** Makes `count` values with limited concurrency: a new one starts when another is done. An error stops all of them. */
export async function several<T>(
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

/** Returns a runner for a batch function. */
export function batches(
  fn: UserFunction,
  types: readonly DataType[],
  returns: DataType,
  { batchSize, concurrency }: CallSettings,
): Runner {
  const finish = (result: unknown, rows: number): Data => {
    const data = isVector(result) ? ofVector(result as Vector, returns) : ofArray(result, returns);
    if (data.length !== rows) throw invalid(`It returned ${data.length} values for ${rows} rows.`);
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
