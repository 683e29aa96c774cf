/**
 * Fluent expressions over columns: frozen data, checked by the engine when a DataFrame takes them.
 *
 * @module
 */

import { type TypeLike, toTypeName } from '../arrow/type-name.js';
import { invalid } from '../errors.js';
import { describe, type ParamValue, toLiteral, toTypedLiteral } from '../params.js';
import { type BinaryOperator, type ExprNode, node, type SortNode, type UnaryOperator } from './node.js';
import { printExpr } from './print.js';

/** An operand: an expression, or a JavaScript value, which becomes a literal (a string too: columns are `col('name')`). */
export type Operand = Expr | ParamValue;

// Shared through the symbol registry: expressions of the ESM build work in the CommonJS one.
const EXPR = Symbol.for('ballista.expr');
const SORT_EXPR = Symbol.for('ballista.sortExpr');

/**
 * An expression over columns. Immutable; every method gives a new one. From DataFusion's `Expr`.
 *
 * Methods throw `INVALID_ARGUMENT` for a value that is no literal, such as `undefined` or a function. Whether columns exist
 * and types fit is found where a DataFrame takes the expression: `SCHEMA`, `PLAN`.
 *
 * @example
 * ```ts
 * import { col } from 'ballista';
 *
 * const cheap = col('price').mul(1.2).lt(10).and(col('name').like('A%'));
 * console.log(String(cheap)); // price * 1.2 < 10 AND name LIKE 'A%'
 * ```
 */
export class Expr {
  /** The expression as data, as it crosses to the engine. */
  readonly node: ExprNode;

  /** @internal Use {@link col} and {@link lit}. */
  constructor(data: ExprNode) {
    this.node = data;
    Object.freeze(this);
  }

  /** Whether a value is an expression, also of another copy of this package. */
  static is(value: unknown): value is Expr {
    return typeof value === 'object' && value !== null && EXPR in value;
  }

  /** @internal */
  get [EXPR](): true {
    return true;
  }

  /** `this + other` */
  add(other: Operand): Expr {
    return binary('+', this, other);
  }

  /** `this - other` */
  sub(other: Operand): Expr {
    return binary('-', this, other);
  }

  /** `this * other` */
  mul(other: Operand): Expr {
    return binary('*', this, other);
  }

  /** `this / other`; between integers the quotient is an integer. */
  div(other: Operand): Expr {
    return binary('/', this, other);
  }

  /** `this % other` */
  mod(other: Operand): Expr {
    return binary('%', this, other);
  }

  /** `this = other`; null where one of them is null. */
  eq(other: Operand): Expr {
    return binary('=', this, other);
  }

  /** `this != other` */
  ne(other: Operand): Expr {
    return binary('!=', this, other);
  }

  /** `this < other` */
  lt(other: Operand): Expr {
    return binary('<', this, other);
  }

  /** `this <= other` */
  lte(other: Operand): Expr {
    return binary('<=', this, other);
  }

  /** `this > other` */
  gt(other: Operand): Expr {
    return binary('>', this, other);
  }

  /** `this >= other` */
  gte(other: Operand): Expr {
    return binary('>=', this, other);
  }

  /** `this AND other` */
  and(other: Operand): Expr {
    return binary('AND', this, other);
  }

  /** `this OR other` */
  or(other: Operand): Expr {
    return binary('OR', this, other);
  }

  /** `NOT this` */
  not(): Expr {
    return unary('not', this);
  }

  /** `-this` */
  neg(): Expr {
    return unary('negative', this);
  }

  /** `this IS NULL` */
  isNull(): Expr {
    return unary('isNull', this);
  }

  /** `this IS NOT NULL` */
  isNotNull(): Expr {
    return unary('isNotNull', this);
  }

  /** `this BETWEEN low AND high`, both included. */
  between(low: Operand, high: Operand, negated = false): Expr {
    return new Expr(
      node({ kind: 'between', expr: this.node, low: operand(low, 'low'), high: operand(high, 'high'), negated }),
    );
  }

  /** `this IN (…)` */
  inList(values: readonly Operand[], negated = false): Expr {
    if (!Array.isArray(values)) throw invalid(`inList takes an array, not ${describe(values)}`);
    const list = values.map((value: Operand, i) => operand(value, `item ${i} of inList`));
    return new Expr(node({ kind: 'inList', expr: this.node, list, negated }));
  }

  /** `this LIKE pattern`: `%` is any text, `_` any character. */
  like(pattern: Operand, negated = false): Expr {
    return like(this, pattern, negated, false);
  }

  /** `this ILIKE pattern`: as {@link like}, whatever the case. */
  ilike(pattern: Operand, negated = false): Expr {
    return like(this, pattern, negated, true);
  }

  /**
   * Casts to an Arrow type; a value that does not fit fails the query.
   *
   * @param to - `'Int32'`, `'Decimal128(10, 2)'`, … or an apache-arrow `DataType`
   */
  cast(to: TypeLike): Expr {
    return cast(this, to, false);
  }

