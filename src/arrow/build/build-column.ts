/**
 * Builds Arrow columns of a given type from JavaScript values, and checks every value.
 *
 * The buffers are written here and not with apache-arrow's builders, because those silently accept values that do not fit: a
 * fraction for an integer, or an instant before 1970.
 *
 * @module
 */

import {
  Data,
  type DataType,
  type Decimal,
  type Dictionary,
  type Field,
  type FixedSizeBinary,
  type FixedSizeList,
  type Float,
  type Int,
  type Interval,
  type Time,
  type Timestamp,
  Type,
  Vector,
} from 'apache-arrow';

import { BallistaError, invalid } from '../../errors.js';
import { isBytes, isDate } from '../../input/kinds.js';
import { timeUnits, UNITS_PER_SECOND } from '../temporal.js';
import { typeName } from '../type-name.js';
import { bytes, dates, decimals, floats, fromDate, integers, intervals, texts } from './build-values.js';
import { type Buffers, each, fill, fill64, offsetsOf, toNumber, units } from './fill.js';
import { type Cells, cellName, entriesOf, itemsOf, memberOf, pairsOf } from './infer.js';

/**
 * Builds a column of a type.
 *
 * @param nullable - whether nulls are allowed
 * @throws BallistaError `INVALID_ARGUMENT`, which names the row and the column
 */
export function buildColumn(type: DataType, cells: Cells, nullable = true): Data {
  const { length } = cells.values;
  if (type.typeId === Type.Null) return nulls(type, length);
  const validity = new Uint8Array(Math.ceil(length / 64) * 8);
  let nullCount = 0;
  for (let i = 0; i < length; i++) {
    const value = cells.values[i];
    if (value === null || value === undefined) nullCount++;
    else validity[i >> 3] = (validity[i >> 3] as number) | (1 << (i & 7));
  }
  if (nullCount > 0 && !nullable) {
    const at = Array.from(cells.values).findIndex((value) => value === null || value === undefined);
    throw invalid(
      `${cellName(cells, at)}: null is not allowed, because the schema declares the column as not nullable.`,
    );
  }
  const { offsets, values, children, dictionary } = buffersOf(type, cells);
  const bitmap = nullCount > 0 ? validity : undefined;
  const parts = [offsets, values, bitmap, undefined] as unknown as Data['buffers'];
  return new Data(type, 0, length, nullCount, parts, children, dictionary);
}

/** A column of nulls. apache-arrow forgets their number when it cuts the column, as it does for the items of lists. */
function nulls(type: DataType, length: number): Data {
  const slice = (_start: number, count: number) => nulls(type, count);
  return Object.assign(new Data(type, 0, length, length), { slice });
}

