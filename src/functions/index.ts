/**
 * The functions of the engine, as expressions. From DataFusion's `functions`, `functions_aggregate`, `functions_nested` and
 * `functions_window`.
 *
 * All throw `INVALID_ARGUMENT` for a wrong number of arguments and for what is no operand. Types are checked by the engine
 * when a DataFrame takes the expression.
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
 *
 * @module
 */

export { case_, when } from '../expr/case.js';
export { col } from '../expr/expr.js';
export { lambda, lambdaVar } from '../expr/lambda.js';
export { type ArraySortOptions, arraySort, listSort } from './array-sort.js';
export { type AggregateClauses, type AggregateOptions, callFunction } from './call.js';
export { count, countStar } from './count.js';
export * from './generated/index.js';
export { type KeyedOperands, makeMap, type NamedOperands, namedStruct, withMetadata } from './objects.js';
