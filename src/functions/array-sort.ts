/**
 * `array_sort`, with options instead of keywords in strings.
 *
 * @module
 */

import { type Operand, operand } from '../expr/coerce.js';
import type { Expr } from '../expr/expr.js';
import { resolve, type SettingTable } from '../input/settings.js';
import { call } from './call/call.js';

/** How an array is sorted. */
export interface ArraySortOptions {
  /** Whether the largest values come first. Default `false`. */
  descending?: boolean;
  /** Whether nulls come first. Default `false`. */
  nullsFirst?: boolean;
}

const SETTINGS: SettingTable = {
  descending: { type: 'boolean', default: false },
  nullsFirst: { type: 'boolean', default: false },
};

/**
 * Sorts an array. By default nulls come last, unlike with SQL's `array_sort(array)`.
 *
 * In SQL: `array_sort(array, 'ASC', 'NULLS LAST')`, also called `list_sort`.
 *
 * @throws BallistaError `INVALID_ARGUMENT`
 *
 * @example
 * ```ts
 * import { col, f } from 'ballista';
 *
 * console.log(String(f.arraySort(col('xs'), { descending: true }))); // array_sort(xs, 'DESC', 'NULLS LAST')
 * ```
 *
 * @see {@link https://datafusion.apache.org/user-guide/sql/scalar_functions.html#array-sort | DataFusion's array_sort}
 */
export function arraySort(array: Operand, options?: ArraySortOptions): Expr {
  const { descending, nullsFirst } = resolve<ArraySortOptions>('arraySort', SETTINGS, options);
  const words = [descending ? 'DESC' : 'ASC', nullsFirst ? 'NULLS FIRST' : 'NULLS LAST'];
  const where = 'argument array of arraySort';
  return call('array_sort', [operand(array, where), ...words.map((word) => operand(word, where))]);
}

export { arraySort as listSort };
