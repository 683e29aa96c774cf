/**
 * 64-bit columns with few bigints: making one for every value costs more than everything else about it.
 *
 * @module
 */

import type { Read } from './columns.js';

/** 64-bit values as Arrow holds them. */
export type Wide = BigInt64Array | BigUint64Array;

/** Reads them as numbers, without a bigint in between; exact where the number is a safe integer. */
export function wideNumbers(values: Wide): Read<number> {
  const low = new Uint32Array(values.buffer, values.byteOffset, values.length * 2);
  const high = values instanceof BigInt64Array ? new Int32Array(low.buffer, low.byteOffset, low.length) : low;
  return (row) => (high[2 * row + 1] as number) * 2 ** 32 + (low[2 * row] as number);
}

/** Bigints from here on are kept: counts, years, minutes and the like repeat. */
const LEAST = -1024;
const MOST = 8192;
const kept: bigint[] = [];

/** Reads them as bigints; small ones are the same bigint every time. */
export function sharedBigints(values: Wide): Read<bigint> {
  const number = wideNumbers(values);
  return (row) => {
    const value = number(row);
    if (value < LEAST || value >= MOST) return values[row] as bigint;
    kept[value - LEAST] ??= values[row] as bigint;
    return kept[value - LEAST] as bigint;
  };
}

/** Reads them one by one, as bigints. */
export function eachBigint<R>(leaf: (value: bigint) => R): (values: Wide) => Read<R> {
  return (values) => (row) => leaf(values[row] as bigint);
}