  /** As {@link cast}; a value that does not fit becomes null. */
  tryCast(to: TypeLike): Expr {
    return cast(this, to, true);
  }

  /** Names the result: `this AS name`. */
  alias(name: string): Expr {
    if (typeof name !== 'string') throw invalid(`alias takes a string, not ${describe(name)}`);
    return new Expr(node({ kind: 'alias', expr: this.node, name }));
  }

  /**
   * A sort key.
   *
   * @param ascending - default `true`
   * @param nullsFirst - default `false`
   */
  sort(ascending = true, nullsFirst = false): SortExpr {
    return new SortExpr({ expr: this.node, ascending, nullsFirst });
  }

  /** A sort key, smallest first and nulls last, as SQL's `ASC`. */
  asc(): SortExpr {
    return this.sort(true, false);
  }

  /** A sort key, largest first and nulls first, as SQL's `DESC`. */
  desc(): SortExpr {
    return this.sort(false, true);
  }

  /** The expression, near to SQL; for people, not for parsing. */
  toString(): string {
    return printExpr(this.node);
  }

  /** @internal */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return `Expr(${printExpr(this.node)})`;
  }
}

/**
 * An expression with a direction, made by {@link Expr.sort}, {@link Expr.asc} and {@link Expr.desc}. Immutable. From
 * DataFusion's `SortExpr`.
 */
export class SortExpr {
  /** The key as data, as it crosses to the engine. */
  readonly node: SortNode;

  /** @internal */
  constructor(data: SortNode) {
    this.node = Object.freeze(data);
    Object.freeze(this);
  }

  /** Whether a value is a sort key, also of another copy of this package. */
  static is(value: unknown): value is SortExpr {
    return typeof value === 'object' && value !== null && SORT_EXPR in value;
  }

  /** @internal */
  get [SORT_EXPR](): true {
    return true;
  }

  /** The key, as it stands in ORDER BY. */
  toString(): string {
    const { expr, ascending, nullsFirst } = this.node;
    return `${printExpr(expr)} ${ascending ? 'ASC' : 'DESC'} NULLS ${nullsFirst ? 'FIRST' : 'LAST'}`;
  }
}

/**
 * A column, by its exact name: `col('Name')` is not `col('name')`, and a dot is part of the name. From DataFusion's
 * `Expr::Column`.
 *
 * @param relation - the table or alias, where several have such a column
 * @throws BallistaError `INVALID_ARGUMENT`
 *
 * @example
 * ```ts
 * import { col } from 'ballista';
 *
 * console.log(String(col('a').add(col('b')))); // a + b
 * ```
 */
export function col(name: string, relation?: string): Expr {
  if (typeof name !== 'string' || name === '')
    throw invalid(`col takes the name of a column, not ${name === '' ? 'an empty string' : describe(name)}`);
  if (relation !== undefined && typeof relation !== 'string')
    throw invalid(`col: the relation must be a string, not ${describe(relation)}`);
  return new Expr(node(relation === undefined ? { kind: 'column', name } : { kind: 'column', name, relation }));
}

/**
 * A literal. The type follows from the value (see {@link ParamValue}), or is the one given. From DataFusion's
 * `Expr::Literal`.
 *
 * @throws BallistaError `INVALID_ARGUMENT` for a value without an SQL type
 *
 * @example
 * ```ts
 * import { col, lit } from 'ballista';
 *
 * console.log(String(col('a').mul(lit(2, 'Int32')))); // a * CAST(2 AS Int32)
 * ```
 */
export function lit(value: ParamValue, type?: TypeLike): Expr {
  if (type === undefined)
    return Expr.is(value) ? value : new Expr(node({ kind: 'literal', value: toLiteral(value, 'lit(value)') }));
  return new Expr(
    node({ kind: 'literal', value: toTypedLiteral(value, toTypeName(type, 'the type of lit'), 'lit(value)') }),
  );
}

/** Every {@link Operand} as a node: an expression as it is, a value as a literal. */
export function operand(value: Operand, where: string): ExprNode {
  if (Expr.is(value)) return value.node;
  return node({ kind: 'literal', value: toLiteral(value, where) });
}

function binary(op: BinaryOperator, left: Expr, right: Operand): Expr {
  return new Expr(node({ kind: 'binary', op, left: left.node, right: operand(right, `the right side of ${op}`) }));
}

function unary(op: UnaryOperator, expr: Expr): Expr {
  return new Expr(node({ kind: 'unary', op, expr: expr.node }));
}

function like(expr: Expr, pattern: Operand, negated: boolean, caseInsensitive: boolean): Expr {
  return new Expr(
    node({ kind: 'like', expr: expr.node, pattern: operand(pattern, 'the pattern'), negated, caseInsensitive }),
  );
}

function cast(expr: Expr, to: TypeLike, safe: boolean): Expr {
  return new Expr(node({ kind: 'cast', expr: expr.node, dataType: toTypeName(to, 'the type of a cast'), safe }));
}
