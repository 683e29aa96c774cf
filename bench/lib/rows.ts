/**
 * One way to have a Parquet file as JavaScript values, in a process of its own, so that no heap is in the way of another:
 * prints times in milliseconds and what the values are, as JSON.
 *
 * @module
 */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import type { DuckDBResultReader } from '@duckdb/node-api';
import { BallistaSessionContext, type DataFrame } from 'ballista';
import type { DataFrame as PolarsFrame } from 'nodejs-polars';
import { flights } from './flights.js';
import { measure } from './report.js';

type Columns = Readonly<Record<string, ArrayLike<unknown>>>;

/** Rows as plain objects, or an object of columns. */
type Values = readonly object[] | Columns;

/** Makes the values once. */
type Way = () => Promise<Values>;

/** What a child prints. */
export interface Measured {
  times: number[];
  /** How many rows there were. */
  rows: number;
  /** The types of the values of a row. */
  types: string;
}

async function ours(values: (df: DataFrame) => Promise<Values>): Promise<Way> {
  const ctx = await BallistaSessionContext.standalone();
  const df = await ctx.readParquet(flights);
  return () => values(df);
}

async function duckdb(values: (result: DuckDBResultReader) => Values): Promise<Way> {
  const { DuckDBInstance } = await import('@duckdb/node-api');
  const connection = await (await DuckDBInstance.create()).connect();
  return async () => values(await connection.runAndReadAll(`SELECT * FROM read_parquet('${flights}')`));
}

async function polars(values: (df: PolarsFrame) => Values): Promise<Way> {
  const { default: pl } = await import('nodejs-polars');
  return async () => values(pl.readParquet(flights));
}

/** Columns are what polars gives fastest; its users put them together. */
function together(columns: Record<string, unknown[]>): object[] {
  const entries = Object.entries(columns);
  const rows = new Array<object>(entries[0]?.[1].length ?? 0);
  for (let row = 0; row < rows.length; row++) {
    const object: Record<string, unknown> = {};
    for (const [name, values] of entries) object[name] = values[row];
    rows[row] = object;
  }
  return rows;
}

/** Every way by the name that the report gives it. */
export const ways = {
  'ballista `toArray()`': () => ours((df) => df.toArray()),
  "ballista `toArray({ int64: 'number' })`": () => ours((df) => df.toArray({ int64: 'number' })),
  'DuckDB `getRowObjectsJS()`': () => duckdb((result) => result.getRowObjectsJS()),
  'nodejs-polars `toRecords()`': () => polars((df) => df.toRecords()),
  'nodejs-polars `toObject()`, rows by hand': () => polars((df) => together(df.toObject())),
  'ballista `toColumns()`': () => ours((df) => df.toColumns()),
  'DuckDB `getColumnsObjectJS()`': () => duckdb((result) => result.getColumnsObjectJS()),
  'nodejs-polars `toObject()`': () => polars((df) => df.toObject()),
} as const satisfies Record<string, () => Promise<Way>>;

/** Measures one way in a child. */
export async function measureWay(name: keyof typeof ways, runs: number): Promise<Measured> {
  const file = fileURLToPath(import.meta.url);
  const child = spawn(process.execPath, ['--expose-gc', file, name, String(runs)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [answer, [code]] = await Promise.all([text(child.stdout), once(child, 'exit')]);
  if (code !== 0) throw new Error(`${name} ended with ${code}`);
  return JSON.parse(answer) as Measured;
}

function typesOf(values: Values): string {
  const first: [string, unknown][] = Array.isArray(values)
    ? Object.entries(values[0] as object)
    : Object.entries(values as Columns).map(([name, column]) => [name, column[0]]);
  return first.map(([, value]) => (value instanceof Date ? 'Date' : typeof value)).join(', ');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [, , name = '', runs] = process.argv;
  const way = await ways[name as keyof typeof ways]();
  let values: Values = [];
  const times = await measure(
    Number(runs),
    async () => {
      values = await way();
    },
    () => {
      // What the last run left is none of the next one's business.
      values = [];
      globalThis.gc?.();
    },
  );
  values = await way();
  const rows = Array.isArray(values) ? values.length : (Object.values(values as Columns)[0]?.length ?? 0);
  process.stdout.write(JSON.stringify({ times, rows, types: typesOf(values) } satisfies Measured), () =>
    process.exit(),
  );
}
