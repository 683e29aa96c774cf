/**
 * Results as JSON.
 *
 * The library's `toReadableStream({ format: 'ndjson' })` writes 64-bit integers and decimals as strings, for programs in
 * JavaScript. Here they are numbers with all digits, as other command lines write them.
 *
 * @module
 */

import type { Schema } from 'apache-arrow';

import type { Leaves } from '../../arrow/values/leaves.js';
import { decimalText } from '../../arrow/values/values.js';
import { eachBigint } from '../../arrow/values/wide.js';
import { formatFloat, TEXT_LEAVES } from '../../display/format-value.js';
import { BallistaError } from '../../errors.js';
import { type CellText, type Result, textOf } from './rows.js';

/** One array with an object for each row. */
export function json(result: Result): AsyncGenerator<string> {
  const row = objectOf(result.schema);
  return textOf(result, JSON_LEAVES, {
    header: '[',
    row: (cells, index) => `${index === 0 ? '' : ','}\n${row(cells)}`,
    footer: '\n]\n',
  });
}

/** One object in each line. */
export function ndjson(result: Result): AsyncGenerator<string> {
  const row = objectOf(result.schema);
  return textOf(result, JSON_LEAVES, { row: (cells) => `${row(cells)}\n` });
}

/** @throws BallistaError `SCHEMA` if two columns share a name */
function objectOf(schema: Schema): (cells: CellText[]) => string {
  const names = schema.fields.map(({ name }) => name);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) {
    throw new BallistaError(
      'SCHEMA',
      `Two columns are named "${twice}", but an object can have only one property of this name. Rename one column with AS.`,
    );
  }
  return members(names);
}

function members(names: readonly string[]): (values: readonly CellText[]) => string {
  const keys = names.map((name) => `${JSON.stringify(name)}:`);
  return (values) => `{${keys.map((key, i) => key + (values[i] ?? 'null')).join(',')}}`;
}

/** The JSON text of every type. Dates, times and intervals are the strings that tables show. */
const JSON_LEAVES: Leaves<string> = {
  nothing: 'null',
  bool: String,
  int: String,
  bigint: eachBigint(String),
  float: (precision) => (value) =>
    Number.isFinite(value) ? formatFloat(value, precision) : JSON.stringify(String(value)),
  text: JSON.stringify,
  bytes: (value) => JSON.stringify(TEXT_LEAVES.bytes(value)),
  decimal: (scale) => (unscaled) => decimalText(unscaled, scale),
  day: (value) => JSON.stringify(TEXT_LEAVES.day(value)),
  dateMs: (value) => JSON.stringify(TEXT_LEAVES.dateMs(value)),
  time: (unit) => quoted(TEXT_LEAVES.time(unit)),
  timestamp: (unit, timezone) => {
    const bind = TEXT_LEAVES.timestamp(unit, timezone);
    return (values) => quoted(bind(values));
  },
  duration: (unit) => quoted(TEXT_LEAVES.duration(unit)),
  interval: (unit) => {
    const text = TEXT_LEAVES.interval(unit);
    return (months, days, nanoseconds) => JSON.stringify(text(months, days, nanoseconds));
  },
  list: (items) => `[${items.join(',')}]`,
  struct: members,
  map: (keys, values) => `{${keys.map((key, i) => `${propertyName(key)}:${values[i]}`).join(',')}}`,
  union: (_name, value) => value,
};

function quoted<V>(text: (value: V) => string): (value: V) => string {
  return (value) => JSON.stringify(text(value));
}

/** A key of a map as the name of a property: the JSON text of a string, or of another value in quotes. */
function propertyName(key: string): string {
  return key.startsWith('"') ? key : JSON.stringify(key);
}
