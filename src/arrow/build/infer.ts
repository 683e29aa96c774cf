/**
 * Infers the Arrow type of JavaScript values. Errors name the row and the column.
 *
 * @module
 */

import {
  Binary,
  Bool,
  type DataType,
  Field,
  Float64,
  Int64,
  List,
  Map_,
  Null,
  Struct,
  TimestampMillisecond,
  Uint64,
  Utf8,
} from 'apache-arrow';

import { invalid } from '../../errors.js';
import { describe } from '../../input/describe.js';
import { isBytes, isDate, isMap } from '../../input/kinds.js';

/** The kinds of values. Different kinds cannot be mixed in a column. */
type Kind = 'boolean' | 'number' | 'bigint' | 'string' | 'Date' | 'Uint8Array' | 'array' | 'Map' | 'object';

/** The values of a column, possibly nested in a list or struct, with the rows that they come from. */
export interface Cells {
  /** The name of the column: `tags`, `tags[]`, `address.city`. */
  readonly path: string;
  readonly values: ArrayLike<unknown>;
  /** The row of the i-th value. */
  row(index: number): number;
}

/** The name of a cell, for errors. */
export function cellName(cells: Cells, index: number): string {
  return `Row ${cells.row(index)}, column "${cells.path}"`;
}

/**
 * Infers the type of a column.
 *
 * | JavaScript | Arrow |
 * |---|---|
 * | only `null` and `undefined` | Null |
 * | `boolean` | Boolean |
 * | `number`, all safe integers | Int64 |
 * | `number`, any other | Float64 |
 * | `bigint` (with safe integers) | Int64, or UInt64 if all values only fit there |
 * | `string` | Utf8 |
 * | `Date` | Timestamp(ms, UTC) |
 * | `Uint8Array` | Binary |
 * | array, other typed array | List |
 * | `Map` | Map |
 * | object | Struct with all keys that occur |
 *
 * @throws BallistaError `INVALID_ARGUMENT`
 */
export function inferType(cells: Cells): DataType {
  for (let i = 0; i < cells.values.length; i++) {
    if (isDeep(cells.values[i]))
      throw invalid(
        `${cellName(cells, i)}: values are nested more than ${MOST_LEVELS} levels deep, or contain themselves.`,
      );
  }
  return infer(cells);
}

/** The maximum nesting of types. Deeper types cannot be sent to an executor: its plan decoder rejects them. */
const MOST_LEVELS = 30;

function isDeep(value: unknown, level = 0): boolean {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return false;
  if (level >= MOST_LEVELS) return true;
  const items = Array.isArray(value)
    ? value
    : isMap(value)
      ? [...value.keys(), ...value.values()]
      : Object.values(value);
  return items.some((item) => isDeep(item, level + 1));
}

function infer(cells: Cells): DataType {
  let kind: Kind | undefined;
  let integers = true;
  let first = 0;
  const { values } = cells;
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (value === null || value === undefined) continue;
    const next = kindOf(value, cells, i);
    if (next === 'number') integers &&= Number.isSafeInteger(value) && !Object.is(value, -0);
    if (kind === undefined) [kind, first] = [next, i];
    else if (kind !== next) {
      if (!isNumeric(kind) || !isNumeric(next)) {
        throw invalid(
          `${cellName(cells, i)}: the value is ${describe(value)}, but in row ${cells.row(first)} it is ${describe(values[first])}. Use values of one type, or pass a schema.`,
        );
      }
      kind = 'bigint';
    }
    if (kind === 'bigint' && !integers) {
      throw invalid(
        `${cellName(cells, i)}: the column has bigints and fractional numbers, but no type holds both exactly. Pass a schema.`,
      );
    }
  }
  return kind === undefined ? new Null() : typeOf(kind, integers, cells);
}

function isNumeric(kind: Kind): boolean {
  return kind === 'number' || kind === 'bigint';
}

function kindOf(value: unknown, cells: Cells, index: number): Kind {
  switch (typeof value) {
    case 'boolean':
    case 'number':
    case 'bigint':
    case 'string':
      return typeof value as Kind;
    case 'object':
      if (Array.isArray(value)) return 'array';
      if (isDate(value)) return 'Date';
      if (isBytes(value)) return 'Uint8Array';
      if (ArrayBuffer.isView(value) && !(Object.prototype.toString.call(value) === '[object DataView]')) return 'array';
      if (isMap(value)) return 'Map';
      return 'object';
    default:
      throw invalid(`${cellName(cells, index)}: ${describe(value)} has no Arrow type.`);
  }
}

