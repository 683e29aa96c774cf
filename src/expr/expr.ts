/**
 * Fluent expressions over columns. They are frozen data; the engine checks them when a DataFrame uses them.
 *
 * @module
 */

import { type TypeLike, toTypeName } from '../arrow/type-name.js';
import { invalid } from '../errors.js';
import { describe } from '../input/describe.js';
import { isBytes } from '../input/kinds.js';
import { EXPR, INSPECT, inspected, isExpr } from './brand.js';
import * as clauses from './clauses.js';
import {
  type ExprLike,
  type Operand,
  operand,
  type Several,
  type SortKey,
  several,
  toBoolean,
  toMetadata,
  toName,
  toSubquery,
  wrong,
} from './coerce.js';
import { engine, toJson } from './expr-engine.js';
import { type LiteralValue, toLitNode, toTypedLitNode } from './literal.js';
import { type ExprNode, type NullTreatment, node, type Subquery } from './node/node.js';
import { ExprOperators } from './operators.js';
import { type ParamValue, toLiteral } from './param-value.js';
import { printExpr } from './print/print-expr.js';
import { SortExpr } from './sort-expr.js';
import type { Window, WindowOptions } from './window.js';
import type { WindowFrame } from './window-frame.js';

export { type Operand, operand } from './coerce.js';

/**
 * An expression over columns. Immutable; every method returns a new one. From DataFusion's `Expr`.
 *
 * Methods throw `INVALID_ARGUMENT` for a value that is not a literal, such as `undefined` or a function. Unknown columns and
 * mismatched types are detected when a DataFrame uses the expression: `SCHEMA`, `PLAN`.
 *
 * @example
 * ```ts
 * import { col } from 'ballista';
 *
 * const cheap = col('price').mul(1.2).lt(10).and(col('name').like('A%'));
 * console.log(String(cheap)); // price * 1.2 < 10 AND name LIKE 'A%'
 * ```
 */
export class Expr extends ExprOperators {
  /** The expression as data, as sent to the engine. */
  readonly node: ExprNode;

  /** @internal Use {@link col} and {@link lit}. */
  constructor(data: ExprNode) {
    super();
    this.node = node(data);
    Object.freeze(this);
  }

  /** Whether a value is an expression, including one of another copy of this package. */
  static is(value: unknown): value is Expr {
    return isExpr(value);
  }

  /**
   * Reads an expression from the bytes of {@link Expr.toBytes}, or from DataFusion's own protobuf of the same version.
   *
   * @throws BallistaError `INVALID_ARGUMENT` for other bytes
   *
   * @example
   * ```ts
   * import { col, Expr } from 'ballista';
   *
   * console.log(String(Expr.fromBytes(col('a').add(1).toBytes())));
   * ```
   */
  static fromBytes(bytes: Uint8Array): Expr {
    if (!isBytes(bytes)) throw wrong(bytes, 'fromBytes: the bytes', 'a Uint8Array');
    const text = engine().exprFromBytes(bytes);
    const base64 = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
    return new Expr({ kind: 'encoded', bytes: base64, text });
  }

  /** @internal */
  get [EXPR](): true {
    return true;
  }

  /** @internal */
  protected override make(data: ExprNode): Expr {
    return new Expr(data);
  }

  // ---------------------------------------------------------------- types and names

  /**
   * Casts to an Arrow type. A value that does not fit fails the query.
   *
   * @param to - `'Int32'`, `'Decimal128(10, 2)'`, … or an apache-arrow `DataType`
   */
  cast(to: TypeLike): Expr {
    return new Expr({ kind: 'cast', expr: this.node, dataType: toTypeName(to, 'the type of a cast'), safe: false });
  }

  /** Like {@link cast}, but a value that does not fit becomes null. */
  tryCast(to: TypeLike): Expr {
    return new Expr({ kind: 'cast', expr: this.node, dataType: toTypeName(to, 'the type of a cast'), safe: true });
  }

