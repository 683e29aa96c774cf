/**
 * Builds columns of numbers, strings, bytes, decimals, dates and intervals.
 *
 * @module
 */

import {
  type DataType,
  DateUnit,
  type Decimal,
  type Float,
  type Int,
  type Interval,
  IntervalUnit,
  Precision,
  util,
} from 'apache-arrow';

import { isDate, isWellFormed } from '../../input/kinds.js';
import { floorDiv } from '../temporal.js';
import { type Buffers, each, fill, fill64, offsetsOf, toNumber, units } from './fill.js';
import type { Cells } from './infer.js';

export function fromDate(value: Date, perSecond: bigint): bigint | undefined {
  const ms = value.getTime();
  if (Number.isNaN(ms)) return undefined;
  return perSecond >= 1000n ? BigInt(ms) * (perSecond / 1000n) : floorDiv(BigInt(ms), 1000n / perSecond);
}

export function integers(type: Int, cells: Cells): Buffers {
  const bits = BigInt(type.bitWidth);
  const min = type.isSigned ? -(2n ** (bits - 1n)) : 0n;
  const max = type.isSigned ? 2n ** (bits - 1n) - 1n : 2n ** bits - 1n;
  const inRange = (value: bigint): boolean => value >= min && value <= max;
  const out = new type.ArrayType(cells.values.length) as { [index: number]: number | bigint } & ArrayBufferView;
  each(type, cells, (value, i) => {
    const big = units(value, inRange);
    if (big === undefined) return false;
    out[i] = bits === 64n ? big : Number(big);
    return true;
  });
  return { values: out };
}

export function floats(type: Float, cells: Cells): Buffers {
  const exact = (value: unknown): number | undefined => {
    if (typeof value === 'number') return value;
    const number = typeof value === 'bigint' ? Number(value) : undefined;
    return number !== undefined && BigInt(number) === value ? number : undefined;
  };
  const half = (value: unknown): number | undefined => {
    const number = exact(value);
    return number === undefined ? undefined : util.float64ToUint16(number);
  };
  const { length } = cells.values;
  switch (type.precision) {
    case Precision.HALF:
      return { values: fill(new Uint16Array(length), type, cells, half) };
    case Precision.SINGLE:
      return { values: fill(new Float32Array(length), type, cells, exact) };
    default:
      return { values: fill(new Float64Array(length), type, cells, exact) };
  }
}

export function bytes(type: DataType, cells: Cells, encode: (value: unknown) => Uint8Array | undefined): Buffers {
  const parts: Uint8Array[] = [];
  const offsets = offsetsOf(type, cells, (value) => {
    const part = encode(value);
    if (part) parts.push(part);
    return part?.byteLength;
  });
  const values = new Uint8Array(Number(offsets[offsets.length - 1]));
  let at = 0;
  for (const part of parts) {
    values.set(part, at);
    at += part.byteLength;
  }
  return { offsets, values };
}

/** V8 strings have at most about 2^29 characters. */
const LONGEST_TEXT = 2 ** 28;

/** Encodes strings together, which is several times faster. If all are ASCII, character offsets are byte offsets. */
export function texts(type: DataType, cells: Cells): Buffers {
  const one = (value: unknown): value is string => typeof value === 'string' && isWellFormed(value);
  let length = 0;
  const offsets = offsetsOf(type, cells, (value) => {
    if (!one(value)) return undefined;
    length += value.length;
    return value.length;
  });
  if (length > LONGEST_TEXT) return bytes(type, cells, (value) => (one(value) ? Buffer.from(value) : undefined));
  const all = Buffer.from(Array.prototype.join.call(cells.values, ''));
  if (all.length === length) return { offsets, values: all };
  return { offsets: offsetsOf(type, cells, (value) => Buffer.byteLength(value as string)), values: all };
}

