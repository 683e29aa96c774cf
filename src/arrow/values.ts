/**
 * Arrow columns → JavaScript values: rows and columns of plain data, never rounded silently.
 *
 * @module
 */

import { type DataType, type RecordBatch, type Schema, TimeUnit } from 'apache-arrow';

import { resolve, type Setting } from '../config/settings.js';
import { BallistaError, invalid } from '../errors.js';
import { type Binder, compile, type Leaves, type Read } from './columns.js';
import { floorDiv, isoDateTime, isoDay, isoTime, UNITS_PER_SECOND } from './temporal.js';
import { eachBigint, sharedBigints, type Wide, wideNumbers } from './wide.js';

/** One row, as a plain object. */
export type Row = Record<string, unknown>;

/** An SQL interval. `nanoseconds` follows {@link ConvertOptions.int64}. */
export interface IntervalValue {
  /** Whole months; a year is 12. */
  months: number;
  /** Days beside the months, of whatever length. */
  days: number;
  /** The rest, below a day or above. */
  nanoseconds: bigint | number | string;
}

/**
 * How Arrow values become JavaScript values.
 *
 * | Arrow | JavaScript |
 * |---|---|
 * | Null, and any null | `null` |
 * | Boolean | `boolean` |
 * | Int8…32, UInt8…32 | `number` |
 * | Int64, UInt64, Duration (in its unit) | `int64`: `bigint` |
 * | Float16…64 | `number` |
 * | Utf8, LargeUtf8, Utf8View | `string` |
 * | Binary, LargeBinary, BinaryView, FixedSizeBinary | `Uint8Array` (a copy) |
 * | Decimal128, Decimal256 | `decimal`: exact `string` |
 * | Date32, Date64 | `date`: `Date` |
 * | Time32, Time64 | `string`, `'23:59:59.123'` with all digits of its unit |
 * | Timestamp | `timestamp`: `Date` |
 * | Interval | {@link IntervalValue} |
 * | List, LargeList, FixedSizeList | array |
 * | Struct | object |
 * | Map | `Map` |
 * | Union | the value of its member |
 * | Dictionary | its value |
 */
export interface ConvertOptions {
  /** 64-bit integers. `'number'` throws `UNSAFE_INTEGER` past 2^53. Default `'bigint'`. */
  int64?: 'bigint' | 'number' | 'string';
  /** `'string'`: all digits, with the scale. `'number'`: the nearest double. `'bigint'`: unscaled. Default `'string'`. */
  decimal?: 'string' | 'number' | 'bigint';
  /**
   * `'date'`: `Date`, floored to the millisecond. `'bigint'`: in the column's unit. `'string'`: ISO 8601 in UTC with all
   * digits of the unit, ending in `Z` where the column has a time zone. Default `'date'`.
   */
  timestamp?: 'date' | 'bigint' | 'string';
  /** `'date'`: `Date` at midnight UTC. `'string'`: `'2021-01-31'`. Default `'date'`. */
  date?: 'date' | 'string';
  /**
   * Everything safe for `JSON.stringify`, without loss: 64-bit integers, decimals, dates and timestamps as strings, NaN
   * and infinities as `'NaN'`, `'Infinity'`, `'-Infinity'`, binary as base64, maps as `[key, value]` pairs. The other
   * options still count where they are JSON-safe. Default `false`.
   */
  json?: boolean;
}

/** {@link ConvertOptions} with nothing left open. */
export type Conversion = Required<ConvertOptions>;

/** Options of conversions. */
export const CONVERT_SETTINGS = {
  int64: { type: 'choice', choices: ['bigint', 'number', 'string'], doc: '64-bit integers.' },
  decimal: { type: 'choice', choices: ['string', 'number', 'bigint'], doc: 'Decimals.' },
  timestamp: { type: 'choice', choices: ['date', 'bigint', 'string'], doc: 'Timestamps.' },
  date: { type: 'choice', choices: ['date', 'string'], doc: 'Dates.' },
  json: { type: 'boolean', doc: 'Everything safe for JSON.stringify.' },
} as const satisfies { [K in keyof Conversion]: Setting };

/**
 * Checks and completes options; the later of two wins.
 *
 * @throws BallistaError `INVALID_ARGUMENT`
 */
