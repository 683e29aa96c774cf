/**
 * Reads columns of any Arrow type. This is the only exhaustive table of types; row values and printed tables share it.
 *
 * A type is compiled once into a {@link Binder}. Bound to the data of a batch, it reads values by row.
 *
 * @module
 */

import {
  type Data,
  type DataType,
  DateUnit,
  type Decimal,
  type Dictionary,
  type Duration,
  type Field,
  type FixedSizeBinary,
  type FixedSizeList,
  type Float,
  type Int,
  type Interval,
  IntervalUnit,
  type Map_,
  Precision,
  type Time,
  type Timestamp,
  type TimeUnit,
  Type,
  type Union,
  UnionMode,
  util,
} from 'apache-arrow';

import { BallistaError } from '../../errors.js';
import type { Binder, Read } from './reader.js';
import { offsetsOf, textReader, textsIn } from './text.js';
import type { Wide } from './wide.js';

/** How values of each kind are converted. Members that take a type are called once per column, not per value. */
export interface Leaves<R> {
  /** The result for a null, and for every value of the Null type. */
  readonly nothing: R;
  bool(value: boolean): R;
  /** Integers of 8 to 32 bits. */
  int(value: number): R;
  /** Integers of 64 bits. Called once per batch, like timestamps. */
  bigint(values: Wide): Read<R>;
  float(precision: Precision): (value: number) => R;
  text(value: string): R;
  /** `value` is a view of the batch. */
  bytes(value: Uint8Array): R;
  decimal(scale: number): (unscaled: bigint) => R;
  /** Days since the epoch. */
  day(value: number): R;
  /** A Date64: milliseconds since the epoch. */
  dateMs(value: bigint): R;
  /** A time of day, in the given unit. */
  time(unit: TimeUnit): (value: bigint) => R;
  /** Timestamps: units since the epoch. */
  timestamp(unit: TimeUnit, timezone: string | null): (values: Wide) => Read<R>;
  duration(unit: TimeUnit): (value: bigint) => R;
  interval(unit: IntervalUnit): (months: number, days: number, nanoseconds: bigint) => R;
  list(items: R[]): R;
  struct(names: readonly string[]): (values: R[]) => R;
  map(keys: R[], values: R[]): R;
  union(name: string, value: R): R;
}

/**
 * Compiles a type to a binder.
 *
 * @throws BallistaError `NOT_IMPLEMENTED` for a type that apache-arrow cannot read
 */
export function compile<R>(type: DataType, leaves: Leaves<R>): Binder<R> {
  switch (type.typeId) {
    case Type.Null:
      return () => () => leaves.nothing;
    case Type.Bool:
      return nullable(leaves, ({ values, offset }) => (row) => {
        const bit = offset + row;
        return leaves.bool(((values[bit >> 3] as number) & (1 << (bit & 7))) !== 0);
      });
    case Type.Int:
      return (type as Int).bitWidth === 64
        ? nullable(leaves, ({ values }) => leaves.bigint(values))
        : nullable(
            leaves,
            ({ values }) =>
              (row) =>
                leaves.int(values[row]),
          );
    case Type.Float:
      return float(type as Float, leaves);
    case Type.Utf8:
    case Type.LargeUtf8:
      return nullable(leaves, (data) => {
        const read = textReader(data);
        return (row) => leaves.text(read(row));
      });
    case Type.Utf8View:
      return nullable(leaves, (data) => {
        const read = viewReader(data, textsIn);
        return (row) => leaves.text(read(row));
      });
    case Type.Binary:
    case Type.LargeBinary:
      return nullable(leaves, (data) => {
        const bytes = data.values as Uint8Array;
        const offsets = offsetsOf(data);
        return (row) => leaves.bytes(bytes.subarray(offsets[row], offsets[row + 1]));
      });
    case Type.BinaryView:
      return nullable(leaves, (data) => {
        const read = viewReader(data, (bytes) => (from, to) => bytes.subarray(from, to));
        return (row) => leaves.bytes(read(row));
      });
    case Type.FixedSizeBinary: {
      const { byteWidth } = type as FixedSizeBinary;
      return nullable(leaves, ({ values }) => {
        const bytes = values as Uint8Array;
        return (row) => leaves.bytes(bytes.subarray(row * byteWidth, (row + 1) * byteWidth));
      });
    }
    case Type.Decimal: {
      const leaf = leaves.decimal((type as Decimal).scale);
      return nullable(leaves, (data) => {
        const read = decimalReader(data);
        return (row) => leaf(read(row));
      });
    }
    case Type.Date:
      return (type as { unit?: DateUnit }).unit === DateUnit.DAY
        ? nullable(
            leaves,
            ({ values }) =>
              (row) =>
                leaves.day(values[row]),
          )
        : nullable(
            leaves,
            ({ values }) =>
              (row) =>
                leaves.dateMs(values[row]),
          );
    case Type.Time: {
      const leaf = leaves.time((type as Time).unit);
      return nullable(
        leaves,
        ({ values }) =>
          (row) =>
            leaf(BigInt(values[row])),
      );
    }
    case Type.Timestamp: {
      const { unit, timezone } = type as Timestamp;
      const leaf = leaves.timestamp(unit, timezone || null);
      return nullable(leaves, ({ values }) => leaf(values));
    }
    case Type.Duration: {
      const leaf = leaves.duration((type as Duration).unit);
      return nullable(
        leaves,
        ({ values }) =>
          (row) =>
            leaf(values[row]),
      );
    }
    case Type.Interval:
      return interval(type as Interval, leaves);
    case Type.List:
    case Type.LargeList: {
      const item = compile(child(type, 0).type, leaves);
      return nullable(leaves, (data) => {
        const read = item(data.children[0] as Data);
        const offsets = offsetsOf(data);
        return (row) => leaves.list(range(read, offsets[row] as number, offsets[row + 1] as number));
      });
    }
    case Type.FixedSizeList: {
      const { listSize } = type as FixedSizeList;
      const item = compile(child(type, 0).type, leaves);
      return nullable(leaves, ({ children }) => {
        const read = item(children[0] as Data);
        return (row) => leaves.list(range(read, row * listSize, (row + 1) * listSize));
      });
    }
    case Type.Struct: {
      const fields = type.children as Field[];
      const leaf = leaves.struct(fields.map((field) => field.name));
      const members = fields.map((field) => compile(field.type as DataType, leaves));
      return nullable(leaves, ({ children }) => {
        const reads = members.map((member, i) => member(children[i] as Data));
        return (row) => leaf(reads.map((read) => read(row)));
      });
    }
    case Type.Map: {
      const entries = child(type as Map_, 0).type;
      const [key, value] = [compile(child(entries, 0).type, leaves), compile(child(entries, 1).type, leaves)];
      return nullable(leaves, ({ valueOffsets, children }) => {
        const [keys, values] = (children[0] as Data).children;
        const [readKey, readValue] = [key(keys as Data), value(values as Data)];
        return (row) => {
          const [from, to] = [Number(valueOffsets[row]), Number(valueOffsets[row + 1])];
          return leaves.map(range(readKey, from, to), range(readValue, from, to));
        };
      });
    }
    case Type.Union:
      return union(type as Union, leaves);
    case Type.Dictionary:
      return dictionary(type as Dictionary, leaves);
    default:
      throw new BallistaError('NOT_IMPLEMENTED', `apache-arrow cannot read values of the type ${String(type)}.`);
  }
}

