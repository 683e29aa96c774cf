/**
 * Converts JavaScript values to literals. Query parameters, the `sql` tag and expressions share these rules.
 *
 * @module
 */

import { invalid } from '../errors.js';
import { describe } from '../input/describe.js';
import { isBytes, isDate, isWellFormed } from '../input/kinds.js';
import type { Expr } from './expr.js';
import type { Literal } from './node/node.js';

/**
 * A value that can be bound to a placeholder or used in an expression.
 *
 * | JavaScript | SQL type |
 * |---|---|
 * | `null` | Null |
 * | `boolean` | Boolean |
 * | `number`, a safe integer | Int64 |
 * | any other `number` | Float64 |
 * | `bigint` | Int64, or UInt64 if it only fits there |
 * | `string` | Utf8 |
 * | `Date` | Timestamp(ms, UTC) |
 * | `Uint8Array` | Binary |
 * | `lit(value, 'Int32')` | the given type |
 */
export type ParamValue = null | boolean | number | bigint | string | Date | Uint8Array | Expr;

const INT64_MIN = -(2n ** 63n);
const INT64_MAX = 2n ** 63n - 1n;
const UINT64_MAX = 2n ** 64n - 1n;

/**
 * Converts a value to a literal.
 *
 * @param where - the name of the value in an error
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
        `${where} is ${describe(value)}${value === undefined ? '. Use null for NULL.' : ', which has no SQL type.'}`,
      );
  }
}

/** Like {@link toLiteral}, cast to an Arrow type. */
export function toTypedLiteral(value: unknown, dataType: string, where: string): Literal {
  if (typeof value === 'number' && isIntegerType(dataType) && !Number.isInteger(value)) {
    throw invalid(`${where} is ${value}, which is not a valid ${dataType}.`);
  }
  // Beyond 64 bits the digits are sent as a string, which the cast reads exactly.
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
  throw invalid(`${where} is ${value}, which does not fit in 64 bits. Use lit(value, 'Decimal128(38, 0)').`);
}

function fromObject(value: object | null, where: string): Literal {
  if (value === null) return Object.freeze({ type: 'null' });
  if (isLiteralExpr(value)) return value.node.value;
  if (isDate(value)) {
    const ms = value.getTime();
    if (Number.isNaN(ms)) throw invalid(`${where} is an invalid Date.`);
    return Object.freeze({ type: 'timestamp', value: String(ms) });
  }
  if (isBytes(value)) {
    const bytes = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
    return Object.freeze({ type: 'binary', value: bytes.toString('base64') });
  }
  if (Array.isArray(value))
    throw invalid(`${where} must not be an array. Bind its values one by one (in the sql tag, use sql.join).`);
  throw invalid(`${where} is ${describe(value)}, which has no SQL type.`);
}

function isLiteralExpr(value: object): value is { node: { kind: 'literal'; value: Literal } } {
  return 'node' in value && (value.node as { kind?: unknown } | undefined)?.kind === 'literal';
}

function wellFormed(value: string, where: string): string {
  if (!isWellFormed(value)) throw invalid(`${where} is ${describe(value)}, which is not valid Unicode.`);
  return value;
}
