/**
 * Reads columns whose values are in child columns, or in a dictionary.
 *
 * @module
 */

import { type Data, type Field, type Union, UnionMode } from 'apache-arrow';

import { nullable } from './flat-columns.js';
import type { Leaves } from './leaves.js';
import type { Binder, Read } from './reader.js';
import { offsetsOf } from './text.js';

/** Reads lists of any length. */
export function list<R>(item: Binder<R>, leaves: Leaves<R>): Binder<R> {
  return nullable(leaves, (data) => {
    const read = item(data.children[0] as Data);
    const offsets = offsetsOf(data);
    return (row) => leaves.list(range(read, offsets[row] as number, offsets[row + 1] as number));
  });
}

/** Reads lists of one length. */
export function fixedSizeList<R>(size: number, item: Binder<R>, leaves: Leaves<R>): Binder<R> {
  return nullable(leaves, ({ children }) => {
    const read = item(children[0] as Data);
    return (row) => leaves.list(range(read, row * size, (row + 1) * size));
  });
}

/** Reads structs. */
export function struct<R>(names: readonly string[], members: readonly Binder<R>[], leaves: Leaves<R>): Binder<R> {
  const leaf = leaves.struct(names);
  return nullable(leaves, ({ children }) => {
    const reads = members.map((member, i) => member(children[i] as Data));
    return (row) => leaf(reads.map((read) => read(row)));
  });
}

/** Reads maps. */
export function map<R>(key: Binder<R>, value: Binder<R>, leaves: Leaves<R>): Binder<R> {
  return nullable(leaves, ({ valueOffsets, children }) => {
    const [keys, values] = (children[0] as Data).children;
    const [readKey, readValue] = [key(keys as Data), value(values as Data)];
    return (row) => {
      const [from, to] = [Number(valueOffsets[row]), Number(valueOffsets[row + 1])];
      return leaves.map(range(readKey, from, to), range(readValue, from, to));
    };
  });
}

/** A union has no nulls of its own; only its members have nulls. */
export function union<R>(type: Union, members: readonly Binder<R>[], leaves: Leaves<R>): Binder<R> {
  const names = type.children.map((field: Field) => field.name);
  const position = new Map(Array.from(type.typeIds as ArrayLike<number>, (id, i) => [id, i]));
  return (data) => {
    const { typeIds, valueOffsets, children } = data;
    const reads = members.map((member, i) => member(children[i] as Data));
    const dense = type.mode === UnionMode.Dense;
    return (row) => {
      const i = position.get(typeIds[row] as number) as number;
      const value = (reads[i] as Read<R>)(dense ? Number(valueOffsets[row]) : row);
      return leaves.union(names[i] as string, value);
    };
  };
}

/** Plain entries are decoded once per batch. Objects are created for each row, because rows must not share them. */
export function dictionary<R>(value: Binder<R>, leaves: Leaves<R>): Binder<R> {
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

function range<R>(read: Read<R>, from: number, to: number): R[] {
  const items = new Array<R>(to - from);
  for (let i = from; i < to; i++) items[i - from] = read(i);
  return items;
}
