/**
 * Lambdas: functions that are applied to each element of a list.
 *
 * @module
 */

import { invalid } from '../../errors.js';
import { type Operand, operand, toName, wrong } from '../coerce.js';
import { Expr } from '../expr.js';
import type { ExprNode } from '../node/node.js';

/** A JavaScript function of expressions. It is called once, when the expression is built, and never with values. */
export type LambdaFunction = (...variables: Expr[]) => Operand;

/** An argument of an engine function: an operand, or a JavaScript function if the parameter is a lambda. */
export type Argument = Operand | LambdaFunction;

/** The names of lambda variables, in order. */
const NAMES = ['x', 'y', 'z', 'u', 'v', 'w'];

/** The number of lambdas that are being built; a lambda built now is nested in them. */
let depth = 0;

/** Converts an argument of a function: a JavaScript function to a lambda, everything else to an operand. */
export function toArgumentNode(value: Argument, where: string): ExprNode {
  return typeof value === 'function' ? traced(value, where) : operand(value, where);
}

/**
 * A lambda, made from a JavaScript function, or from variable names and a body. Engine functions that take a lambda also
 * accept the JavaScript function directly.
 *
 * The JavaScript function is called when the expression is built, with one expression for each of its parameters. From
 * DataFusion's `Expr::Lambda`.
 *
 * @throws BallistaError `INVALID_ARGUMENT`
 *
 * @example
 * ```ts
 * import { callFunction, col, lambda, lambdaVar } from 'ballista';
 *
 * console.log(String(lambda((x) => x.mul(2)))); // x -> x * 2
 * console.log(String(callFunction('array_filter', col('xs'), lambda(['v'], lambdaVar('v').gt(1))))); // array_filter(xs, v -> v > 1)
 * ```
 */
export function lambda(fn: LambdaFunction): Expr;
export function lambda(params: readonly string[], body: Operand): Expr;
export function lambda(first: LambdaFunction | readonly string[], body?: Operand): Expr {
  if (typeof first === 'function') return new Expr(traced(first, 'the result of the lambda'));
  if (!Array.isArray(first) || first.length === 0)
    throw wrong(first, 'argument 1 of lambda', 'a function or an array of variable names');
  const params = first.map((name: string) => toName(name, 'a variable of lambda', 'a name'));
  if (new Set(params).size < params.length) throw invalid('lambda: two variables have the same name. Rename one.');
  return new Expr({ kind: 'lambda', params, body: operand(body as Operand, 'the body of lambda') });
}

/**
 * A variable of the enclosing lambda, by name. From DataFusion's `Expr::LambdaVariable`.
 *
 * @throws BallistaError `INVALID_ARGUMENT`
 */
export function lambdaVar(name: string): Expr {
  return new Expr({ kind: 'lambdaVariable', name: toName(name, 'the name of lambdaVar', 'a name') });
}

/** Builds a lambda from a function. Nested lambdas get distinct variable names, so that no variable is hidden. */
function traced(fn: LambdaFunction, where: string): ExprNode {
  const count = Math.max(1, fn.length);
  for (let underscores = ''; ; underscores += '_') {
    const params = Array.from({ length: count }, (_, i) => `${underscores}${NAMES[i] ?? `x${i}_`}${depth || ''}`);
    const body = trace(fn, params, where);
    // In SQL text, a column with the name of a variable would be read as the variable.
    const columns = namesOfColumns(body);
    if (!params.some((name) => columns.has(name))) return { kind: 'lambda', params, body };
  }
}

function trace(fn: LambdaFunction, params: readonly string[], where: string): ExprNode {
  depth += 1;
  try {
    return operand(fn(...params.map(lambdaVar)), where);
  } finally {
    depth -= 1;
  }
}

/** The names of all columns in a node, which may be deep. */
function namesOfColumns(node: ExprNode): ReadonlySet<string> {
  const names = new Set<string>();
  const open: object[] = [node];
  for (let value = open.pop(); value; value = open.pop()) {
    const { kind, name } = value as { kind?: unknown; name?: unknown };
    if (kind === 'column') names.add(String(name));
    for (const [key, child] of Object.entries(value)) {
      if (key !== 'frame' && typeof child === 'object' && child !== null) open.push(child);
    }
  }
  return names;
}
