/**
 * The base of expression methods. It is separate from `Expr` so that the methods can be split over several files, each
 * extending the one before: `generated/methods.ts` (functions of one argument), `operators.ts`, `expr.ts`.
 *
 * @module
 */

import type { ExprNode } from './node.js';

/**
 * An expression without methods of its own.
 *
 * @typeParam E - the type that its methods return: `Expr`
 */
export abstract class ExprBase<E> {
  /** The expression as data, as sent to the engine. */
  abstract readonly node: ExprNode;

  /** Creates another expression. */
  protected abstract make(data: ExprNode): E;

  /** A call of a function with this expression as its first argument. */
  protected call(name: string, ...others: ExprNode[]): E {
    return this.make({ kind: 'call', name, args: [this.node, ...others] });
  }
}
