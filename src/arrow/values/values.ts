/**
 * Converts Arrow columns to JavaScript values: rows and columns of plain data. Only timestamps as `Date` and decimals as
 * numbers are rounded; a value that does not fit its JavaScript type is an error.
 *
 * @module
 */

import { type DataType, type RecordBatch, type Schema, TimeUnit } from 'apache-arrow';

import { BallistaError } from '../../errors.js';
import { floorDiv, isoDateTime, isoDay, isoTime, UNITS_PER_SECOND } from '../temporal.js';
import { compile } from './columns.js';
import type { Conversion } from './convert-options.js';
import type { Leaves } from './leaves.js';
import type { Binder, Read } from './reader.js';
import { eachBigint, sharedBigints, type Wide, wideNumbers } from './wide.js';

/** A row, as a plain object. */
export type Row = Record<string, unknown>;

/** The conversion of every Arrow type. */
function jsLeaves(options: Conversion): Leaves<unknown> {
  const int64 = BIGINT[options.int64];
  return {
    nothing: null,
    bool: (value) => value,
    int: (value) => value,
    bigint: INT64[options.int64],
    float: () => (options.json ? (value) => (Number.isFinite(value) ? value : String(value)) : (value) => value),
    text: (value) => value,
    bytes: options.json
      ? (value) => Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('base64')
      : (value) => Uint8Array.from(value),
    decimal: (scale) => {
      if (options.decimal === 'bigint') return (unscaled) => unscaled;
      if (options.decimal === 'number') return (unscaled) => Number(decimalText(unscaled, scale));
      return (unscaled) => decimalText(unscaled, scale);
    },
    day: options.date === 'string' ? isoDay : (days) => toDate(BigInt(days) * 86_400_000n),
    dateMs:
      options.date === 'string'
        ? (ms) =>
            ms % 86_400_000n === 0n ? isoDay(Number(ms / 86_400_000n)) : isoDateTime(ms, TimeUnit.MILLISECOND, 'all')
        : toDate,
    time: (unit) => (value) => isoTime(value, unit, 'all'),
    timestamp: (unit, timezone) => {
      if (options.timestamp === 'bigint') return sharedBigints;
      const zone = timezone === null ? '' : 'Z';
      if (options.timestamp === 'string') return eachBigint((value) => isoDateTime(value, unit, 'all') + zone);
      return dateReader(UNITS_PER_SECOND[unit]);
    },
    duration: () => int64,
    interval: () => (months, days, nanoseconds) => ({ months, days, nanoseconds: int64(nanoseconds) }),
    list: (items) => items,
    struct: (names) => {
      const blank = blankMaker(names);
      return (values) => {
        const object = blank();
        for (let i = 0; i < names.length; i++) object[names[i] as string] = values[i];
        return object;
      };
    },
    map: options.json
      ? (keys, values) => keys.map((key, i) => [key, values[i]])
      : (keys, values) => new Map(keys.map((key, i) => [key, values[i]])),
    union: (_name, value) => value,
  };
}

const BIGINT: Record<Conversion['int64'], (value: bigint) => unknown> = {
  bigint: (value) => value,
  string: String,
  number: (value) => {
    const number = Number(value);
    if (!Number.isSafeInteger(number))
      throw new Unsafe(
        `${value} does not fit a JavaScript number exactly (the limit is 2^53)`,
        "int64: 'bigint' or 'string'",
      );
    return number;
  },
};

/** The conversion of whole columns. */
const INT64: Record<Conversion['int64'], (values: Wide) => Read<unknown>> = {
  bigint: sharedBigints,
  string: eachBigint(BIGINT.string),
  number: (values) => {
    const read = wideNumbers(values);
    return (row) => {
      const number = read(row);
      return Number.isSafeInteger(number) ? number : BIGINT.number(values[row] as bigint);
    };
  },
};

/** A value that does not fit the requested type. The loop over rows adds its position. */
class Unsafe extends Error {
  readonly remedy: string;

  constructor(message: string, remedy: string) {
    super(message);
    this.remedy = remedy;
  }
}

/** Less than 2^53, so units up to here are exact numbers. */
const MAX_DATE_MS = 8_640_000_000_000_000;

function toDate(ms: bigint): Date {
  if (ms > MAX_DATE_MS || ms < -MAX_DATE_MS) {
    throw new Unsafe(
      `${ms} ms since the epoch is outside the range of a JavaScript Date`,
      "timestamp: 'string', date: 'string'",
    );
  }
  return new Date(Number(ms));
}

