/**
 * Checks of verb arguments.
 *
 * @module
 */

import { invalid } from '../errors.js';
import { type ExprLike, toColumnNode, toKeyNode, toList, toSqlNode } from '../expr/coerce.js';
import type { ExprNode } from '../expr/node/node.js';
import { describe } from '../input/describe.js';
import { checkName } from '../input/name.js';

/** The upper limit of `limit`: executors store the number of rows in 32 bits. */
export const MOST_ROWS = 2 ** 32 - 1;

/** Checks one or more names. */
export function toNames(names: unknown, where: string): string[] {
  const list = toList(names as string | readonly string[]);
  if (list.length === 0) throw invalid(`${where} must contain at least one name.`);
  for (const name of list) checkName(name, where);
  return [...list];
}

/** Checks a list of names; an empty list means all columns. */
export function toOptionalNames(names: unknown, where: string): string[] {
  return names === undefined ? [] : toNames(names, where);
}

/** Checks a number of rows. */
export function checkCount(value: unknown, where: string, least = 0): asserts value is number {
  if (!Number.isSafeInteger(value) || (value as number) < least) {
    throw invalid(
      `${where} must be a whole number of at least ${least}, not ${typeof value === 'number' ? value : describe(value)}.`,
    );
  }
}

/** Converts column names, `'*'` or expressions. */
export function toColumns(columns: readonly ExprLike[], where: string): ExprNode[] {
  return columns.map((column, i) => toColumnNode(column, `argument ${i + 1} of ${where}`));
}

/** Like {@link toColumns}, for keys, where `'*'` is not allowed. */
export function toKeys(columns: readonly ExprLike[], where: string): ExprNode[] {
  return columns.map((column, i) => toKeyNode(column, `argument ${i + 1} of ${where}`));
}

/** Converts expressions; a string is SQL. */
export function toSql(exprs: readonly ExprLike[], where: string): ExprNode[] {
  return exprs.map((expr, i) => toSqlNode(expr, `argument ${i + 1} of ${where}`));
}
