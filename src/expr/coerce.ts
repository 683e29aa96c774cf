/**
 * The one door for the argument shapes of DataFrame verbs: behind it there are only nodes.
 *
 * @module
 */

import { invalid } from '../errors.js';
import { describe } from '../params.js';
import { col, Expr, SortExpr } from './expr.js';
import { type ExprNode, node, type SortNode } from './node.js';

/** A column by name, or an expression. */
export type ExprLike = string | Expr;

/** A column by name (smallest first, nulls last), an expression (likewise) or an expression with a direction. */
export type SortKey = string | Expr | SortExpr;

/** A column by its name, `'*'` for all columns, or an expression. */
export function toColumnNode(item: ExprLike, where: string): ExprNode {
  if (item === '*') return node({ kind: 'wildcard' });
  if (typeof item === 'string' && item !== '') return col(item).node;
  return exprNode(item, where, 'the name of a column or an expression');
}

/** SQL text, which the engine parses against the DataFrame's schema, or an expression. */
export function toSqlNode(item: ExprLike, where: string): ExprNode {
  if (typeof item === 'string' && item.trim() !== '') return node({ kind: 'sql', text: item });
  return exprNode(item, where, 'SQL text or an expression');
}

/** A sort key. */
export function toSortNode(item: SortKey, where: string): SortNode {
  if (SortExpr.is(item)) return item.node;
  if (typeof item === 'string' && item !== '') return col(item).sort().node;
  if (Expr.is(item)) return item.sort().node;
  throw wrong(item, where, 'the name of a column, an expression or a sort key');
}

/** One or several, as a list. */
export function toList<T>(items: T | readonly T[]): readonly T[] {
  return Array.isArray(items) ? (items as readonly T[]) : [items as T];
}

function exprNode(item: unknown, where: string, wanted: string): ExprNode {
  if (!Expr.is(item)) throw wrong(item, where, wanted);
  return item.node;
}

function wrong(item: unknown, where: string, wanted: string): Error {
  return invalid(`${where} must be ${wanted}, not ${item === '' ? 'an empty string' : describe(item)}`);
}