function typeOf(kind: Kind, integers: boolean, cells: Cells): DataType {
  switch (kind) {
    case 'boolean':
      return new Bool();
    case 'number':
      return integers ? new Int64() : new Float64();
    case 'bigint':
      return bigintType(cells);
    case 'string':
      return new Utf8();
    case 'Date':
      return new TimestampMillisecond('UTC');
    case 'Uint8Array':
      return new Binary();
    case 'array':
      return new List(new Field('item', infer(itemsOf(cells)), true));
    case 'Map': {
      const { keys, values } = entriesOf(cells);
      const entries = new Struct<{ key: DataType; value: DataType }>([
        new Field('key', infer(keys), false),
        new Field('value', infer(values), true),
      ]);
      return new Map_(new Field('entries', entries, false));
    }
    case 'object': {
      const names = keysOf(cells);
      if (names.length === 0) throw invalid(`${cellName(cells, 0)}: an object without keys has no Arrow type.`);
      return new Struct(names.map((name) => new Field(name, infer(memberOf(cells, name)), true)));
    }
  }
}

function bigintType(cells: Cells): DataType {
  let [low, high, at] = [0n, 0n, 0];
  for (let i = 0; i < cells.values.length; i++) {
    const value = cells.values[i];
    if (value === null || value === undefined) continue;
    const big = BigInt(value as bigint | number);
    if (big < low) [low, at] = [big, i];
    if (big > high) [high, at] = [big, i];
  }
  if (low >= -(2n ** 63n) && high < 2n ** 63n) return new Int64();
  if (low >= 0n && high < 2n ** 64n) return new Uint64();
  throw invalid(
    `${cellName(cells, at)}: the bigints of the column do not fit in 64 bits. Pass a schema with a Decimal type.`,
  );
}

/** All keys of the objects in a column, in the order of first appearance. */
export function keysOf(cells: Cells): string[] {
  const names = new Set<string>();
  for (let i = 0; i < cells.values.length; i++) {
    const value = cells.values[i];
    if (value !== null && value !== undefined) for (const name of Object.keys(value)) names.add(name);
  }
  return [...names];
}

/** The values of one key of the objects in a column. */
export function memberOf(cells: Cells, name: string): Cells {
  const values = Array.from(cells.values, (value) => {
    // Only own properties: a column named "constructor" or "toString" must not read the prototype.
    return value !== null && value !== undefined && Object.hasOwn(value, name)
      ? (value as Record<string, unknown>)[name]
      : null;
  });
  return { path: cells.path === '' ? name : `${cells.path}.${name}`, values, row: (i) => cells.row(i) };
}

/** The elements of all arrays in a column. */
export function itemsOf(cells: Cells): Cells {
  return flatten(cells, '[]', (value) => value as ArrayLike<unknown>);
}

/** The keys and values of all maps in a column. A map is a `Map`, an array of pairs or an object. */
export function entriesOf(cells: Cells): { keys: Cells; values: Cells } {
  return {
    keys: flatten(cells, '.key', (value) => pairsOf(value).map(([key]) => key)),
    values: flatten(cells, '.value', (value) => pairsOf(value).map(([, item]) => item)),
  };
}

/** The entries of one map of {@link entriesOf}. */
export function pairsOf(value: unknown): readonly (readonly [unknown, unknown])[] {
  if (Array.isArray(value)) return value as [unknown, unknown][];
  return isMap(value) ? [...value] : Object.entries(value as object);
}

function flatten(cells: Cells, suffix: string, items: (value: unknown) => ArrayLike<unknown>): Cells {
  const values: unknown[] = [];
  const owners: number[] = [];
  for (let i = 0; i < cells.values.length; i++) {
    const value = cells.values[i];
    if (value === null || value === undefined) continue;
    const list = items(value);
    for (let j = 0; j < list.length; j++) {
      values.push(list[j]);
      owners.push(i);
    }
  }
  return { path: cells.path + suffix, values, row: (i) => cells.row(owners[i] as number) };
}
