/**
 * The options for converting values.
 *
 * @module
 */

import { invalid } from '../../errors.js';
import { type DocumentedSetting, resolve } from '../../input/settings.js';

/**
 * How Arrow values are converted to JavaScript values. Only timestamps as `Date` and decimals as `number` are rounded.
 *
 * | Arrow | JavaScript |
 * |---|---|
 * | Null, and any null | `null` |
 * | Boolean | `boolean` |
 * | Int8…32, UInt8…32 | `number` |
 * | Int64, UInt64, Duration (in the unit of the column) | `int64`: `bigint` |
 * | Float16…64 | `number` |
 * | Utf8, LargeUtf8, Utf8View | `string` |
 * | Binary, LargeBinary, BinaryView, FixedSizeBinary | `Uint8Array` (a copy) |
 * | Decimal32, Decimal64, Decimal128, Decimal256 | `decimal`: exact `string` |
 * | Date32, Date64 | `date`: `Date` |
 * | Time32, Time64 | `string`, `'23:59:59.123'`, with all digits of its unit |
 * | Timestamp | `timestamp`: `Date` |
 * | Interval | {@link IntervalValue} |
 * | List, LargeList, FixedSizeList, ListView, LargeListView | array |
 * | Struct | object |
 * | Map | `Map` |
 * | Union | the value of its member |
 * | Dictionary, RunEndEncoded | the decoded value |
 */
export interface ConvertOptions {
  /** How 64-bit integers are converted. `'number'` throws `UNSAFE_INTEGER` beyond 2^53. Default `'bigint'`. */
  int64?: 'bigint' | 'number' | 'string';
  /**
   * How decimals are converted. `'string'`: all digits, with scale. `'number'`: the nearest double. `'bigint'`: the unscaled value. Default
   * `'string'`.
   */
  decimal?: 'string' | 'number' | 'bigint';
  /**
   * How timestamps are converted. `'date'`: `Date`, floored to the millisecond. `'bigint'`: in the column's unit. `'string'`: ISO 8601 in UTC
   * with all digits of the unit, ending in `Z` if the column has a time zone. Default `'date'`.
   */
  timestamp?: 'date' | 'bigint' | 'string';
  /** How dates are converted. `'date'`: `Date` at midnight UTC. `'string'`: `'2021-01-31'`. Default `'date'`. */
  date?: 'date' | 'string';
  /**
   * Converts all values to forms that are safe for `JSON.stringify`, without loss: 64-bit integers, decimals, dates and
   * timestamps to strings, NaN and infinities to `'NaN'`, `'Infinity'`, `'-Infinity'`, binary to base64, maps to
   * `[key, value]` pairs. Other options apply as far as they are JSON-safe. Default `false`.
   */
  json?: boolean;
}

/** {@link ConvertOptions} with all defaults filled in. */
export type Conversion = Required<ConvertOptions>;

/** The settings table of {@link ConvertOptions}. */
export const CONVERT_SETTINGS = {
  int64: {
    type: 'choice',
    choices: ['bigint', 'number', 'string'],
    defaultText: "`'bigint'`",
    doc: "How 64-bit integers are converted. `'number'` throws `UNSAFE_INTEGER` beyond 2^53.",
  },
  decimal: {
    type: 'choice',
    choices: ['string', 'number', 'bigint'],
    defaultText: "`'string'`",
    doc: "How decimals are converted. `'string'`: all digits, with scale. `'number'`: the nearest double. `'bigint'`: the unscaled value.",
  },
  timestamp: {
    type: 'choice',
    choices: ['date', 'bigint', 'string'],
    defaultText: "`'date'`",
    doc: "How timestamps are converted. `'date'`: `Date`, floored to the millisecond. `'bigint'`: in the column's unit. `'string'`: ISO 8601 in UTC with all digits of the unit, ending in `Z` if the column has a time zone.",
  },
  date: {
    type: 'choice',
    choices: ['date', 'string'],
    defaultText: "`'date'`",
    doc: "How dates are converted. `'date'`: `Date` at midnight UTC. `'string'`: `'2021-01-31'`.",
  },
  json: {
    type: 'boolean',
    defaultText: '`false`',
    doc: "Converts all values to forms that are safe for `JSON.stringify`, without loss: 64-bit integers, decimals, dates and timestamps to strings, NaN and infinities to `'NaN'`, `'Infinity'`, `'-Infinity'`, binary to base64, maps to `[key, value]` pairs. Other options apply as far as they are JSON-safe.",
  },
} as const satisfies { [K in keyof Conversion]: DocumentedSetting };

/**
 * Checks and merges options, and fills in defaults. Later options win.
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
    throw invalid(
      'json: true cannot be combined with "bigint", because JSON.stringify does not accept bigints. Use "string".',
    );
  }
  return { int64: 'string', decimal: 'string', timestamp: 'string', date: 'string', ...merged, json: true };
}

/** An SQL interval. `nanoseconds` follows {@link ConvertOptions.int64}. */
export interface IntervalValue {
  /** Whole months. A year is 12 months. */
  months: number;
  /** Days in addition to the months. A day has no fixed length. */
  days: number;
  /** The rest. It may be longer than a day. */
  nanoseconds: bigint | number | string;
}