function child(type: DataType, index: number): Field<DataType> {
  return (type.children as Field<DataType>[])[index] as Field<DataType>;
}

function range<R>(read: Read<R>, from: number, to: number): R[] {
  const items = new Array<R>(to - from);
  for (let i = from; i < to; i++) items[i - from] = read(i);
  return items;
}

/** Adds a check of the validity bitmap, only for columns that have nulls. */
function nullable<R>(leaves: Leaves<R>, bind: Binder<R>): Binder<R> {
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

function float<R>(type: Float, leaves: Leaves<R>): Binder<R> {
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
function viewReader<V>(data: Data, open: (bytes: Uint8Array) => (from: number, to: number) => V): Read<V> {
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
function decimalReader({ values, stride }: Data): (row: number) => bigint {
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

function interval<R>(type: Interval, leaves: Leaves<R>): Binder<R> {
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

/** A union has no nulls of its own; only its members have nulls. */
function union<R>(type: Union, leaves: Leaves<R>): Binder<R> {
  const members = (type.children as Field<DataType>[]).map((field) => ({
    name: field.name,
    bind: compile(field.type, leaves),
  }));
  const position = new Map(Array.from(type.typeIds as ArrayLike<number>, (id, i) => [id, i]));
  return (data) => {
    const { typeIds, valueOffsets, children } = data;
    const reads = members.map(({ bind }, i) => bind(children[i] as Data));
    const dense = type.mode === UnionMode.Dense;
    return (row) => {
      const i = position.get(typeIds[row] as number) as number;
      const value = (reads[i] as Read<R>)(dense ? Number(valueOffsets[row]) : row);
      return leaves.union((members[i] as { name: string }).name, value);
    };
  };
}

/** Plain entries are decoded once per batch. Objects are created for each row, because rows must not share them. */
function dictionary<R>(type: Dictionary, leaves: Leaves<R>): Binder<R> {
  const value = compile(type.dictionary as DataType, leaves);
  return nullable(leaves, (data) => {
    const chunks = (data.dictionary?.data ?? []) as readonly Data[];
    const reads = chunks.map((chunk) => value(chunk));
    const known: R[] = [];
    return (row) => {
      let index = Number(data.values[row]);
      const hit = known[index];
      if (hit !== undefined) return hit;
      const key = index;
      let chunk = 0;
      while (index >= (chunks[chunk] as Data).length) index -= (chunks[chunk++] as Data).length;
      const found = (reads[chunk] as Read<R>)(index);
      if (typeof found !== 'object') known[key] = found;
      return found;
    };
  });
}
