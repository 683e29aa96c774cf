/**
 * The most used aggregate functions; every other one by its SQL name through `f.call`.
 *
 * @module
 */

import { invalid } from '../errors.js';
import { Expr } from '../expr/expr.js';
import { type ExprNode, node } from '../expr/node.js';
import { describe } from '../params.js';
import { call, callFunction } from './call.js';

/** Options of an aggregate function. */
export interface AggregateOptions {
  /** Whether equal values count once. Default `false`. */
  distinct?: boolean;
}

function aggregate(name: string, expr: Expr, { distinct = false }: AggregateOptions = {}): Expr {
  return call(name, [argument(name, expr)], distinct);
}

function argument(name: string, expr: Expr): ExprNode {
  // A string could mean a column or a literal: neither is taken.
  if (!Expr.is(expr)) throw invalid(`${name} takes an expression, such as col('price'), not ${describe(expr)}`);
  return expr.node;
}

/**
 * Functions of the engine. From DataFusion's `functions_aggregate`; they throw `INVALID_ARGUMENT` for what is no expression.
 *
 * @example
 * ```ts
 * import { BallistaSessionContext, col, f } from 'ballista';
 *
 * const ctx = await BallistaSessionContext.standalone();
 * const sales = await ctx.fromRows([{ shop: 'A', price: 3 }, { shop: 'A', price: 4 }, { shop: 'B', price: 5 }]);
 * const totals = sales.aggregate('shop', [f.sum(col('price')).alias('total'), f.count().alias('n')]).sort('shop');
 * console.log(await totals.toArray({ int64: 'number' })); // [ { shop: 'A', total: 7, n: 2 }, { shop: 'B', total: 5, n: 1 } ]
 * await ctx.close();
 * ```
 */
export const f = Object.freeze({
  /** The sum of the values that are not null. */
  sum: (expr: Expr, options?: AggregateOptions): Expr => aggregate('sum', expr, options),
  /** The mean of the values that are not null. */
  avg: (expr: Expr, options?: AggregateOptions): Expr => aggregate('avg', expr, options),
  /** The smallest value. */
  min: (expr: Expr): Expr => aggregate('min', expr),
  /** The largest value. */
  max: (expr: Expr): Expr => aggregate('max', expr),
  /** How many values are not null; without an argument, how many rows there are. */
  count: (expr?: Expr, options: AggregateOptions = {}): Expr =>
    expr === undefined ? call('count', [node({ kind: 'wildcard' })]) : aggregate('count', expr, options),
  /** Any function by its SQL name: {@link callFunction}. */
  call: callFunction,
});
