/**
 * Operators as methods of expressions.
 *
 * @module
 */

import { type Operand, operand, toBoolean, wrong } from './coerce.js';
import type { Expr } from './expr.js';
import { ExprMethods } from './generated/methods.js';
import type { BinaryOperator, UnaryOperator } from './node/node.js';

/** Operators, as methods. */
export abstract class ExprOperators extends ExprMethods<Expr> {
  // ---------------------------------------------------------------- arithmetic

  /** `this + other` */
  add(other: Operand): Expr {
    return this.#binary('+', other);
  }

  /** `this - other`. To subtract from a number, write `lit(10).sub(col('a'))`. */
  sub(other: Operand): Expr {
    return this.#binary('-', other);
  }

  /** `this * other` */
  mul(other: Operand): Expr {
    return this.#binary('*', other);
  }

  /** `this / other`. The quotient of integers is an integer. */
  div(other: Operand): Expr {
    return this.#binary('/', other);
  }

  /** `this % other`. The result has the sign of `this`. */
  mod(other: Operand): Expr {
    return this.#binary('%', other);
  }

  /** `-this` */
  neg(): Expr {
    return this.#unary('negative');
  }

  // ---------------------------------------------------------------- comparison

  /** `this = other`. Null if one of them is null. */
  eq(other: Operand): Expr {
    return this.#binary('=', other);
  }

  /** `this != other`. Null if one of them is null. */
  ne(other: Operand): Expr {
    return this.#binary('!=', other);
  }

  /** `this < other` */
  lt(other: Operand): Expr {
    return this.#binary('<', other);
  }

  /** `this <= other` */
  lte(other: Operand): Expr {
    return this.#binary('<=', other);
  }

  /** `this > other` */
  gt(other: Operand): Expr {
    return this.#binary('>', other);
  }

  /** `this >= other` */
  gte(other: Operand): Expr {
    return this.#binary('>=', other);
  }

  /** `this IS DISTINCT FROM other`: like {@link ne}, but treats null as an ordinary value. */
  isDistinctFrom(other: Operand): Expr {
    return this.#binary('IS DISTINCT FROM', other);
  }

  /** `this IS NOT DISTINCT FROM other`: like {@link eq}, but treats null as an ordinary value. */
  isNotDistinctFrom(other: Operand): Expr {
    return this.#binary('IS NOT DISTINCT FROM', other);
  }

  // ---------------------------------------------------------------- logic

  /** `this AND other` */
  and(other: Operand): Expr {
    return this.#binary('AND', other);
  }

  /** `this OR other` */
  or(other: Operand): Expr {
    return this.#binary('OR', other);
  }

  /** `NOT this` */
  not(): Expr {
    return this.#unary('not');
  }

  // ---------------------------------------------------------------- bits

  /** `this & other`: bitwise and. */
  bitAnd(other: Operand): Expr {
    return this.#binary('&', other);
  }

  /** `this | other`: bitwise or. */
  bitOr(other: Operand): Expr {
    return this.#binary('|', other);
  }

  /** `this ^ other`: bitwise exclusive or. */
  bitXor(other: Operand): Expr {
    return this.#binary('^', other);
  }

  /** `this << other` */
  shiftLeft(other: Operand): Expr {
    return this.#binary('<<', other);
  }

  /** `this >> other`. The sign is kept. */
  shiftRight(other: Operand): Expr {
    return this.#binary('>>', other);
  }

  // ---------------------------------------------------------------- null, true and false

  /** `this IS NULL` */
  isNull(): Expr {
    return this.#unary('isNull');
  }

  /** `this IS NOT NULL` */
  isNotNull(): Expr {
    return this.#unary('isNotNull');
  }

  /** `this IS TRUE`: false for null. */
  isTrue(): Expr {
    return this.#unary('isTrue');
  }

  /** `this IS NOT TRUE`: true for null. */
  isNotTrue(): Expr {
    return this.#unary('isNotTrue');
  }

  /** `this IS FALSE`: false for null. */
  isFalse(): Expr {
    return this.#unary('isFalse');
  }

  /** `this IS NOT FALSE`: true for null. */
  isNotFalse(): Expr {
    return this.#unary('isNotFalse');
  }

  /** `this IS UNKNOWN`: whether a boolean is null. */
  isUnknown(): Expr {
    return this.#unary('isUnknown');
  }

  /** `this IS NOT UNKNOWN`: whether a boolean is not null. */
  isNotUnknown(): Expr {
    return this.#unary('isNotUnknown');
  }

  // ---------------------------------------------------------------- ranges, lists and patterns

  /** `this BETWEEN low AND high`. Both bounds are included. */
  between(low: Operand, high: Operand, negated = false): Expr {
    return this.make({
      kind: 'between',
      expr: this.node,
      low: operand(low, 'low'),
      high: operand(high, 'high'),
      negated: toBoolean(negated, 'between: negated'),
    });
  }

  /** `this IN (…)`. An empty list contains no value. */
  inList(values: readonly Operand[], negated = false): Expr {
    if (!Array.isArray(values)) throw wrong(values, 'the list of inList', 'an array');
    const list = Array.from(values as readonly Operand[], (value, i) => operand(value, `item ${i} of inList`));
    return this.make({ kind: 'inList', expr: this.node, list, negated: toBoolean(negated, 'inList: negated') });
  }

  /** `this LIKE pattern`. `%` matches any text, `_` any single character. */
  like(pattern: Operand, negated = false): Expr {
    return this.#like(pattern, negated, false);
  }

  /** `this ILIKE pattern`: like {@link like}, ignoring case. */
  ilike(pattern: Operand, negated = false): Expr {
    return this.#like(pattern, negated, true);
  }

  /** `this ~ pattern`: whether a regular expression, in the syntax of Rust's `regex`, matches anywhere. */
  matches(pattern: Operand, negated = false): Expr {
    return this.#binary(toBoolean(negated, 'matches: negated') ? '!~' : '~', pattern);
  }

  /** `this ~* pattern`: like {@link matches}, ignoring case. */
  imatches(pattern: Operand, negated = false): Expr {
    return this.#binary(toBoolean(negated, 'imatches: negated') ? '!~*' : '~*', pattern);
  }

  // ---------------------------------------------------------------- inside

  #binary(op: BinaryOperator, right: Operand): Expr {
    return this.make({ kind: 'binary', op, left: this.node, right: operand(right, `the right side of ${op}`) });
  }

  #unary(op: UnaryOperator): Expr {
    return this.make({ kind: 'unary', op, expr: this.node });
  }

  #like(pattern: Operand, negated: boolean, caseInsensitive: boolean): Expr {
    return this.make({
      kind: 'like',
      expr: this.node,
      pattern: operand(pattern, 'the pattern'),
      negated: toBoolean(negated, 'like: negated'),
      caseInsensitive,
    });
  }
}