export function toConversion(...given: (ConvertOptions | undefined)[]): Conversion {
  const merged: ConvertOptions = Object.assign(
    {},
    ...given.map((options) => resolve<ConvertOptions>('convert', CONVERT_SETTINGS, options)),
  );
  if (!merged.json)
    return { int64: 'bigint', decimal: 'string', timestamp: 'date', date: 'date', json: false, ...merged };
  if ([merged.int64, merged.decimal, merged.timestamp].includes('bigint')) {
    throw invalid('json: true cannot be combined with "bigint": JSON.stringify refuses bigints');
  }
  return { int64: 'string', decimal: 'string', timestamp: 'string', date: 'string', ...merged, json: true };
}

/** The table: what becomes of every Arrow type. */
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
      throw new Unsafe(`${value} is past 2^53 and fits no number`, "int64: 'bigint' or 'string'");
    return number;
  },
};

/** The same for columns. */
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

/** A value that the type asked for cannot hold; the loop over rows knows where it stands. */
class Unsafe extends Error {
  readonly remedy: string;

  constructor(message: string, remedy: string) {
    super(message);
    this.remedy = remedy;
  }
}

/** Less than 2^53: units up to here are exact numbers. */
const MAX_DATE_MS = 8_640_000_000_000_000;

function toDate(ms: bigint): Date {
  if (ms > MAX_DATE_MS || ms < -MAX_DATE_MS) {
    throw new Unsafe(`${ms} ms since the epoch is beyond what a Date holds`, "timestamp: 'string', date: 'string'");
  }
  return new Date(Number(ms));
}

/** Instants as `Date`, floored to the millisecond. */
function dateReader(perSecond: bigint): (values: Wide) => Read<Date> {
  const perMs = Number(perSecond) / 1000;
  const exact = (value: bigint): Date =>
    toDate(perSecond < 1000n ? value * (1000n / perSecond) : floorDiv(value, perSecond / 1000n));
  return (values) => {
    const read = wideNumbers(values);
    return (row) => {
      const units = read(row);
      if (perMs < 1 || Math.abs(units) > MAX_DATE_MS) return exact(values[row] as bigint);
      // The remainder goes first, since a quotient is rounded.
      const rest = units % perMs;
      return new Date((units - (rest < 0 ? rest + perMs : rest)) / perMs);
    };
  };
}

/** `-12.340` of -12340n and scale 3. */
export function decimalText(unscaled: bigint, scale: number): string {
  if (scale <= 0) return String(unscaled * 10n ** BigInt(-scale));
  const digits = String(unscaled < 0n ? -unscaled : unscaled).padStart(scale + 1, '0');
  const point = digits.length - scale;
  return `${unscaled < 0n ? '-' : ''}${digits.slice(0, point)}.${digits.slice(point)}`;
}

/**
 * Makes objects that have these keys already, for their values to be put in.
 *
 * They are copies: adding key after key costs several times as much, and from some twenty on V8 makes a hash table of each
 * object. JSON.parse, because it reserves room for the values in the object itself. And a copy has `__proto__` as any
 * other key, where adding it would change the prototype.
 */
function blankMaker(names: readonly string[]): () => Row {
  const blank: Row = JSON.parse(JSON.stringify(Object.fromEntries(names.map((name) => [name, null]))));
  return () => ({ ...blank });
}

/** Reads the JavaScript values of a column of a type. */
export function binder(type: DataType, options: Conversion): Binder<unknown> {
  return compile(type, jsLeaves(options));
}

/** Converts the batches of one result; made once per schema. */
export interface Converter<T extends object> {
  /** The names of the columns. */
  readonly names: readonly string[];
  /** The values of a batch, column by column. */
  columns(batch: RecordBatch): unknown[][];
  /** The values of a batch, row by row. */
  rows(batch: RecordBatch): T[];
}

/**
 * A converter for the batches of a schema; it counts the rows, for its errors.
 *
 * @throws BallistaError `SCHEMA` where two columns share a name: an object would lose one of them
 */
export function converter<T extends object>(schema: Schema, options: Conversion): Converter<T> {
  const names = schema.fields.map((field) => field.name);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) {
    throw new BallistaError('SCHEMA', `two columns are named "${twice}", which no object can hold; rename one with AS`);
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
  if (data === undefined) throw new BallistaError('INTERNAL', `column "${name}" is missing in a batch`);
  const read = bind(data);
  const values = new Array<unknown>(batch.numRows);
  let row = 0;
  try {
    for (; row < values.length; row++) values[row] = read(row);
  } catch (cause) {
    if (!(cause instanceof Unsafe)) throw cause;
    const place = `column "${name}", row ${before + row}`;
    throw new BallistaError('UNSAFE_INTEGER', `${place}: ${cause.message}; use ${cause.remedy}`, { cause });
  }
  return values;
}
