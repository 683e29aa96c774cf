/**
 * Runs window functions, which are called with partitions.
 *
 * @module
 */

import type { Data, Schema } from 'apache-arrow';

import { invalid } from '../../errors.js';
import { describe } from '../../input/describe.js';
import type { CallSettings } from '../definition.js';
import type { BatchInfo } from '../types.js';
import { columnsOf } from './argument-columns.js';
import { batches } from './batches.js';
import { toColumn } from './result-column.js';
import { binderOf, type Runner, typesOf, type UserFunction } from './runner.js';

/**
 * Returns a runner for a function of arrays, or of vectors for a batch function.
 *
 * @param schema - the types of the arguments, then the type of the result
 */
export function windowRunner(fn: UserFunction, schema: Schema, settings: CallSettings): Runner {
  const { types, returns } = typesOf(schema);
  if (settings.batch) return batches(fn, types, returns, settings);
  const binders = types.map((type) => binderOf(type, settings));
  return (block, rows, { stop: { signal } }) => {
    const columns = columnsOf(block, types, rows);
    const args = binders.map((bind, i) => {
      const read = bind(columns[i] as Data);
      return Array.from({ length: rows }, (_, row) => read(row));
    });
    const result = fn(...args, { rows, signal } satisfies BatchInfo);
    if (typeof result !== 'object' || result === null || !(Symbol.iterator in result))
      throw invalid(`A window function must return an iterable with a value for each row, not ${describe(result)}.`);
    const values = [...(result as Iterable<unknown>)];
    if (values.length !== rows) throw invalid(`It returned ${values.length} values for ${rows} rows.`);
    return toColumn(returns, values);
  };
}
