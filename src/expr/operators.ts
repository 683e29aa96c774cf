/**
 * The operators of expressions as methods.
 *
 * @module
 */

import { type Operand, operand, toBoolean, wrong } from './coerce.js';
import type { Expr } from './expr.js';
import { ExprMethods } from './generated/methods.js';
import type { BinaryOperator, UnaryOperator } from './node.js';

/** Operators, as methods. */
export abstract class ExprOperators extends ExprMethods {
  // ---------------------------------------------------------------- arithmetic

  /** `this + other` */
  add(other: Operand): Expr {
    return this.#binary('+', other);
  }

  /** `this - other`; with a number on the left, `lit(10).sub(col('a'))`. */
  sub(other: Operand): Expr {
    return this.#binary('-', other);
  }

  /** `this * other` */
  mul(other: Operand): Expr {
    return this.#binary('*', other);
  }

  /** `this / other`; between integers the quotient is an integer. */
  div(other: Operand): Expr {
    return this.#binary('/', other);
  }

  /** `this % other`; it has the sign of this. */
  mod(other: Operand): Expr {
    return this.#binary('%', other);
  }

  /** `-this` */
  neg(): Expr {
    return this.#unary('negative');
  }

  // ---------------------------------------------------------------- comparison

  /** `this = other`; null where one of them is null. */
  eq(other: Operand): Expr {
    return this.#binary('=', other);
  }

  /** `this != other`; null where one of them is null. */
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

  /** `this IS DISTINCT FROM other`: as {@link ne}, where null is a value like others. */
  isDistinctFrom(other: Operand): Expr {
    return this.#binary('IS DISTINCT FROM', other);
  }

  /** `this IS NOT DISTINCT FROM other`: as {@link eq}, where null is a value like others. */
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

  /** `this & other`, bit by bit. */
  bitAnd(other: Operand): Expr {
    return this.#binary('&', other);
  }

  /** `this | other`, bit by bit. */
  bitOr(other: Operand): Expr {
    return this.#binary('|', other);
  }

  /** `this ^ other`, bit by bit: exclusive or. */
  bitXor(other: Operand): Expr {
    return this.#binary('^', other);
  }

  /** `this << other` */
  shiftLeft(other: Operand): Expr {
    return this.#binary('<<', other);
  }

  /** `this >> other`; it keeps the sign. */
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

  /** `this BETWEEN low AND high`, both included. */
  between(low: Operand, high: Operand, negated = false): Expr {
    return this.make({
      kind: 'between',
      expr: this.node,
      low: operand(low, 'low'),
      high: operand(high, 'high'),
      negated: toBoolean(negated, 'between: negated'),
    });
  }

  /** `this IN (…)`; an empty list has nothing in it. */
  inList(values: readonly Operand[], negated = false): Expr {
    if (!Array.isArray(values)) throw wrong(values, 'the list of inList', 'an array');
    const list = Array.from(values as readonly Operand[], (value, i) => operand(value, `item ${i} of inList`));
    return this.make({ kind: 'inList', expr: this.node, list, negated: toBoolean(negated, 'inList: negated') });
  }

  /** `this LIKE pattern`: `%` is any text, `_` any character. */
  like(pattern: Operand, negated = false): Expr {
    return this.#like(pattern, negated, false);
  }

  /** `this ILIKE pattern`: as {@link like}, whatever the case. */
  ilike(pattern: Operand, negated = false): Expr {
    return this.#like(pattern, negated, true);
  }

  /** `this ~ pattern`: whether a regular expression, in the syntax of Rust's `regex`, matches somewhere. */
  matches(pattern: Operand, negated = false): Expr {
    return this.#binary(toBoolean(negated, 'matches: negated') ? '!~' : '~', pattern);
  }

  /** `this ~* pattern`: as {@link matches}, whatever the case. */
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
