/**
 * Reads columns whose values are not in child columns.
 *
 * @module
 */

import { type Data, type Float, type Interval, IntervalUnit, Precision, util } from 'apache-arrow';

import type { Leaves } from './leaves.js';
import type { Binder, Read } from './reader.js';

/** Adds a check of the validity bitmap, only for columns that have nulls. */
export function nullable<R>(leaves: Leaves<R>, bind: Binder<R>): Binder<R> {
  return (data) => {
    const read = bind(data);
    const { nullBitmap, offset } = data;
    if (!nullBitmap || nullBitmap.byteLength === 0 || data.nullCount === 0) return read;
    return (row) => {
      const bit = offset + row;
      return ((nullBitmap[bit >> 3] as number) & (1 << (bit & 7))) === 0 ? leaves.nothing : read(row);
    };
  };
}

/** Reads floating-point numbers. */
export function float<R>(type: Float, leaves: Leaves<R>): Binder<R> {
  const leaf = leaves.float(type.precision);
  return type.precision === Precision.HALF
    ? nullable(
        leaves,
        ({ values }) =>
          (row) =>
            leaf(util.uint16ToFloat64(values[row])),
      )
    : nullable(
        leaves,
        ({ values }) =>
          (row) =>
            leaf(values[row]),
      );
}

/**
 * Reads view types: 4 bytes of length, then up to 12 bytes inline, or a prefix, buffer index and offset.
 *
 * @param open - returns a function that reads the bytes of a buffer between two positions
 */
export function viewReader<V>(data: Data, open: (bytes: Uint8Array) => (from: number, to: number) => V): Read<V> {
  const bytes = data.values as unknown as Uint8Array;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const inline = open(bytes);
  const buffers: ReturnType<typeof open>[] = [];
  return (row) => {
    const at = row * 16;
    const length = view.getInt32(at, true);
    if (length <= 12) return inline(at + 4, at + 4 + length);
    const index = view.getInt32(at + 8, true);
    const from = view.getInt32(at + 12, true);
    buffers[index] ??= open(data.variadicBuffers[index] as Uint8Array);
    return (buffers[index] as typeof inline)(from, from + length);
  };
}

/** Reads decimals: two's complement, little endian, 32 to 256 bits. */
export function decimalReader({ values, stride }: Data): (row: number) => bigint {
  const words = values as Uint32Array;
  const view = new DataView(words.buffer, words.byteOffset, words.byteLength);
  const width = stride * 4;
  if (width === 4) return (row) => BigInt(view.getInt32(row * 4, true));
  return (row) => {
    const end = (row + 1) * width;
    let value = view.getBigInt64(end - 8, true);
    for (let at = end - 16; at >= end - width; at -= 8) value = (value << 64n) | view.getBigUint64(at, true);
    return value;
  };
}

/** Reads intervals. */
export function interval<R>(type: Interval, leaves: Leaves<R>): Binder<R> {
  const leaf = leaves.interval(type.unit);
  switch (type.unit) {
    case IntervalUnit.YEAR_MONTH:
      return nullable(
        leaves,
        ({ values }) =>
          (row) =>
            leaf(values[row], 0, 0n),
      );
    case IntervalUnit.DAY_TIME:
      return nullable(
        leaves,
        ({ values }) =>
          (row) =>
            leaf(0, values[row * 2], BigInt(values[row * 2 + 1]) * 1_000_000n),
      );
    default:
      return nullable(leaves, ({ values }) => {
        const view = new DataView(values.buffer, values.byteOffset, values.byteLength);
        return (row) => leaf(values[row * 4], values[row * 4 + 1], view.getBigInt64(row * 16 + 8, true));
      });
  }
}
