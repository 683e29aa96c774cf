/**
 * What the methods of an expression build on. Apart from {@link Expr}, so that its methods can be spread over several files:
 * `generated/methods.ts` (functions of one argument), `operators.ts`, `expr.ts`, each extending the one before. They know
 * `Expr` as a type only, so nothing is imported in a circle.
 *
 * @module
 */

import type { Expr } from './expr.js';
import type { ExprNode } from './node.js';

/** An expression without methods. */
export abstract class ExprBase {
  /** The expression as data, as it crosses to the engine. */
  abstract readonly node: ExprNode;

  /** Another expression. */
  protected abstract make(data: ExprNode): Expr;

  /** A call of a function with this expression as its first argument. */
  protected call(name: string, ...others: ExprNode[]): Expr {
    return this.make({ kind: 'call', name, args: [this.node, ...others] });
  }
}
