/**
 * The doors for what verbs and expressions take: behind them there are only nodes. Functions have one more, for lambdas:
 * `toArgumentNode` in `lambda.ts`.
 *
 * @module
 */

import { invalid } from '../errors.js';
import { describe, isWellFormed, type ParamValue, toLiteral } from '../params.js';
import { isExpr, isSortExpr } from './brand.js';
import type { Expr, SortExpr } from './expr.js';
import { type ExprNode, node, type SortNode, type Subquery } from './node.js';

/** An operand: an expression, or a JavaScript value, which becomes a literal (a string too: columns are `col('name')`). */
export type Operand = Expr | ParamValue;

/** A column by name, or an expression. */
export type ExprLike = string | Expr;

/** A column by name (smallest first, nulls last), an expression (likewise) or an expression with a direction. */
export type SortKey = string | Expr | SortExpr;

/** An operand: an expression as it is, a value as a literal. */
export function operand(value: Operand, where: string): ExprNode {
  if (isExpr(value)) return value.node;
  if (Array.isArray(value)) throw invalid(`${where} is an array; write lit([…]) for a list`);
  return node({ kind: 'literal', value: toLiteral(value, where) });
}

/** A column by its name, `'*'` for all columns, or an expression. */
export function toColumnNode(item: ExprLike, where: string): ExprNode {
  return item === '*' ? node({ kind: 'wildcard' }) : toKeyNode(item, where);
}

/** A column by its name, or an expression, where all columns make no sense. */
export function toKeyNode(item: ExprLike, where: string): ExprNode {
  if (isExpr(item)) return item.node;
  return node({ kind: 'column', name: toName(item, where, 'the name of a column or an expression') });
}

/** SQL text, which the engine parses against the DataFrame's schema, or an expression. */
export function toSqlNode(item: ExprLike, where: string): ExprNode {
  if (isExpr(item)) return item.node;
  const wanted = 'SQL text or an expression';
  const text = toName(item, where, wanted);
  if (text.trim() === '') throw wrong('', where, wanted);
  return node({ kind: 'sql', text });
}

/** A sort key. */
export function toSortNode(item: SortKey, where: string): SortNode {
  if (isSortExpr(item)) return item.node;
  if (isExpr(item)) return node({ expr: item.node, ascending: true, nullsFirst: false });
  const name = toName(item, where, 'the name of a column, an expression or a sort key');
  return node({ expr: node({ kind: 'column', name }), ascending: true, nullsFirst: false });
}

/** A DataFrame as a subquery; whether it is one of the same context is seen where it crosses. */
export function toSubquery(frame: Subquery, where: string): Subquery {
  const given = frame as Partial<Subquery> | null | undefined;
  if (typeof given === 'object' && given !== null && typeof given.toSql === 'function') return frame;
  throw wrong(frame, where, 'a DataFrame');
}

/** One or several, as a list. */
export function toList<T>(items: T | readonly T[]): readonly T[] {
  return Array.isArray(items) ? (items as readonly T[]) : [items as T];
}

/** Text that is not empty, and has an UTF-8. */
export function toName(value: unknown, where: string, wanted: string): string {
  if (typeof value !== 'string' || value === '' || !isWellFormed(value)) throw wrong(value, where, wanted);
  return value;
}

/** True or false, and nothing that only looks like it. */
export function toBoolean(value: unknown, where: string): boolean {
  if (typeof value !== 'boolean') throw wrong(value, where, 'true or false');
  return value;
}

/** Text by text, as Arrow's metadata is. */
export function toMetadata(value: unknown, where: string): Readonly<Record<string, string>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw wrong(value, where, 'an object of strings');
  for (const [key, text] of Object.entries(value)) {
    if (typeof text !== 'string' || !isWellFormed(text)) throw wrong(text, `${where}: ${key}`, 'a string');
  }
  return { ...(value as Record<string, string>) };
}

/** The refusal of a value: what it should be, and what it is. */
export function wrong(item: unknown, where: string, wanted: string): Error {
  return invalid(`${where} must be ${wanted}, not ${item === '' ? 'an empty string' : describe(item)}`);
}
