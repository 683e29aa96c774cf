/**
 * JavaScript values → literals: one set of rules for query parameters, the `sql` tag and expressions.
 *
 * @module
 */

import { invalid } from './errors.js';
import type { Expr } from './expr/expr.js';
import type { Literal } from './expr/node.js';

/**
 * A value that can be bound to a placeholder or stand in an expression.
 *
 * | JavaScript | SQL type |
 * |---|---|
 * | `null` | Null |
 * | `boolean` | Boolean |
 * | `number`, a safe integer | Int64 |
 * | any other `number` | Float64 |
 * | `bigint` | Int64, or UInt64 where only that holds it |
 * | `string` | Utf8 |
 * | `Date` | Timestamp(ms, UTC) |
 * | `Uint8Array` | Binary |
 * | `lit(value, 'Int32')` | the type named |
 */
export type ParamValue = null | boolean | number | bigint | string | Date | Uint8Array | Expr;

/** Positional (`$1`) or named (`$name`) parameters. */
export type Params = readonly ParamValue[] | Readonly<Record<string, ParamValue>>;

const INT64_MIN = -(2n ** 63n);
const INT64_MAX = 2n ** 63n - 1n;
const UINT64_MAX = 2n ** 64n - 1n;
const PARAM_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/**
 * Parameters as the JSON that crosses to Rust.
 *
 * @throws BallistaError `INVALID_ARGUMENT` with the place of the value: `params[0]`, `params.name`
 */
export function toParamsNative(params: Params): string {
  if (Array.isArray(params)) {
    return JSON.stringify(Array.from(params as readonly ParamValue[], (value, i) => toLiteral(value, `params[${i}]`)));
  }
  if (typeof params !== 'object' || params === null) {
    throw invalid(`params must be an array for $1, $2, … or an object for $name, not ${describe(params)}`);
  }
  const named: Record<string, Literal> = Object.create(null) as Record<string, Literal>;
  for (const [name, value] of Object.entries(params)) {
    if (!PARAM_NAME.test(name)) {
      throw invalid(`params: "${name}" is no parameter name; use letters, digits and _, without the $`);
    }
    named[name] = toLiteral(value, `params.${name}`);
  }
  return JSON.stringify(named);
}

/**
 * One value as a literal.
 *
 * @param where - how to name the value in an error
 * @throws BallistaError `INVALID_ARGUMENT`
 */
export function toLiteral(value: unknown, where: string): Literal {
  switch (typeof value) {
    case 'boolean':
      return Object.freeze({ type: 'boolean', value });
    case 'number':
      return Object.freeze(fromNumber(value));
    case 'bigint':
      return Object.freeze(fromBigint(value, where));
    case 'string':
      return Object.freeze({ type: 'utf8', value: wellFormed(value, where) });
    case 'object':
      return fromObject(value, where);
    default:
      throw invalid(
        `${where} is ${describe(value)}; ${value === undefined ? 'use null for NULL' : 'it has no SQL type'}`,
      );
  }
}

/** As {@link toLiteral}, cast to an Arrow type. */
export function toTypedLiteral(value: unknown, dataType: string, where: string): Literal {
  if (typeof value === 'number' && isIntegerType(dataType) && !Number.isInteger(value)) {
    throw invalid(`${where} is ${value}, which is no ${dataType}`);
  }
  // Past 64 bits the digits travel as text: the cast reads them exactly.
  if (typeof value === 'bigint' && (value < INT64_MIN || value > UINT64_MAX)) {
    return Object.freeze({ type: 'utf8', value: String(value), dataType });
  }
  return Object.freeze({ ...toLiteral(value, where), dataType });
}

function isIntegerType(dataType: string): boolean {
  return dataType.startsWith('Int') && !dataType.startsWith('Interval') ? true : dataType.startsWith('UInt');
}

function fromNumber(value: number): Literal {
  if (Object.is(value, -0)) return { type: 'float64', value: '-0' }; // JSON would make it 0
  if (Number.isSafeInteger(value)) return { type: 'int64', value: String(value) };
  if (Number.isNaN(value)) return { type: 'float64', value: 'NaN' };
  if (value === Infinity) return { type: 'float64', value: 'Infinity' };
  if (value === -Infinity) return { type: 'float64', value: '-Infinity' };
  return { type: 'float64', value };
}

function fromBigint(value: bigint, where: string): Literal {
  if (value >= INT64_MIN && value <= INT64_MAX) return { type: 'int64', value: String(value) };
  if (value > 0n && value <= UINT64_MAX) return { type: 'uint64', value: String(value) };
  throw invalid(`${where} is ${value}, which does not fit 64 bits; use lit(value, 'Decimal128(38, 0)')`);
}

function fromObject(value: object | null, where: string): Literal {
  if (value === null) return Object.freeze({ type: 'null' });
  if (isLiteralExpr(value)) return value.node.value;
  if (isDate(value)) {
    const ms = value.getTime();
    if (Number.isNaN(ms)) throw invalid(`${where} is an invalid Date`);
    return Object.freeze({ type: 'timestamp', value: String(ms) });
  }
  if (isBytes(value)) {
    const bytes = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
    return Object.freeze({ type: 'binary', value: bytes.toString('base64') });
  }
  if (Array.isArray(value))
    throw invalid(`${where} is an array; bind its values one by one, in the sql tag with sql.join`);
  throw invalid(`${where} is ${describe(value)}; it has no SQL type`);
}

function isLiteralExpr(value: object): value is { node: { kind: 'literal'; value: Literal } } {
  return 'node' in value && (value.node as { kind?: unknown } | undefined)?.kind === 'literal';
}

/** Whether a value is a `Date`, also one of another realm (a vm context, a test runner). */
export function isDate(value: unknown): value is Date {
  return Object.prototype.toString.call(value) === '[object Date]';
}

/** Whether a value is a `Uint8Array` (a `Buffer` is one), also one of another realm. */
export function isBytes(value: unknown): value is Uint8Array {
  return ArrayBuffer.isView(value) && Object.prototype.toString.call(value) === '[object Uint8Array]';
}

/** Whether a value is a `Map`, also one of another realm. */
export function isMap(value: unknown): value is Map<unknown, unknown> {
  return Object.prototype.toString.call(value) === '[object Map]';
}

/** Whether a string is text: lone surrogates have no UTF-8, and would become U+FFFD or an unrelated message. */
export function isWellFormed(value: string): boolean {
  return (value as string & { isWellFormed(): boolean }).isWellFormed();
}

function wellFormed(value: string, where: string): string {
  if (!isWellFormed(value)) throw invalid(`${where} is ${describe(value)}, which is no text`);
  return value;
}

/** A value's kind, for messages: never its content. */
export function describe(value: unknown): string {
  if (value === undefined) return 'undefined';
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'string' && !isWellFormed(value)) return 'a string with a lone surrogate';
  if (typeof value !== 'object') return `a ${typeof value}`;
  const name = (value as { constructor?: { name?: unknown } }).constructor?.name;
  return typeof name === 'string' && name !== 'Object' && name !== '' ? `a ${name}` : 'an object';
}