  /**
   * Names the result: `this AS name`.
   *
   * @param metadata - metadata for the field in the schema
   */
  alias(name: string, metadata?: Readonly<Record<string, string>>): Expr {
    if (typeof name !== 'string') throw invalid(`alias takes a string, not ${describe(name)}.`);
    return new Expr({
      kind: 'alias',
      expr: this.node,
      name: name === '' ? name : toName(name, 'the name of alias', 'a string'),
      ...(metadata !== undefined && { metadata: toMetadata(metadata, 'the metadata of alias') }),
    });
  }

  // ---------------------------------------------------------------- replacement

  /** Replaces null with a value: `coalesce(this, value)`. */
  fillNull(value: Operand): Expr {
    return this.call('coalesce', operand(value, 'the value of fillNull'));
  }

  /** Replaces NaN with a value: `nanvl(this, value)`. */
  fillNan(value: Operand): Expr {
    return this.call('nanvl', operand(value, 'the value of fillNan'));
  }

  // ---------------------------------------------------------------- parts of structs, maps and lists

  /**
   * The field of a struct, the value of a map, or the element of a list. Null if it does not exist.
   *
   * @param key - a name for structs and maps; an index for lists, from 0, or from the end as -1, -2, …
   */
  get(key: string | number): Expr {
    if (typeof key === 'string') return this.call('get_field', operand(key, 'the key of get'));
    if (!Number.isSafeInteger(key)) throw wrong(key, 'the key of get', 'a string or a whole number');
    return this.call('array_element', operand(place(key), 'the key of get'));
  }

  /**
   * A part of a list, like `Array.prototype.slice`.
   *
   * @param begin - the index of the first element, from 0, or from the end as -1, -2, …
   * @param end - the index after the last element; default: the end of the list
   */
  slice(begin: number, end?: number): Expr {
    if (!Number.isSafeInteger(begin)) throw wrong(begin, 'slice: begin', 'a whole number');
    if (end !== undefined && !Number.isSafeInteger(end)) throw wrong(end, 'slice: end', 'a whole number');
    const last = end === undefined ? -1 : end < 0 ? end - 1 : end; // the engine includes the end
    return this.call('array_slice', operand(place(begin), 'slice: begin'), operand(last, 'slice: end'));
  }

  // ---------------------------------------------------------------- subqueries

  /**
   * `this IN (SELECT …)`: whether the single column of a DataFrame contains the value.
   *
   * @param frame - a DataFrame of the same context
   */
  inSubquery(frame: Subquery, negated = false): Expr {
    return new Expr({
      kind: 'inSubquery',
      expr: this.node,
      frame: toSubquery(frame, 'the subquery of inSubquery'),
      negated: toBoolean(negated, 'inSubquery: negated'),
    });
  }

  // ---------------------------------------------------------------- clauses of calls

  /**
   * A window function, or an aggregate function over a window: `this OVER (…)`.
   *
   * @throws BallistaError `INVALID_ARGUMENT`, also if this is not a function call; the following methods throw the same
   */
  over(window: Window | WindowOptions): Expr {
    return new Expr(clauses.over(this.node, window));
  }

  /** Aggregates only rows for which a predicate is true: `this FILTER (WHERE …)`; a string is SQL. */
  filter(predicate: ExprLike): Expr {
    return new Expr(clauses.filter(this.node, predicate));
  }

  /** Aggregates distinct values only. */
  distinct(): Expr {
    return new Expr(clauses.distinct(this.node));
  }

  /** Aggregates values in the given order; with a window, sets the order of the window. */
  orderBy(...keys: Several<SortKey>): Expr {
    return new Expr(clauses.orderBy(this.node, several(keys)));
  }

  /** How an aggregate or window function treats nulls: `'respect'` or `'ignore'`. */
  nullTreatment(treatment: NullTreatment): Expr {
    return new Expr(clauses.nullTreatment(this.node, treatment));
  }

  /** Partitions the window by columns or expressions. An order given before becomes the window's order. */
  partitionBy(...keys: Several<ExprLike>): Expr {
    return new Expr(clauses.partitionBy(this.node, several(keys)));
  }

  /** Sets the frame of the window. An order given before becomes the window's order. */
  windowFrame(frame: WindowFrame): Expr {
    return new Expr(clauses.windowFrame(this.node, frame));
  }

