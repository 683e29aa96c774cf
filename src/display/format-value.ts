/**
 * Formats values as DataFusion prints them.
 *
 * @module
 */

import { type DataType, IntervalUnit, Precision, TimeUnit } from 'apache-arrow';

import { floorDiv, isoDateTime, isoDay, isoTime, UNITS_PER_SECOND, zoneOffsetMinutes } from '../arrow/temporal.js';
import { compile } from '../arrow/values/columns.js';
import type { Leaves } from '../arrow/values/leaves.js';
import type { Binder } from '../arrow/values/reader.js';
import { decimalText } from '../arrow/values/values.js';
import { eachBigint } from '../arrow/values/wide.js';

/** Returns the formatter of a column type. A null is printed as an empty string. */
export function formatter(type: DataType): Binder<string> {
  return compile(type, TEXT_LEAVES);
}

/** Formats like `arrow_cast::display`, with DataFusion's defaults. */
export const TEXT_LEAVES: Leaves<string> = {
  nothing: '',
  bool: String,
  int: String,
  bigint: eachBigint(String),
  float: (precision) => (value) => formatFloat(value, precision),
  text: (value) => value,
  bytes: (value) => Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('hex'),
  decimal: (scale) => (unscaled) => decimalText(unscaled, scale),
  day: isoDay,
  dateMs: (value) => isoDateTime(value, TimeUnit.MILLISECOND, 'some'),
  time: (unit) => (value) => isoTime(value, unit, 'some'),
  timestamp: (unit, timezone) => eachBigint((value) => formatTimestamp(value, unit, timezone)),
  duration: (unit) => (value) => formatDuration(value, unit),
  interval: (unit) => (months, days, nanoseconds) => formatInterval(unit, months, days, nanoseconds),
  list: (items) => `[${items.join(', ')}]`,
  struct: (names) => (values) => `{${names.map((name, i) => `${name}: ${values[i]}`).join(', ')}}`,
  map: (keys, values) => `{${keys.map((key, i) => `${key}: ${values[i]}`).join(', ')}}`,
  union: (name, value) => `{${name}=${value}}`,
};

/** The shortest digits that read back as the same float, always with a point or an exponent, like Rust's `ryu`. */
export function formatFloat(value: number, precision: Precision): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  const sign = value < 0 || Object.is(value, -0) ? '-' : '';
  const [mantissa = '0', exponent = '0'] = shortest(Math.abs(value), precision).split('e');
  const digits = mantissa.replace('.', '');
  const point = Number(exponent) + 1; // digits before the decimal point
  if (precision === Precision.HALF) return sign + plain(digits, point).replace(/\.0$/, '');
  const scientific = value !== 0 && (point > 16 || point <= -5);
  if (!scientific) return sign + plain(digits, point);
  return `${sign}${digits[0]}${digits.length > 1 ? `.${digits.slice(1)}` : ''}e${point - 1}`;
}

function shortest(value: number, precision: Precision): string {
  if (precision === Precision.DOUBLE) return value.toExponential();
  // A float has at most 9 significant digits. The first number of digits that reads back is the shortest.
  for (let digits = 0; digits < 9; digits++) {
    const text = value.toExponential(digits);
    if (Math.fround(Number(text)) === value) return text.replace(/\.?0+e/, 'e');
  }
  return value.toExponential();
}

function plain(digits: string, point: number): string {
  if (point <= 0) return `0.${'0'.repeat(-point)}${digits}`;
  if (point >= digits.length) return `${digits}${'0'.repeat(point - digits.length)}.0`;
  return `${digits.slice(0, point)}.${digits.slice(point)}`;
}

/** The local time and offset in the time zone of the column, as RFC 3339. */
function formatTimestamp(value: bigint, unit: TimeUnit, timezone: string | null): string {
  if (timezone === null) return isoDateTime(value, unit, 'some');
  const perSecond = UNITS_PER_SECOND[unit];
  const offset = zoneOffsetMinutes(timezone, Number(floorDiv(value * 1000n, perSecond))) ?? 0;
  const local = isoDateTime(value + BigInt(offset) * 60n * perSecond, unit, 'some');
  if (offset === 0) return `${local}Z`;
  const minutes = Math.abs(offset);
  const clock = [Math.floor(minutes / 60), minutes % 60].map((part) => String(part).padStart(2, '0')).join(':');
  return `${local}${offset < 0 ? '-' : '+'}${clock}`;
}

/** `1 days 2 hours 3 mins 4.005 secs` */
function formatDuration(value: bigint, unit: TimeUnit): string {
  const perSecond = UNITS_PER_SECOND[unit];
  const seconds = value / perSecond;
  const minutes = seconds / 60n;
  const hours = minutes / 60n;
  const parts = `${hours / 24n} days ${hours % 24n} hours ${minutes % 60n} mins`;
  return `${parts} ${fractional(seconds % 60n, value % perSecond, String(perSecond).length - 1)} secs`;
}

/** `1 mons 2 days 3 hours 4 mins 5.000000006 secs`, without the parts that are zero. */
function formatInterval(unit: IntervalUnit, months: number, days: number, nanoseconds: bigint): string {
  if (unit === IntervalUnit.YEAR_MONTH) {
    const years = Math.floor(months / 12);
    return `${years} years ${months - years * 12} mons`;
  }
  const perSecond = 1_000_000_000n;
  const seconds = nanoseconds / perSecond;
  const fraction = nanoseconds % perSecond;
  const minutes = seconds / 60n;
  const hours = minutes / 60n;
  const parts = [
    months === 0 ? '' : `${months} mons`,
    days === 0 ? '' : `${days} days`,
    hours === 0n ? '' : `${hours} hours`,
    minutes % 60n === 0n ? '' : `${minutes % 60n} mins`,
  ];
  if (seconds % 60n !== 0n || fraction !== 0n) {
    const digits = unit === IntervalUnit.DAY_TIME ? 3 : 9;
    parts.push(`${fractional(seconds % 60n, fraction / 10n ** BigInt(9 - digits), digits)} secs`);
  }
  return parts.filter((part) => part !== '').join(' ') || '0 secs';
}

function fractional(seconds: bigint, fraction: bigint, digits: number): string {
  if (digits === 0) return String(seconds);
  const sign = seconds < 0n || fraction < 0n ? '-' : '';
  return `${sign}${abs(seconds)}.${String(abs(fraction)).padStart(digits, '0')}`;
}

function abs(value: bigint): bigint {
  return value < 0n ? -value : value;
}
