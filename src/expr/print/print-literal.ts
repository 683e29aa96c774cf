/**
 * Prints literals and types as SQL.
 *
 * @module
 */

import type { Literal } from '../node/node.js';

/** Arrow types with an SQL name that does not depend on the configuration. Other types are printed with `arrow_cast`. */
const TYPES: Readonly<Record<string, string>> = {
  Boolean: 'BOOLEAN',
  Int8: 'TINYINT',
  Int16: 'SMALLINT',
  Int32: 'INT',
  Int64: 'BIGINT',
  UInt8: 'TINYINT UNSIGNED',
  UInt16: 'SMALLINT UNSIGNED',
  UInt32: 'INT UNSIGNED',
  UInt64: 'BIGINT UNSIGNED',
  Float32: 'REAL',
  Float64: 'DOUBLE',
  Date32: 'DATE',
  'Timestamp(ns)': 'TIMESTAMP',
};

const DECIMAL = /^Decimal128\((\d+), (\d+)\)$/;

/** Prints a cast of SQL text that is already in parentheses. */
export function printCast(text: string, dataType: string, safe: boolean): string {
  const [, precision, scale] = DECIMAL.exec(dataType) ?? [];
  const decimal = Number(precision) <= 38 && Number(scale) <= Number(precision) && Number(precision) > 0;
  const type = decimal ? `DECIMAL(${precision}, ${scale})` : TYPES[dataType];
  if (type !== undefined) return `${safe ? 'TRY_CAST' : 'CAST'}(${text} AS ${type})`;
  return `${safe ? 'arrow_try_cast' : 'arrow_cast'}(${text}, ${printText(dataType)})`;
}

/** Prints a string in quotes. */
export function printText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** Prints a literal with its type. */
export function printLiteral(literal: Literal): string {
  const value = printValue(literal);
  return literal.dataType === undefined ? value : printCast(value, literal.dataType, false);
}

/** Prints a literal without a cast to its type. */
function printValue(literal: Literal): string {
  switch (literal.type) {
    case 'null':
      return 'NULL';
    case 'utf8':
      return printText(literal.value);
    case 'binary':
      return `X'${Buffer.from(literal.value, 'base64').toString('hex')}'`;
    case 'timestamp':
      return printTimestamp(Number(literal.value));
    case 'float64':
      return printFloat(literal.value);
    default:
      return String(literal.value);
  }
}

function printTimestamp(ms: number): string {
  const text = new Date(ms).toISOString();
  // A year with more than four digits has a sign, which the engine cannot parse.
  return printCast(/^[+-]/.test(text) ? String(ms) : printText(text), 'Timestamp(ms, "UTC")', false);
}

function printFloat(value: number | 'NaN' | 'Infinity' | '-Infinity' | '-0'): string {
  if (value === '-0') return '-0.0';
  if (typeof value === 'string') return printCast(printText(value), 'Float64', false);
  const text = String(value);
  return /^-?\d+$/.test(text) ? `${text}.0` : text; // without a point it would be an integer
}
