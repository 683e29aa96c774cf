/**
 * What expressions are known by, also those of another copy of this package: the symbol registry is shared, so expressions
 * of the ESM build work in the CommonJS one. Apart from the classes, so that they can use the doors of `coerce.ts`.
 *
 * @module
 */

import type { Expr, SortExpr } from './expr.js';

/** Every expression has it. */
export const EXPR = Symbol.for('ballista.expr');

/** Every sort key has it. */
export const SORT_EXPR = Symbol.for('ballista.sortExpr');

/** Every window has it. */
export const WINDOW = Symbol.for('ballista.window');

/** Every window frame has it. */
export const WINDOW_FRAME = Symbol.for('ballista.windowFrame');

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

/** Where Node looks for how to show a value. */
export const INSPECT = Symbol.for('nodejs.util.inspect.custom');

/** A value as the console shows it. A subquery may have no SQL text: that must not make the console throw. */
export function inspected(name: string, print: () => string): string {
  try {
    return `${name}(${print()})`;
  } catch (error) {
    return `${name}(<${error instanceof Error ? error.message : 'no text'}>)`;
  }
}
