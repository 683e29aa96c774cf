import { DateDay, Field, Float64, Int64, List, Schema, Struct, Utf8 } from 'apache-arrow';

import { readBatches } from '../../../src/arrow/ipc/decode.js';
import { rowsToIpc } from '../../../src/arrow/ipc/plain-input.js';
import type { DataFrame } from '../../../src/dataframe/dataframe.js';
import type { SessionContext } from '../../../src/session/session-context.js';
import { tempFolder } from '../../support/data.js';
import type { Frames } from './case.js';

const field = (name: string, type: Field['type']): Field => new Field(name, type, true);
const day = (text: string): Date => new Date(`${text}T00:00:00Z`);
const numbers = new List(field('item', new Int64()));

/** The names of the tables. */
export type TableName = 't' | 'u' | 'v' | 'nested';

/** The tables have nulls, repeated values and names that SQL must quote. */
const TABLES: Readonly<Record<TableName, { schema: Schema; rows: readonly object[] }>> = {
  t: {
    schema: new Schema([
      field('id', new Int64()),
      field('g', new Utf8()),
      field('Name', new Utf8()),
      field('a b', new Int64()),
      field('a.b', new Float64()),
      field('ä', new DateDay()),
    ]),
    rows: [
      { id: 1, g: 'x', Name: 'Ada', 'a b': 10, 'a.b': 0.5, ä: day('1969-12-31') },
      { id: 2, g: 'x', Name: 'bob', 'a b': null, 'a.b': -1.25, ä: day('2020-02-29') },
      { id: 3, g: 'y', Name: null, 'a b': 30, 'a.b': Number.NaN, ä: null },
      { id: 4, g: 'y', Name: 'Ada', 'a b': 30, 'a.b': null, ä: day('2001-01-01') },
      { id: 5, g: null, Name: 'Čapek', 'a b': -5, 'a.b': 2, ä: day('2020-02-29') },
      { id: 6, g: null, Name: null, 'a b': null, 'a.b': null, ä: null },
      { id: 7, g: 'x', Name: 'Ada', 'a b': 10, 'a.b': 64, ä: day('1970-01-01') },
      { id: 8, g: 'z', Name: '', 'a b': 0, 'a.b': Number.NaN, ä: day('2038-01-19') },
    ],
  },
  u: {
    schema: new Schema([field('g', new Utf8()), field('k', new Int64()), field('Name', new Utf8())]),
    rows: [
      { g: 'x', k: 1, Name: 'one' },
      { g: 'x', k: 2, Name: null },
      { g: 'y', k: 3, Name: 'Ada' },
      { g: 'w', k: 99, Name: 'none' },
      { g: null, k: 5, Name: 'Čapek' },
    ],
  },
  v: {
    schema: new Schema([field('id', new Int64()), field('g', new Utf8()), field('extra', new Float64())]),
    rows: [
      { id: 1, g: 'x', extra: 1.5 },
      { id: 1, g: 'x', extra: 1.5 },
      { id: 7, g: 'x', extra: null },
      { id: 50, g: null, extra: -2 },
    ],
  },
  nested: {
    schema: new Schema([
      field('id', new Int64()),
      field('xs', numbers),
      field('ys', new List(field('item', new Utf8()))),
      field('xss', new List(field('item', numbers))),
      field('S', new Struct([field('p', new Int64()), field('Q', new Utf8())])),
    ]),
    rows: [
      { id: 1, xs: [1, 2], ys: ['a', 'b', 'c'], xss: [[1, 2], [3]], S: { p: 1, Q: 'one' } },
      { id: 2, xs: [], ys: ['d'], xss: [], S: { p: null, Q: 'null' } },
      { id: 3, xs: null, ys: null, xss: null, S: null },
      { id: 4, xs: [null, 7], ys: [null], xss: [null, [], [4, null]], S: { p: 4, Q: null } },
    ],
  },
};

const NAMES = Object.keys(TABLES) as TableName[];

/** The tables in memory, with two partitions each or without rows. */
export async function inMemory(ctx: SessionContext, keep = true): Promise<Frames> {
  for (const name of NAMES) {
    const { schema, rows } = TABLES[name];
    const half = rows.length / 2;
    const parts = keep ? [rows.slice(0, half), rows.slice(half)] : [[]];
    const partitions = parts.map((part) => readBatches(rowsToIpc(part, schema)));
    if (keep) await ctx.registerRecordBatches(name, partitions);
    else await ctx.fromArrow(rowsToIpc([], schema), name);
  }
  return frames(ctx);
}

/** The tables as folders of Parquet files. */
export async function inFiles(ctx: SessionContext, from: SessionContext): Promise<Frames> {
  const temp = tempFolder();
  for (const name of NAMES) {
    const path = temp(`${name}/`);
    await from.execute(`COPY (SELECT * FROM ${name}) TO '${path}' STORED AS PARQUET`);
    await ctx.registerParquet(name, path);
  }
  return frames(ctx);
}

async function frames(ctx: SessionContext): Promise<Frames> {
  const byName = async (open: (name: TableName) => Promise<DataFrame>) =>
    Object.fromEntries(await Promise.all(NAMES.map(async (name) => [name, await open(name)])));
  const named = await byName((name) => ctx.table(name));
  return { ...named, unnamed: await byName(async (name) => ctx.readTable(await ctx.tableProvider(name))) } as Frames;
}
