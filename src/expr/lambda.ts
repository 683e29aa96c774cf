/**
 * Lambdas: what functions over lists do with each element.
 *
 * @module
 */

import { invalid } from '../errors.js';
import { type Operand, operand, toName, wrong } from './coerce.js';
import { Expr } from './expr.js';
import type { ExprNode } from './node.js';

/** A JavaScript function of expressions. It is called once, when the expression is built, never with values. */
export type LambdaFunction = (...variables: Expr[]) => Operand;

/** What a function of the engine takes: an operand, or a JavaScript function where it takes a lambda. */
export type Argument = Operand | LambdaFunction;

/** How the variables of a lambda are called, in order. */
const NAMES = ['x', 'y', 'z', 'u', 'v', 'w'];

/** How many lambdas are being traced: the next one is inside of them. */
let depth = 0;

/** An argument of a function: a JavaScript function as a lambda, everything else as an operand. */
export function toArgumentNode(value: Argument, where: string): ExprNode {
  return typeof value === 'function' ? traced(value, where) : operand(value, where);
}

/**
 * A lambda, from a JavaScript function or from the names of its variables and its body. Where a function of the engine takes
 * one, the JavaScript function can stand by itself.
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
  if (!Array.isArray(first) || first.length === 0) throw wrong(first, 'lambda', 'a function, or names and a body');
  const params = first.map((name: string) => toName(name, 'a variable of lambda', 'a name'));
  if (new Set(params).size < params.length) throw invalid('lambda: two variables have the same name');
  return new Expr({ kind: 'lambda', params, body: operand(body as Operand, 'the body of lambda') });
}

/**
 * A variable of the lambda around it, by its name. From DataFusion's `Expr::LambdaVariable`.
 *
 * @throws BallistaError `INVALID_ARGUMENT`
 */
export function lambdaVar(name: string): Expr {
  return new Expr({ kind: 'lambdaVariable', name: toName(name, 'the name of lambdaVar', 'a name') });
}

/** Calls a function with variables. Inside of other lambdas they have names of their own, so that none is hidden. */
function traced(fn: LambdaFunction, where: string): ExprNode {
  const count = Math.max(1, fn.length);
  for (let underscores = ''; ; underscores += '_') {
    const params = Array.from({ length: count }, (_, i) => `${underscores}${NAMES[i] ?? `x${i}_`}${depth || ''}`);
    const body = trace(fn, params, where);
    // As SQL text a column of that name would be taken for the variable.
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

/** The names of all columns in a node. */
function namesOfColumns(value: unknown, found = new Set<string>()): ReadonlySet<string> {
  if (typeof value !== 'object' || value === null) return found;
  const { kind, name } = value as { kind?: unknown; name?: unknown };
  if (kind === 'column') found.add(String(name));
  for (const [key, child] of Object.entries(value)) if (key !== 'frame') namesOfColumns(child, found);
  return found;
}
