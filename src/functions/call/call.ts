/**
 * Calls of engine functions: the base of the generated functions, and calls by name.
 *
 * @module
 */

import { invalid } from '../../errors.js';
import { isExpr, isSortExpr } from '../../expr/brand.js';
import { type Argument, toArgumentNode } from '../../expr/builders/lambda.js';
import { type ExprLike, type SortKey, toList } from '../../expr/coerce.js';
import { Expr } from '../../expr/expr.js';
import { type CallNode, type ExprNode, type NullTreatment, node } from '../../expr/node/node.js';
import { Window, type WindowOptions } from '../../expr/window.js';
import { describe } from '../../input/describe.js';
import { isBytes, isDate } from '../../input/kinds.js';
import { resolve, type SettingTable } from '../../input/settings.js';
import { minimum, nameOf, toArguments } from './signature.js';

/** The clauses that an aggregate function can have in addition to its arguments. */
export interface AggregateClauses {
  /** Whether to aggregate distinct values only. Default `false`. */
  distinct?: boolean;
  /** A predicate for the rows to aggregate; a string is SQL. Default: all rows. */
  filter?: ExprLike;
  /** The order of the values. Default: none. */
  orderBy?: SortKey | readonly SortKey[];
  /** How nulls are treated. Default `'respect'`. */
  nullTreatment?: NullTreatment;
}

/** The options of an aggregate function: the clauses that it supports. */
export type AggregateOptions<Clause extends keyof AggregateClauses = keyof AggregateClauses> = Pick<
  AggregateClauses,
  Clause
>;

const CLAUSES: SettingTable = {
  distinct: { type: 'boolean' },
  filter: { type: 'any' },
  orderBy: { type: 'any' },
  nullTreatment: { type: 'choice', choices: ['respect', 'ignore'] },
};

/** The signatures of a function, usually one. */
type Forms = string | readonly string[];

/** Calls a scalar or higher-order function. */
export function scalar(name: string, forms: Forms, given: readonly unknown[]): Expr {
  return call(name, toArguments(toList(forms), given));
}

/** Calls an aggregate function, with the clauses that it supports. */
export function aggregate(
  name: string,
  forms: Forms,
  given: readonly unknown[],
  ...clauses: (keyof AggregateClauses)[]
): Expr {
  const { args, options } = split(toList(forms), given);
  const nodes = toArguments(toList(forms), args, clauses.length > 0 ? ' and options' : '');
  const [sorted] = args;
  return withClauses(
    call(name, nodes, isSortExpr(sorted) ? { orderBy: [sorted.node] } : {}),
    nameOf(toList(forms)[0] as string),
    options as AggregateOptions | undefined,
    clauses,
  );
}

/** Adds clauses from options to a call. */
export function withClauses(
  expr: Expr,
  subject: string,
  options: AggregateOptions | undefined,
  clauses: readonly (keyof AggregateClauses)[],
): Expr {
  const table = Object.fromEntries(Object.entries(CLAUSES).filter(([name]) => clauses.includes(name as never)));
  const given = resolve<AggregateOptions>(subject, table as SettingTable, options);
  let result = given.distinct ? expr.distinct() : expr;
  if (given.filter !== undefined) result = result.filter(given.filter);
  if (given.orderBy !== undefined) result = result.orderBy(...toList(given.orderBy));
  return given.nullTreatment ? result.nullTreatment(given.nullTreatment) : result;
}

/** Calls a window function. Without a window in the arguments, the call needs `over`. */
export function windowed(name: string, forms: Forms, given: readonly unknown[]): Expr {
  const { args, options } = split(toList(forms), given);
  const expr = call(name, toArguments(toList(forms), args, ' and a window'));
  return options === undefined ? expr : expr.over(options as Window | WindowOptions);
}

/** Separates options from arguments. The last argument is options if it cannot be anything else. */
function split(forms: readonly string[], given: readonly unknown[]): { args: readonly unknown[]; options?: unknown } {
  const last = given.at(-1);
  if (given.length <= minimum(forms) || !isOptions(last)) return { args: given };
  return { args: given.slice(0, -1), options: last };
}

function isOptions(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return Window.is(value) || !(isExpr(value) || isSortExpr(value) || isDate(value) || isBytes(value));
}

/**
 * Calls an engine function by its SQL name. JavaScript values become literals, including strings; for columns use
 * `col('name')`. A JavaScript function becomes a lambda. The engine checks name and arguments when a DataFrame uses the
 * expression. From DataFusion's `Expr::ScalarFunction`, `Expr::AggregateFunction` and `Expr::WindowFunction`.
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
export function callFunction(name: string, ...args: Argument[]): Expr {
  if (typeof name !== 'string' || name === '')
    throw invalid(`callFunction takes the name of a function, not ${describe(name)}.`);
  return call(
    name,
    args.map((arg, i) => toArgumentNode(arg, `argument ${i + 1} of ${name}`)),
  );
}

/** Builds a call whose arguments are nodes. */
export function call(name: string, args: readonly ExprNode[], clauses: Partial<CallNode> = {}): Expr {
  return new Expr(node({ kind: 'call', name, args, ...clauses }));
}
