/**
 * Calls of engine functions by name: scalar and aggregate, built in or registered.
 *
 * @module
 */

import { invalid } from '../errors.js';
import { Expr, type Operand, operand } from '../expr/expr.js';
import { type ExprNode, node } from '../expr/node.js';
import { describe } from '../params.js';

/**
 * Calls a function of the engine by its SQL name. JavaScript values become literals, strings too; columns are
 * `col('name')`. The engine checks name and arguments when a DataFrame takes the expression. From DataFusion's
 * `Expr::ScalarFunction` and `Expr::AggregateFunction`.
 *
 * @throws BallistaError `INVALID_ARGUMENT`
 *
 * @example
 * ```ts
 * import { callFunction, col } from 'ballista';
 *
 * console.log(String(callFunction('round', col('price'), 2))); // round(price, 2)
 * ```
 */
export function callFunction(name: string, ...args: Operand[]): Expr {
  if (typeof name !== 'string' || name === '')
    throw invalid(`callFunction takes the name of a function, not ${describe(name)}`);
  return call(
    name,
    args.map((arg, i) => operand(arg, `argument ${i + 1} of ${name}`)),
  );
}

/** A call with its arguments as nodes. */
export function call(name: string, args: readonly ExprNode[], distinct = false): Expr {
  return new Expr(node({ kind: 'call', name, args, distinct }));
}
