/**
 * Ways to read a Parquet file into JavaScript values. Each runs in its own process, so that their heaps do not affect each other.
 * For every message, a process runs once and answers with a {@link Run}.
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

/** Rows as plain objects, or an object with an array for each column. */
type Values = readonly object[] | Columns;

/** Reads the values once. */
type Way = () => Promise<Values>;

/** The result of one run. */
export interface Run {
  /** Milliseconds. */
  time: number;
  /** The number of rows. */
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

/** Builds rows from columns, because columns are what polars returns fastest. */
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

/** Every way, by its name in the report. */
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

/** Starts a child process that runs one of the ways. */
export function startWay(name: keyof typeof ways): { run(): Promise<Run>; close(): void } {
  const child = fork(fileURLToPath(import.meta.url), [name], { execArgv: ['--expose-gc'] });
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`${name} ended with ${code}`);
  });
  // Ignored here: `run()` rejects with it.
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
    // Collects the garbage of the previous run, so that it does not slow this one down.
    globalThis.gc?.();
    const started = performance.now();
    const values = await way();
    const time = performance.now() - started;
    const rows = Array.isArray(values) ? values.length : (Object.values(values as Columns)[0]?.length ?? 0);
    process.send?.({ time, rows, types: typesOf(values) } satisfies Run);
  });
}
