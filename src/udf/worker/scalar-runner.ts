/**
 * Runs scalar functions.
 *
 * @module
 */

import { isAsyncFunction } from 'node:util/types';
import type { Data, DataType, Schema } from 'apache-arrow';

import type { CallSettings } from '../definition.js';
import type { CallInfo } from '../types.js';
import { columnsOf } from './argument-columns.js';
import { batches, several } from './batches.js';
import { outputsFor, toColumn } from './result-column.js';
import { Doubles, isDouble, rowLoop, type Values } from './row-loop.js';
import { binderOf, type Call, placeOf, type Runner, typesOf, type UserFunction } from './runner.js';
import { type Place, Thrown } from './thrown.js';

/**
 * Returns a runner for a scalar function.
 *
 * @param schema - the types of the arguments, then the type of the result
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

/** Computes the values of all rows. */
type Run = (columns: Data[], rows: number, place: (row: number) => Place, call: Call) => Values | Promise<Values>;

function loop(fn: UserFunction, types: readonly DataType[], returns: DataType, settings: CallSettings): Run {
  const run = rowLoop(fn, types, settings, isDouble(returns) ? 'doubles' : 'values');
  const outputs = isDouble(returns) ? outputsFor(returns, true) : undefined;
  return (columns, rows, place) => {
    const out = outputs ? new Doubles(outputs(rows)) : new Array<unknown>(rows);
    run(columns, rows, out, place);
    return out;
  };
}

/** Runs an async function for several rows at once: a new row starts when another is done. */
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
