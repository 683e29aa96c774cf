/**
 * Symbols that identify expressions, also across copies of this package. The symbol registry is shared, so expressions of the
 * ESM build work in the CommonJS build. They are separate from the classes so that the classes can import `coerce.ts`.
 *
 * @module
 */

import type { Expr } from './expr.js';
import type { SortExpr } from './sort-expr.js';

/** The mark of expressions. */
export const EXPR = Symbol.for('ballista.expr');

/** The mark of sort keys. */
export const SORT_EXPR = Symbol.for('ballista.sortExpr');

/** The mark of windows. */
export const WINDOW = Symbol.for('ballista.window');

/** The mark of window frames. */
export const WINDOW_FRAME = Symbol.for('ballista.windowFrame');

/** The mark of queries of the `sql` tag. */
export const SQL_QUERY = Symbol.for('ballista.sql.query');

/** Whether a value is an expression. */
export function isExpr(value: unknown): value is Expr {
  return has(value, EXPR);
}

/** Whether a value is a sort key. */
export function isSortExpr(value: unknown): value is SortExpr {
  return has(value, SORT_EXPR);
}

/** Whether a value is an object with the symbol. */
export function has(value: unknown, symbol: symbol): boolean {
  return typeof value === 'object' && value !== null && symbol in value;
}

/** The method that Node's `inspect` uses to print a value. */
export const INSPECT = Symbol.for('nodejs.util.inspect.custom');

/** A value as the console prints it. A subquery may have no SQL text; printing must not throw then. */
export function inspected(name: string, print: () => string): string {
  try {
    return `${name}(${print()})`;
  } catch (error) {
    return `${name}(<${error instanceof Error ? error.message : 'no text'}>)`;
  }
}