/** Reads timestamps as `Date`, floored to the millisecond. */
function dateReader(perSecond: bigint): (values: Wide) => Read<Date> {
  const perMs = Number(perSecond) / 1000;
  const exact = (value: bigint): Date =>
    toDate(perSecond < 1000n ? value * (1000n / perSecond) : floorDiv(value, perSecond / 1000n));
  return (values) => {
    const read = wideNumbers(values);
    return (row) => {
      const units = read(row);
      if (perMs < 1 || Math.abs(units) > MAX_DATE_MS) return exact(values[row] as bigint);
      // Subtract the remainder first, because a quotient would be rounded.
      const rest = units % perMs;
      return new Date((units - (rest < 0 ? rest + perMs : rest)) / perMs);
    };
  };
}

/** `-12.340` for -12340n with scale 3. */
export function decimalText(unscaled: bigint, scale: number): string {
  if (scale <= 0) return String(unscaled * 10n ** BigInt(-scale));
  const digits = String(unscaled < 0n ? -unscaled : unscaled).padStart(scale + 1, '0');
  const point = digits.length - scale;
  return `${unscaled < 0n ? '-' : ''}${digits.slice(0, point)}.${digits.slice(point)}`;
}

/**
 * Returns a function that creates objects with the given keys, to be filled with values.
 *
 * The objects are copies of one object. Adding keys one by one costs several times as much, and with about twenty keys V8
 * turns each object into a hash table. JSON.parse is used because it reserves space for the values inside the object. Also,
 * a copy has `__proto__` as an ordinary key, whereas adding it would change the prototype.
 */
function blankMaker(names: readonly string[]): () => Row {
  const blank: Row = JSON.parse(JSON.stringify(Object.fromEntries(names.map((name) => [name, null]))));
  return () => ({ ...blank });
}

/** Returns the reader of a column type. */
export function binder(type: DataType, options: Conversion): Binder<unknown> {
  return compile(type, jsLeaves(options));
}

/** Converts the batches of a result. Created once per schema. */
export interface Converter<T extends object> {
  /** The names of the columns. */
  readonly names: readonly string[];
  /** The values of a batch, as one array per column. */
  columns(batch: RecordBatch): unknown[][];
  /** The values of a batch, as one object per row. */
  rows(batch: RecordBatch): T[];
}

/**
 * Creates a converter for the batches of a schema. It counts the rows, for its errors.
 *
 * @throws BallistaError `SCHEMA` if two columns share a name, because an object would lose one of them
 */
export function converter<T extends object>(schema: Schema, options: Conversion): Converter<T> {
  const names = schema.fields.map((field) => field.name);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) {
    throw new BallistaError(
      'SCHEMA',
      `Two columns are named "${twice}", but an object can have only one property of this name. Rename one column with AS.`,
    );
  }
  const binders = schema.fields.map((field) => binder(field.type as DataType, options));
  const blank = blankMaker(names);
  let done = 0;
  const columns = (batch: RecordBatch): unknown[][] => {
    const values = binders.map((bind, i) => column(bind, batch, i, names[i] as string, done));
    done += batch.numRows;
    return values;
  };
  return {
    names,
    columns,
    rows: (batch) => {
      const values = columns(batch);
      const rows = new Array<T>(batch.numRows);
      for (let row = 0; row < rows.length; row++) {
        const object = blank();
        for (let i = 0; i < names.length; i++) object[names[i] as string] = (values[i] as unknown[])[row];
        rows[row] = object as T;
      }
      return rows;
    },
  };
}

function column(bind: Binder<unknown>, batch: RecordBatch, index: number, name: string, before: number): unknown[] {
  const data = batch.data.children[index];
  if (data === undefined) throw new BallistaError('INTERNAL', `The column "${name}" is missing in a batch.`);
  const read = bind(data);
  const values = new Array<unknown>(batch.numRows);
  let row = 0;
  try {
    for (; row < values.length; row++) values[row] = read(row);
  } catch (cause) {
    if (!(cause instanceof Unsafe)) throw cause;
    const place = `Column "${name}", row ${before + row}`;
    throw new BallistaError('UNSAFE_INTEGER', `${place}: ${cause.message}. Use ${cause.remedy}.`, { cause });
  }
  return values;
}