  // ---------------------------------------------------------------- sort keys

  /**
   * A sort key with this expression.
   *
   * @param ascending - default `true`
   * @param nullsFirst - default `false`
   */
  sort(ascending = true, nullsFirst = false): SortExpr {
    return new SortExpr(this, toBoolean(ascending, 'sort: ascending'), toBoolean(nullsFirst, 'sort: nullsFirst'));
  }

  /** An ascending sort key with nulls last, like SQL's `ASC`. */
  asc(): SortExpr {
    return this.sort(true, false);
  }

  /** A descending sort key with nulls first, like SQL's `DESC`. */
  desc(): SortExpr {
    return this.sort(false, true);
  }

  // ---------------------------------------------------------------- what it is

  /**
   * The column name that the engine gives this expression.
   *
   * @throws BallistaError `PLAN`, `SQL_PARSE`, `INVALID_ARGUMENT` for a subquery
   */
  schemaName(): string {
    return engine().exprName(toJson(this.node, 'schemaName'));
  }

  /**
   * The expression as DataFusion's protobuf, for {@link Expr.fromBytes}.
   *
   * @throws BallistaError `PLAN`, `SQL_PARSE`, `INVALID_ARGUMENT` for a subquery
   */
  toBytes(): Uint8Array {
    return engine().exprToBytes(toJson(this.node, 'toBytes'));
  }

  /**
   * The expression as SQL. The engine parses it back to an expression with the same meaning.
   *
   * Parts that SQL cannot express are left out: the type of a placeholder, the metadata of an alias. To parse lambdas, set
   * `datafusion.sql_parser.dialect` to a dialect that has them, such as `duckdb`.
   */
  override toString(): string {
    return printExpr(this.node);
  }

  /** @internal */
  [INSPECT](): string {
    return inspected('Expr', () => printExpr(this.node));
  }
}

/**
 * A column by its exact name. Case matters: `col('Name')` is not `col('name')`. A dot is part of the name. From DataFusion's
 * `Expr::Column`.
 *
 * @param relation - the table or alias, if several have a column of that name
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
  return new Expr({
    kind: 'column',
    name: toName(name, 'the name of col', 'the name of a column'),
    ...(relation !== undefined && { relation: toName(relation, 'the relation of col', 'the name of a table') }),
  });
}

/**
 * A literal. The type is inferred from the value (see {@link ParamValue}) unless it is given. An array becomes a list, a
 * plain object a struct, a `Map` a map. From DataFusion's `Expr::Literal`.
 *
 * @throws BallistaError `INVALID_ARGUMENT` for a value without an SQL type
 *
 * @example
 * ```ts
 * import { col, lit } from 'ballista';
 *
 * console.log(String(col('a').mul(lit(2, 'Int32')))); // a * CAST(2 AS INT)
 * console.log(String(lit([1, 2]))); // make_array(1, 2)
 * ```
 */
export function lit(value: LiteralValue, type?: TypeLike): Expr {
  if (type !== undefined) return new Expr(toTypedLitNode(value, toTypeName(type, 'the type of lit'), 'lit(value)'));
  return isExpr(value) ? value : new Expr(toLitNode(value, 'lit(value)'));
}

/**
 * A literal with metadata for its field in the schema. From DataFusion's `lit_with_metadata`.
 *
 * @throws BallistaError `INVALID_ARGUMENT`
 *
 * @example
 * ```ts
 * import { litWithMetadata } from 'ballista';
 *
 * console.log(String(litWithMetadata(9.81, { unit: 'm/s2' }))); // with_metadata(9.81, 'unit', 'm/s2')
 * ```
 */
export function litWithMetadata(value: ParamValue, metadata: Readonly<Record<string, string>>): Expr {
  return new Expr({
    kind: 'literal',
    value: toLiteral(value, 'litWithMetadata(value)'),
    metadata: toMetadata(metadata, 'the metadata of litWithMetadata'),
  });
}

/** Converts a list index to the engine's: from 1, or from the end as here. */
function place(index: number): number {
  return index < 0 ? index : index + 1;
}