function buffersOf(type: DataType, cells: Cells): Buffers {
  switch (type.typeId) {
    case Type.Bool: {
      const bits = new Uint8Array(Math.ceil(cells.values.length / 64) * 8);
      each(type, cells, (value, i) => {
        if (typeof value !== 'boolean') return false;
        if (value) bits[i >> 3] = (bits[i >> 3] as number) | (1 << (i & 7));
        return true;
      });
      return { values: bits };
    }
    case Type.Int:
      return integers(type as Int, cells);
    case Type.Float:
      return floats(type as Float, cells);
    case Type.Utf8:
    case Type.LargeUtf8:
      return texts(type, cells);
    case Type.Binary:
    case Type.LargeBinary:
      return bytes(type, cells, (value) => (isBytes(value) ? value : undefined));
    case Type.FixedSizeBinary: {
      const { byteWidth } = type as FixedSizeBinary;
      const out = new Uint8Array(cells.values.length * byteWidth);
      each(type, cells, (value, i) => {
        if (!isBytes(value) || value.byteLength !== byteWidth) return false;
        out.set(value, i * byteWidth);
        return true;
      });
      return { values: out };
    }
    case Type.Decimal:
      return decimals(type as Decimal, cells);
    case Type.Date:
      return dates(type, cells);
    case Type.Time: {
      const { bitWidth, unit } = type as Time;
      const day = 86_400n * UNITS_PER_SECOND[unit];
      const inDay = (value: bigint): boolean => value >= 0n && value < day;
      const time = (value: unknown): bigint | undefined =>
        units(typeof value === 'string' ? timeUnits(value, unit) : value, inDay);
      return bitWidth === 32
        ? { values: fill(new Int32Array(cells.values.length), type, cells, (value) => toNumber(time(value))) }
        : { values: fill64(type, cells, time) };
    }
    case Type.Timestamp: {
      const perSecond = UNITS_PER_SECOND[(type as Timestamp).unit];
      return { values: fill64(type, cells, (value) => (isDate(value) ? fromDate(value, perSecond) : units(value))) };
    }
    case Type.Duration:
      return { values: fill64(type, cells, (value) => units(value)) };
    case Type.Interval:
      return intervals(type as Interval, cells);
    case Type.List:
    case Type.LargeList: {
      const offsets = offsetsOf(type, cells, listLength);
      const item = (type.children as Field[])[0] as Field;
      return { offsets, children: [buildColumn(item.type as DataType, itemsOf(cells), item.nullable)] };
    }
    case Type.FixedSizeList:
      return fixedSizeList(type as FixedSizeList, cells);
    case Type.Struct: {
      each(type, cells, (value) => typeof value === 'object' && !Array.isArray(value));
      return {
        children: (type.children as Field[]).map((field) =>
          buildColumn(field.type as DataType, memberOf(cells, field.name), true),
        ),
      };
    }
    case Type.Map: {
      const offsets = offsetsOf(type, cells, mapSize);
      const entries = (type.children as Field[])[0] as Field;
      const [key, value] = (entries.type as DataType).children as Field[] as [Field, Field];
      const { keys, values } = entriesOf(cells);
      const pair = [
        buildColumn(key.type as DataType, keys, false),
        buildColumn(value.type as DataType, values, value.nullable),
      ];
      return {
        offsets,
        children: [
          new Data(entries.type as DataType, 0, keys.values.length, 0, [] as unknown as Data['buffers'], pair),
        ],
      };
    }
    case Type.Dictionary:
      return encodeDictionary(type as Dictionary, cells);
    default:
      throw new BallistaError(
        'NOT_IMPLEMENTED',
        `The column "${cells.path}" of type ${typeName(type)} cannot be built from rows. Pass Arrow data.`,
      );
  }
}

function mapSize(value: unknown): number | undefined {
  if (typeof value !== 'object') return undefined;
  const pairs = pairsOf(value);
  return pairs.every((pair) => Array.isArray(pair) && pair.length === 2) ? pairs.length : undefined;
}

function listLength(value: unknown): number | undefined {
  if (Array.isArray(value)) return value.length;
  return ArrayBuffer.isView(value) && 'length' in value ? (value as unknown as ArrayLike<unknown>).length : undefined;
}

function fixedSizeList(type: FixedSizeList, cells: Cells): Buffers {
  const { listSize } = type;
  each(type, cells, (value) => listLength(value) === listSize);
  const item = (type.children as Field[])[0] as Field;
  // A null list of fixed size still takes space in the child.
  const padded = Array.from(
    cells.values,
    (value) => (value ?? new Array<null>(listSize).fill(null)) as ArrayLike<unknown>,
  );
  const items: Cells = {
    path: `${cells.path}[]`,
    values: padded.flatMap((list) => Array.from(list)),
    row: (i) => cells.row(Math.floor(i / listSize)),
  };
  return { children: [buildColumn(item.type as DataType, items, true)] };
}

/** Replaces -0 as a key, because a `Map` treats -0 and 0 as equal. */
const NEGATIVE_ZERO = Symbol('-0');

function encodeDictionary(type: Dictionary, cells: Cells): Buffers {
  const positions = new Map<unknown, number>();
  const entries: unknown[] = [];
  const indices = Array.from(cells.values, (value) => {
    if (value === null || value === undefined) return null;
    const key = Object.is(value, -0) ? NEGATIVE_ZERO : value;
    let position = positions.get(key);
    if (position === undefined) {
      position = entries.push(value) - 1;
      positions.set(key, position);
    }
    return position;
  });
  const row = (i: number): number => cells.row(i);
  const values = buildColumn(type.dictionary as DataType, { path: cells.path, values: entries, row }, false);
  const index = buildColumn(type.indices as DataType, { path: cells.path, values: indices, row });
  return { values: index.values as ArrayBufferView, dictionary: new Vector([values]) };
}
