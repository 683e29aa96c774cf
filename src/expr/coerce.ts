/**
 * Converts arguments of verbs and expressions to nodes; the rest of the code handles only nodes. `toArgumentNode` in
 * `lambda.ts` does the same for arguments of functions, which may be lambdas.
 *
 * @module
 */

import { invalid } from '../errors.js';
import { describe } from '../input/describe.js';
import { isWellFormed } from '../input/kinds.js';
import { has, isExpr, isSortExpr, SQL_QUERY } from './brand.js';
import type { Expr } from './expr.js';
import { type ExprNode, node, type SortNode, type Subquery } from './node/node.js';
import { type ParamValue, toLiteral } from './param-value.js';
import type { SortExpr } from './sort-expr.js';

/** An operand: an expression, or a JavaScript value that becomes a literal. Strings too; for columns use `col('name')`. */
export type Operand = Expr | ParamValue;

/** A column by name, or an expression. */
export type ExprLike = string | Expr;

/** A sort key: a column name or an expression (both ascending, nulls last), or an expression with a direction. */
export type SortKey = string | Expr | SortExpr;

/** Converts an operand: keeps an expression, turns a value into a literal. */
export function operand(value: Operand, where: string): ExprNode {
  if (isExpr(value)) return value.node;
  if (Array.isArray(value)) throw invalid(`${where} must not be an array. For a list, use lit([…]).`);
  return node({ kind: 'literal', value: toLiteral(value, where) });
}

/** Converts a column name, `'*'` for all columns, or an expression. */
export function toColumnNode(item: ExprLike, where: string): ExprNode {
  return item === '*' ? node({ kind: 'wildcard' }) : toKeyNode(item, where);
}

/** Converts a column name or an expression. `'*'` is not allowed. */
export function toKeyNode(item: ExprLike, where: string): ExprNode {
  if (isExpr(item)) return item.node;
  return node({ kind: 'column', name: toText(item, where, 'the name of a column or an expression') });
}

/** Converts SQL text, which the engine parses against the DataFrame's schema, or an expression. */
export function toSqlNode(item: ExprLike, where: string): ExprNode {
  if (isExpr(item)) return item.node;
  const wanted = 'SQL text or an expression';
  const text = toText(item, where, wanted);
  if (text.trim() === '') throw wrong('', where, wanted);
  return node({ kind: 'sql', text });
}

/** Converts a sort key. */
export function toSortNode(item: SortKey, where: string): SortNode {
  if (isSortExpr(item)) return item.node;
  if (isExpr(item)) return node({ expr: item.node, ascending: true, nullsFirst: false });
  const name = toText(item, where, 'the name of a column, an expression or a sort key');
  return node({ expr: node({ kind: 'column', name }), ascending: true, nullsFirst: false });
}

/** The text of an item that is not an expression. */
function toText(item: unknown, where: string, wanted: string): string {
  if (has(item, SQL_QUERY))
    throw invalid(`${where} must be ${wanted}, not a query of the sql tag. Make it an expression: expr\`\${query}\`.`);
  return toName(item, where, wanted);
}

/** Checks a subquery. Whether it belongs to the same context is checked when it is sent to the engine. */
export function toSubquery(frame: Subquery, where: string): Subquery {
  const given = frame as Partial<Subquery> | null | undefined;
  if (typeof given === 'object' && given !== null && typeof given.toSql === 'function') return frame;
  throw wrong(frame, where, 'a DataFrame');
}

/** Several arguments, or one array of them. */
export type Several<T> = T[] | [readonly T[]];

/** The arguments as one list. */
export function several<T>(items: Several<T>): readonly T[] {
  const [first] = items;
  return items.length === 1 && Array.isArray(first) ? (first as readonly T[]) : (items as readonly T[]);
}

/** One or several, as a list. */
export function toList<T>(items: T | readonly T[]): readonly T[] {
  return Array.isArray(items) ? (items as readonly T[]) : [items as T];
}

/** Checks a non-empty string that can be encoded as UTF-8. */
export function toName(value: unknown, where: string, wanted: string): string {
  if (typeof value !== 'string' || value === '' || !isWellFormed(value)) throw wrong(value, where, wanted);
  return value;
}

/** Checks a boolean. Truthy values are rejected. */
export function toBoolean(value: unknown, where: string): boolean {
  if (typeof value !== 'boolean') throw wrong(value, where, 'true or false');
  return value;
}

/** Checks an object of strings, as in Arrow's metadata. */
export function toMetadata(value: unknown, where: string): Readonly<Record<string, string>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw wrong(value, where, 'an object of strings');
  for (const [key, text] of Object.entries(value)) {
    if (typeof text !== 'string' || !isWellFormed(text)) throw wrong(text, `${where}: ${key}`, 'a string');
  }
  return { ...(value as Record<string, string>) };
}

/** The error for a wrong argument: what was expected, and what was given. */
export function wrong(item: unknown, where: string, wanted: string): Error {
  return invalid(`${where} must be ${wanted}, not ${item === '' ? 'an empty string' : describe(item)}.`);
}