/** Accepts strings (`'12.30'`), whole numbers, and bigints, which are unscaled values as with `decimal: 'bigint'`. */
export function decimals(type: Decimal, cells: Cells): Buffers {
  const { scale, precision, bitWidth } = type;
  const width = bitWidth / 8;
  const out = new Uint32Array((cells.values.length * width) / 4);
  const view = new DataView(out.buffer);
  const limit = 10n ** BigInt(precision);
  each(type, cells, (value, i) => {
    let unscaled =
      typeof value === 'bigint' ? value : parseDecimal(typeof value === 'number' ? String(value) : value, scale);
    if (unscaled === undefined || unscaled >= limit || unscaled <= -limit) return false;
    for (let at = i * width; at < (i + 1) * width; at += 4) {
      view.setInt32(at, Number(BigInt.asIntN(32, unscaled)), true);
      unscaled >>= 32n;
    }
    return true;
  });
  return { values: out };
}

/** The unscaled value of a decimal string; undefined if digits would be lost. */
function parseDecimal(text: unknown, scale: number): bigint | undefined {
  const parts = typeof text === 'string' ? /^([+-]?)(\d+)(?:\.(\d+))?$/.exec(text) : null;
  if (!parts) return undefined;
  const [, sign, whole = '', fraction = ''] = parts;
  const shift = scale - fraction.length;
  const digits = BigInt(whole + fraction);
  const factor = 10n ** BigInt(Math.abs(shift));
  if (shift < 0 && digits % factor !== 0n) return undefined;
  const magnitude = shift < 0 ? digits / factor : digits * factor;
  return sign === '-' ? -magnitude : magnitude;
}

/** Accepts a `Date`, floored to its UTC day, or a string such as `'2021-01-31'`. */
export function dates(type: DataType, cells: Cells): Buffers {
  const days = (value: unknown): bigint | undefined => {
    const ms = isDate(value)
      ? value.getTime()
      : typeof value === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(value)
        ? Date.parse(value)
        : Number.NaN;
    return Number.isNaN(ms) ? undefined : floorDiv(BigInt(ms), 86_400_000n);
  };
  if ((type as unknown as { unit: DateUnit }).unit === DateUnit.DAY) {
    return { values: fill(new Int32Array(cells.values.length), type, cells, (value) => toNumber(days(value))) };
  }
  return {
    values: fill64(type, cells, (value) => {
      const day = days(value);
      return day === undefined ? undefined : day * 86_400_000n;
    }),
  };
}

/** Accepts `{ months, days, nanoseconds }` with the parts of the unit. A missing part is 0. */
export function intervals(type: Interval, cells: Cells): Buffers {
  const stride = { [IntervalUnit.YEAR_MONTH]: 1, [IntervalUnit.DAY_TIME]: 2, [IntervalUnit.MONTH_DAY_NANO]: 4 }[
    type.unit
  ];
  const out = new Int32Array(cells.values.length * stride);
  const view = new DataView(out.buffer);
  const int32 = (value: bigint | undefined): boolean => value !== undefined && value === BigInt.asIntN(32, value);
  each(type, cells, (value, i) => {
    const given = value as { months?: unknown; days?: unknown; nanoseconds?: unknown };
    const months = units(given.months ?? 0);
    const days = units(given.days ?? 0);
    const nanoseconds = units(given.nanoseconds ?? 0);
    if (!int32(months) || !int32(days) || nanoseconds === undefined) return false;
    const at = i * stride;
    if (type.unit === IntervalUnit.YEAR_MONTH) {
      out[at] = Number(months);
      return days === 0n && nanoseconds === 0n;
    }
    if (type.unit === IntervalUnit.DAY_TIME) {
      out[at] = Number(days);
      out[at + 1] = Number(nanoseconds / 1_000_000n);
      return months === 0n && nanoseconds % 1_000_000n === 0n && int32(nanoseconds / 1_000_000n);
    }
    out[at] = Number(months);
    out[at + 1] = Number(days);
    view.setBigInt64(at * 4 + 8, nanoseconds, true);
    return true;
  });
  return { values: out };
}
