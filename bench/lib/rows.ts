/**
 * Ways to have a Parquet file as JavaScript values, each in a process of its own, so that no heap is in the way of another:
 * for every message a process gets, it runs once and answers with a {@link Run}.
 *
 * @module
 */

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { DuckDBResultReader } from '@duckdb/node-api';
import { BallistaSessionContext, type DataFrame } from 'ballista';
import type { DataFrame as PolarsFrame } from 'nodejs-polars';
import { flights } from './flights.js';

type Columns = Readonly<Record<string, ArrayLike<unknown>>>;

/** Rows as plain objects, or an object of columns. */
type Values = readonly object[] | Columns;

/** Makes the values once. */
type Way = () => Promise<Values>;

/** One run. */
export interface Run {
  /** Milliseconds. */
  time: number;
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

/** A way in a child. */
export function startWay(name: keyof typeof ways): { run(): Promise<Run>; close(): void } {
  const child = fork(fileURLToPath(import.meta.url), [name], { execArgv: ['--expose-gc'] });
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`${name} ended with ${code}`);
  });
  // Whoever waits for a run learns of it there.
  ended.catch(() => undefined);
  return {
    run: async () => {
      child.send('run');
      const [run] = await Promise.race([once(child, 'message'), ended]);
      return run as Run;
    },
    close: () => child.disconnect(),
  };
}

function typesOf(values: Values): string {
  const first: [string, unknown][] = Array.isArray(values)
    ? Object.entries(values[0] as object)
    : Object.entries(values as Columns).map(([name, column]) => [name, column[0]]);
  return first.map(([, value]) => (value instanceof Date ? 'Date' : typeof value)).join(', ');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const way = await ways[(process.argv[2] ?? '') as keyof typeof ways]();
  process.on('message', async () => {
    // What the last run left is none of this one's business.
    globalThis.gc?.();
    const started = performance.now();
    const values = await way();
    const time = performance.now() - started;
    const rows = Array.isArray(values) ? values.length : (Object.values(values as Columns)[0]?.length ?? 0);
    process.send?.({ time, rows, types: typesOf(values) } satisfies Run);
  });
}
