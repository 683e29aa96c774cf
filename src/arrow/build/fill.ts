/**
 * Fills the buffers of a column value by value. Errors name the row.
 *
 * @module
 */

import type { Data, DataType, Vector } from 'apache-arrow';

import { invalid } from '../../errors.js';
import { describe } from '../../input/describe.js';
import { typeName } from '../type-name.js';
import { type Cells, cellName } from './infer.js';

/** The buffers of a column, without validity. */
export type Buffers = {
  offsets?: Int32Array | BigInt64Array;
  values?: ArrayBufferView;
  children?: Data[];
  dictionary?: Vector;
};

/** Calls `put` for every value that is not null; `put` returns whether the value fits. */
export function each(type: DataType, cells: Cells, put: (value: unknown, index: number) => boolean): void {
  const { values } = cells;
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (value === null || value === undefined) continue;
    if (!put(value, i)) {
      const shown = typeof value === 'number' || typeof value === 'bigint' ? `${value}` : describe(value);
      throw invalid(`${cellName(cells, i)}: ${shown} is not a valid ${typeName(type)}.`);
    }
  }
}

export function fill<A extends { [index: number]: number }>(
  out: A,
  type: DataType,
  cells: Cells,
  convert: (value: unknown) => number | undefined,
): A {
  each(type, cells, (value, i) => {
    const number = convert(value);
    if (number === undefined) return false;
    out[i] = number;
    return true;
  });
  return out;
}

const INT64 = { min: -(2n ** 63n), max: 2n ** 63n - 1n };

export function fill64(type: DataType, cells: Cells, convert: (value: unknown) => bigint | undefined): BigInt64Array {
  const out = new BigInt64Array(cells.values.length);
  each(type, cells, (value, i) => {
    const big = convert(value);
    if (big === undefined || big < INT64.min || big > INT64.max) return false;
    out[i] = big;
    return true;
  });
  return out;
}

/** A whole number of units, given as `number` or `bigint`. */
export function units(value: unknown, allowed: (value: bigint) => boolean = () => true): bigint | undefined {
  const big = typeof value === 'bigint' ? value : Number.isSafeInteger(value) ? BigInt(value as number) : undefined;
  return big !== undefined && allowed(big) ? big : undefined;
}

export function toNumber(value: bigint | undefined): number | undefined {
  return value === undefined ? undefined : Number(value);
}

/** Offsets of variable-length values. `size` returns undefined for a value that does not fit the type. */
export function offsetsOf(
  type: DataType,
  cells: Cells,
  size: (value: unknown) => number | undefined,
): Int32Array | BigInt64Array {
  const { length } = cells.values;
  const ends = new Float64Array(length + 1);
  each(type, cells, (value, i) => {
    const items = size(value);
    if (items === undefined) return false;
    ends[i + 1] = items;
    return true;
  });
  for (let i = 1; i <= length; i++) ends[i] = (ends[i] as number) + (ends[i - 1] as number);
  if (type.OffsetArrayType === BigInt64Array) return BigInt64Array.from(ends, BigInt);
  if ((ends[length] as number) > 0x7fff_ffff)
    throw invalid(`The column "${cells.path}" contains more than 2^31 bytes or items. Use several batches.`);
  return Int32Array.from(ends);
}
