/**
 * Literals and types as SQL.
 *
 * @module
 */

import type { Literal } from './node.js';

/** The Arrow types that have a name in SQL whatever the configuration; the others go by `arrow_cast`. */
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

/** A cast of text that stands in parentheses already. */
export function printCast(text: string, dataType: string, safe: boolean): string {
  const [, precision, scale] = DECIMAL.exec(dataType) ?? [];
  const decimal = Number(precision) <= 38 && Number(scale) <= Number(precision) && Number(precision) > 0;
  const type = decimal ? `DECIMAL(${precision}, ${scale})` : TYPES[dataType];
  if (type !== undefined) return `${safe ? 'TRY_CAST' : 'CAST'}(${text} AS ${type})`;
  return `${safe ? 'arrow_try_cast' : 'arrow_cast'}(${text}, ${printText(dataType)})`;
}

/** Text in quotes. */
export function printText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** A literal with its type. */
export function printLiteral(literal: Literal): string {
  const value = printValue(literal);
  return literal.dataType === undefined ? value : printCast(value, literal.dataType, false);
}

/** A literal without the type it is cast to. */
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
  // A year of more than four digits has a sign, which the engine does not read.
  return printCast(/^[+-]/.test(text) ? String(ms) : printText(text), 'Timestamp(ms, "UTC")', false);
}

function printFloat(value: number | 'NaN' | 'Infinity' | '-Infinity' | '-0'): string {
  if (value === '-0') return '-0.0';
  if (typeof value === 'string') return printCast(printText(value), 'Float64', false);
  const text = String(value);
  return /^-?\d+$/.test(text) ? `${text}.0` : text; // without a point it would be an integer
}
