/**
 * A function of the partitions of a window, made ready for them.
 *
 * @module
 */

import type { Data, Schema } from 'apache-arrow';

import { binder } from '../arrow/values.js';
import { invalid } from '../errors.js';
import { describe } from '../params.js';
import { columnsOf } from './block.js';
import type { CallSettings } from './definition.js';
import { batches, type Runner, toColumn, typesOf, type UserFunction } from './run.js';

/**
 * A runner for a function of arrays, or of vectors where it is one of batches.
 *
 * @param schema - the types of its arguments, then that of its result
 */
export function windowRunner(fn: UserFunction, schema: Schema, settings: CallSettings): Runner {
  const { types, returns } = typesOf(schema);
  if (settings.batch) return batches(fn, types, returns);
  const binders = types.map((type) => binder(type, { ...settings, json: false }));
  return (block, rows) => {
    const columns = columnsOf(block, types, rows);
    const args = binders.map((bind, i) => {
      const read = bind(columns[i] as Data);
      return Array.from({ length: rows }, (_, row) => read(row));
    });
    const result = fn(...args, { rows });
    if (typeof result !== 'object' || result === null || !(Symbol.iterator in result))
      throw invalid(`a window function gives the values of all rows, not ${describe(result)}`);
    const values = [...(result as Iterable<unknown>)];
    if (values.length !== rows) throw invalid(`it gave ${values.length} values for ${rows} rows`);
    return toColumn(returns, values);
  };
}
