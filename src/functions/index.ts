/**
 * The functions of the engine, as functions that return expressions. From DataFusion's `functions`, `functions_aggregate`,
 * `functions_nested` and `functions_window`.
 *
 * All throw `INVALID_ARGUMENT` for a wrong number of arguments and for a value that is not an operand. The engine checks
 * types when a DataFrame uses the expression.
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

export { case_, when } from '../expr/builders/case.js';
export { lambda, lambdaVar } from '../expr/builders/lambda.js';
export { col } from '../expr/expr.js';
export { type ArraySortOptions, arraySort, listSort } from './array-sort.js';
export { type AggregateClauses, type AggregateOptions, callFunction } from './call/call.js';
export { count, countStar } from './count.js';
export * from './generated/index.js';
export { type KeyedOperands, makeMap, type NamedOperands, namedStruct, withMetadata } from './objects.js';
