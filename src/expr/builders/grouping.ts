/**
 * Grouping sets for `aggregate`.
 *
 * @module
 */

import { type ExprLike, type Several, several, toKeyNode, wrong } from '../coerce.js';
import { Expr } from '../expr.js';
import type { ExprNode } from '../node/node.js';

/**
 * Several groupings in one aggregation. A string is the name of a column. From DataFusion's `GroupingSet`.
 *
 * The functions throw `INVALID_ARGUMENT`.
 *
 * @example
 * ```ts
 * import { f, GroupingSet } from 'ballista';
 *
 * // One row per origin and destination, one per origin, and one for all.
 * await df.aggregate(GroupingSet.rollup('origin', 'destination'), f.count().alias('n')).show(3);
 * ```
 */
export const GroupingSet = Object.freeze({
  /** Groups by all columns, then by all but the last, …, then all rows together: `ROLLUP (a, b)`. */
  rollup: (...keys: Several<ExprLike>): Expr =>
    new Expr({ kind: 'groupingSet', form: 'rollup', lists: [toKeys(several(keys), 'rollup')] }),

  /** Groups by every subset of the columns: `CUBE (a, b)`. */
  cube: (...keys: Several<ExprLike>): Expr =>
    new Expr({ kind: 'groupingSet', form: 'cube', lists: [toKeys(several(keys), 'cube')] }),

  /** Groups by each of the lists; `[]` puts all rows in one group: `GROUPING SETS ((a, b), (a), ())`. */
  groupingSets: (...lists: (readonly ExprLike[])[]): Expr =>
    new Expr({ kind: 'groupingSet', form: 'sets', lists: toLists(lists) }),
});

function toLists(lists: readonly (readonly ExprLike[])[]): ExprNode[][] {
  if (lists.length === 0) throw wrong(undefined, 'argument 1 of groupingSets', 'a list of columns');
  return lists.map((list, i) => {
    if (!Array.isArray(list)) throw wrong(list, `argument ${i + 1} of groupingSets`, 'a list of columns');
    return list.map((key: ExprLike) => toKeyNode(key, `a column of list ${i + 1} of groupingSets`));
  });
}

function toKeys(keys: readonly ExprLike[], form: string): ExprNode[] {
  if (keys.length === 0) throw wrong(undefined, `argument 1 of ${form}`, 'the name of a column or an expression');
  return keys.map((key, i) => toKeyNode(key, `argument ${i + 1} of ${form}`));
}
