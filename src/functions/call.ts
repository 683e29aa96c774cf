/**
 * Calls of engine functions: what the generated functions are made of, and any function by its name.
 *
 * @module
 */

import { resolve, type SettingTable } from '../config/settings.js';
import { invalid } from '../errors.js';
import { isExpr, isSortExpr } from '../expr/brand.js';
import { type ExprLike, type SortKey, toList } from '../expr/coerce.js';
import { Expr } from '../expr/expr.js';
import { type Argument, toArgumentNode } from '../expr/lambda.js';
import { type CallNode, type ExprNode, type NullTreatment, node } from '../expr/node.js';
import { Window, type WindowOptions } from '../expr/window.js';
import { describe, isBytes, isDate } from '../params.js';
import { minimum, nameOf, toArguments } from './signature.js';

/** What an aggregate function may have besides its arguments. */
export interface AggregateClauses {
  /** Whether equal values count once. Default `false`. */
  distinct?: boolean;
  /** The rows that count; a string is SQL. Default: all. */
  filter?: ExprLike;
  /** The order in which values are taken. Default: none. */
  orderBy?: SortKey | readonly SortKey[];
  /** What is done with nulls. Default `'respect'`. */
  nullTreatment?: NullTreatment;
}

/** The options of an aggregate function: those clauses that it has. */
export type AggregateOptions<Clause extends keyof AggregateClauses = keyof AggregateClauses> = Pick<
  AggregateClauses,
  Clause
>;

const CLAUSES: SettingTable = {
  distinct: { type: 'boolean', doc: 'Whether equal values count once.' },
  filter: { type: 'any', doc: 'The rows that count.' },
  orderBy: { type: 'any', doc: 'The order in which values are taken.' },
  nullTreatment: { type: 'choice', choices: ['respect', 'ignore'], doc: 'What is done with nulls.' },
};

/** The forms of a function: usually one. */
type Forms = string | readonly string[];

/** A scalar or higher-order function. */
export function scalar(name: string, forms: Forms, given: readonly unknown[]): Expr {
  return call(name, toArguments(toList(forms), given));
}

/** An aggregate function, with those clauses that it has. */
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

/** A call with clauses from options. */
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

/** A window function; with its window, or for `over`. */
export function windowed(name: string, forms: Forms, given: readonly unknown[]): Expr {
  const { args, options } = split(toList(forms), given);
  const expr = call(name, toArguments(toList(forms), args, ' and a window'));
  return options === undefined ? expr : expr.over(options as Window | WindowOptions);
}

/** The last argument is options where it cannot be anything else. */
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
 * Calls a function of the engine by its SQL name. JavaScript values become literals, strings too; columns are
 * `col('name')`; a JavaScript function is a lambda. The engine checks name and arguments when a DataFrame takes the
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
    throw invalid(`callFunction takes the name of a function, not ${describe(name)}`);
  return call(
    name,
    args.map((arg, i) => toArgumentNode(arg, `argument ${i + 1} of ${name}`)),
  );
}

/** A call with its arguments as nodes. */
export function call(name: string, args: readonly ExprNode[], clauses: Partial<CallNode> = {}): Expr {
  return new Expr(node({ kind: 'call', name, args, ...clauses }));
}
