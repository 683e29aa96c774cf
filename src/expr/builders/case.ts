/**
 * `CASE` expressions, built branch by branch.
 *
 * @module
 */

import { invalid } from '../../errors.js';
import { INSPECT, inspected, isExpr } from '../brand.js';
import { type ExprLike, type Operand, operand, toSqlNode, wrong } from '../coerce.js';
import { Expr } from '../expr.js';
import { type CaseNode, node } from '../node/node.js';
import { printCase } from '../print/print-expr.js';

/**
 * An unfinished `CASE`. {@link CaseBuilder.when} adds a branch; {@link CaseBuilder.otherwise} or {@link CaseBuilder.end}
 * turns it into an expression. Immutable. From DataFusion's `CaseBuilder`.
 */
export class CaseBuilder {
  /** @internal The branches so far. */
  readonly node: CaseNode;

  /** @internal Use {@link when} and {@link case_}. */
  constructor(data: CaseNode) {
    this.node = node(data);
    Object.freeze(this);
  }

  /**
   * Adds a branch. The first matching branch determines the value.
   *
   * @param condition - a predicate, where a string is SQL; after {@link case_} the value to compare with, where a string is a
   * literal
   * @param then - the value of the branch
   * @throws BallistaError `INVALID_ARGUMENT`
   */
  when(condition: Operand, then: Operand): CaseBuilder {
    const test = this.node.expr
      ? operand(condition, 'the value of when')
      : toSqlNode(condition as ExprLike, 'the condition of when');
    // biome-ignore lint/suspicious/noThenProperty: a branch is data and is never awaited
    const branch = { when: test, then: operand(then, 'the result of when') };
    return new CaseBuilder({ ...this.node, branches: [...this.node.branches, branch] });
  }

  /**
   * Returns the expression, with a value for rows that match no branch.
   *
   * @throws BallistaError `INVALID_ARGUMENT`
   */
  otherwise(value: Operand): Expr {
    return this.#build({ ...this.node, otherwise: operand(value, 'the value of otherwise') });
  }

  /**
   * Returns the expression, with null for rows that match no branch.
   *
   * @throws BallistaError `INVALID_ARGUMENT` if there is no branch
   */
  end(): Expr {
    return this.#build(this.node);
  }

  /** The branches so far, as SQL. */
  toString(): string {
    return printCase(this.node);
  }

  /** @internal */
  [INSPECT](): string {
    return inspected('CaseBuilder', () => printCase(this.node));
  }

  #build(data: CaseNode): Expr {
    if (data.branches.length === 0) throw invalid('A case needs at least one branch. Call when first.');
    return new Expr(data);
  }
}

/**
 * Starts a `CASE` of predicates. Its value is that of the first branch whose predicate is true.
 *
 * @param condition - a predicate; a string is SQL
 * @throws BallistaError `INVALID_ARGUMENT`
 *
 * @example
 * ```ts
 * import { col, when } from 'ballista';
 *
 * const size = when(col('delay').gt(60), 'long').when('delay > 15', 'short').otherwise('none');
 * await df.select('delay', size.alias('size')).show(3);
 * ```
 */
export function when(condition: ExprLike, then: Operand): CaseBuilder {
  return new CaseBuilder({ kind: 'case', branches: [] }).when(condition, then);
}

/**
 * Starts a `CASE` that compares an expression with values.
 *
 * @throws BallistaError `INVALID_ARGUMENT`
 *
 * @example
 * ```ts
 * import { case_, col } from 'ballista';
 *
 * const coast = case_(col('origin')).when('JFK', 'east').when('LAX', 'west').end();
 * await df.select('origin', coast.alias('coast')).show(3);
 * ```
 */
export function case_(expr: Expr): CaseBuilder {
  if (!isExpr(expr)) throw wrong(expr, 'the argument of case_', "an expression, such as col('origin')");
  return new CaseBuilder({ kind: 'case', expr: expr.node, branches: [] });
}
