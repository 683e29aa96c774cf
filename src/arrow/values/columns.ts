/**
 * Reads columns of any Arrow type. This is the only exhaustive table of types; row values and printed tables share it.
 *
 * A type is compiled once into a {@link Binder}. Bound to the data of a batch, it reads values by row.
 *
 * @module
 */

import {
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
  type Time,
  type Timestamp,
  Type,
  type Union,
} from 'apache-arrow';

import { BallistaError } from '../../errors.js';
import { decimalReader, float, interval, nullable, viewReader } from './flat-columns.js';
import type { Leaves } from './leaves.js';
import { dictionary, fixedSizeList, list, map, struct, union } from './nested-columns.js';
import type { Binder } from './reader.js';
import { offsetsOf, textReader, textsIn } from './text.js';

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
    case Type.LargeList:
      return list(compile(child(type, 0).type, leaves), leaves);
    case Type.FixedSizeList:
      return fixedSizeList((type as FixedSizeList).listSize, compile(child(type, 0).type, leaves), leaves);
    case Type.Struct:
      return struct(
        fieldsOf(type).map(({ name }) => name),
        members(type, leaves),
        leaves,
      );
    case Type.Map: {
      const entries = child(type, 0).type;
      return map(compile(child(entries, 0).type, leaves), compile(child(entries, 1).type, leaves), leaves);
    }
    case Type.Union:
      return union(type as Union, members(type, leaves), leaves);
    case Type.Dictionary:
      return dictionary(compile((type as Dictionary).dictionary as DataType, leaves), leaves);
    default:
      throw new BallistaError('NOT_IMPLEMENTED', `apache-arrow cannot read values of the type ${String(type)}.`);
  }
}

function fieldsOf(type: DataType): Field<DataType>[] {
  return type.children as Field<DataType>[];
}

function child(type: DataType, index: number): Field<DataType> {
  return fieldsOf(type)[index] as Field<DataType>;
}

function members<R>(type: DataType, leaves: Leaves<R>): Binder<R>[] {
  return fieldsOf(type).map((field) => compile(field.type, leaves));
}
