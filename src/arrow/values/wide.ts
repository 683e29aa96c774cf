/**
 * Reads 64-bit columns and creates few bigints, because creating one per value is the main cost.
 *
 * @module
 */

import type { Read } from './reader.js';

/** 64-bit values as stored in Arrow. */
export type Wide = BigInt64Array | BigUint64Array;

/** Reads values as numbers without creating bigints. The result is exact if it is a safe integer. */
export function wideNumbers(values: Wide): Read<number> {
  const low = new Uint32Array(values.buffer, values.byteOffset, values.length * 2);
  const high = values instanceof BigInt64Array ? new Int32Array(low.buffer, low.byteOffset, low.length) : low;
  return (row) => (high[2 * row + 1] as number) * 2 ** 32 + (low[2 * row] as number);
}

/** Bigints from here on are cached, because counts, years, minutes and the like repeat. */
const LEAST = -1024;
const MOST = 8192;
const kept: bigint[] = [];

/** Reads values as bigints. Small bigints are cached. */
export function sharedBigints(values: Wide): Read<bigint> {
  const number = wideNumbers(values);
  return (row) => {
    const value = number(row);
    if (value < LEAST || value >= MOST) return values[row] as bigint;
    kept[value - LEAST] ??= values[row] as bigint;
    return kept[value - LEAST] as bigint;
  };
}

/** Reads values one by one, as bigints. */
export function eachBigint<R>(leaf: (value: bigint) => R): (values: Wide) => Read<R> {
  return (values) => (row) => leaf(values[row] as bigint);
}
