/**
 * Sort keys.
 *
 * @module
 */

import { INSPECT, inspected, isSortExpr, SORT_EXPR } from './brand.js';
import type { Expr } from './expr.js';
import { node, type SortNode } from './node/node.js';
import { printSort } from './print/print-expr.js';

/**
 * A sort key: an expression with a direction. Created by {@link Expr.sort}, {@link Expr.asc} and {@link Expr.desc}.
 * Immutable. From DataFusion's `SortExpr`.
 */
export class SortExpr {
  /** The key as data, as sent to the engine. */
  readonly node: SortNode;
  readonly #expr: Expr;

  /** @internal Use {@link Expr.sort}. */
  constructor(expr: Expr, ascending: boolean, nullsFirst: boolean) {
    this.node = node({ expr: expr.node, ascending, nullsFirst });
    this.#expr = expr;
    Object.freeze(this);
  }

  /** Whether a value is a sort key, including one of another copy of this package. */
  static is(value: unknown): value is SortExpr {
    return isSortExpr(value);
  }

  /** @internal */
  get [SORT_EXPR](): true {
    return true;
  }

  /** The expression to sort by. */
  get expr(): Expr {
    return this.#expr;
  }

  /** Whether the smallest values come first. */
  get ascending(): boolean {
    return this.node.ascending;
  }

  /** Whether nulls come first. */
  get nullsFirst(): boolean {
    return this.node.nullsFirst;
  }

  /** The key as in ORDER BY. */
  toString(): string {
    return printSort(this.node);
  }

  /** @internal */
  [INSPECT](): string {
    return inspected('SortExpr', () => printSort(this.node));
  }
}
