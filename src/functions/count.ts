/**
 * `count` of rows and of values.
 *
 * @module
 */

import { toList } from '../expr/coerce.js';
import type { Expr } from '../expr/expr.js';
import { node } from '../expr/node/node.js';
import { type AggregateOptions, aggregate, call, withClauses } from './call/call.js';

/**
 * Counts rows: `count(*)`. With an expression, counts the rows where it is not null; with several, the rows where none of them
 * is null.
 *
 * @param expressions - what to count; default: rows
 * @param options - `distinct`, `filter`
 * @throws BallistaError `INVALID_ARGUMENT`
 *
 * @example
 * ```ts
 * import { col, f } from 'ballista';
 *
 * console.log(String(f.count()), String(f.count(col('a'), { distinct: true }))); // count(*) count(DISTINCT a)
 * ```
 *
 * @see {@link https://datafusion.apache.org/user-guide/sql/aggregate_functions.html#count | DataFusion's count}
 */
export function count(expressions?: Expr | readonly Expr[], options?: AggregateOptions<'distinct' | 'filter'>): Expr {
  if (expressions === undefined) return withClauses(rows(), 'count', options, ['filter']);
  const given: unknown[] = [...toList(expressions)];
  if (options !== undefined) given.push(options);
  return aggregate('count', 'count(expression: Expr, ...expressions: Expr)', given, 'distinct', 'filter');
}

/**
 * Counts rows: `count(*)`.
 *
 * @param options - `filter`
 * @throws BallistaError `INVALID_ARGUMENT`
 *
 * @see {@link https://datafusion.apache.org/user-guide/sql/aggregate_functions.html#count | DataFusion's count}
 */
export function countStar(options?: AggregateOptions<'filter'>): Expr {
  return withClauses(rows(), 'countStar', options, ['filter']);
}

function rows(): Expr {
  return call('count', [node({ kind: 'wildcard' })]);
}
