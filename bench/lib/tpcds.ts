import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { BallistaSessionContext, SessionContext, setupTestCluster } from 'ballista';
import { type Result, type Row, sameRow, sameRows, toResult } from './result.js';

const SLOTS = 2;
const LIMIT_MS = 60_000;
/** A query that takes longer runs once instead of twice. */
const LONG_MS = 10_000;

export interface Data {
  /** A folder with one subfolder for each table. */
  readonly tables: string;
  /** The SQL of each query, by its name, such as `q01`. */
  readonly queries: Readonly<Record<string, string>>;
}

/** Generates the data if it does not exist yet. */
export function tpcds(scale: number): Data {
  const output = execFileSync(process.execPath, ['scripts/tpcds.mjs', String(scale)], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [tables, folder] = output.trimEnd().split('\n') as [string, string];
  const files = readdirSync(folder).sort();
  const queries = files.map((file) => [file.replace('.sql', ''), statement(readFileSync(join(folder, file), 'utf8'))]);
  return { tables, queries: Object.fromEntries(queries) };
}

/** Removes comments and the semicolon, so that a LIMIT at the end can be found. */
function statement(text: string): string {
  return text.replace(/--.*$/gm, '').replace(/;\s*$/, '').trim();
}

/** A session and its cluster. */
interface Engine {
  readonly ctx: SessionContext;
  close(): Promise<void>;
}

const start = {
  'local()': async (): Promise<Engine> => {
    const ctx = SessionContext.local({ config: { 'datafusion.execution.target_partitions': SLOTS } });
    return { ctx, close: () => ctx.close() };
  },
  'in the process': async (): Promise<Engine> => {
    const ctx = await BallistaSessionContext.standalone({ vcores: SLOTS });
    return { ctx, close: () => ctx.close() };
  },
  'two executors': async (): Promise<Engine> => {
    const cluster = await setupTestCluster({ executors: 2, vcores: SLOTS });
    const ctx = new BallistaSessionContext(cluster.url, { clusterConfig: { 'cluster.whole_query': 'never' } });
    return { ctx, close: () => ctx.close().then(() => cluster.close()) };
  },
};

export type WayName = keyof typeof start;

export const WAYS = Object.keys(start) as WayName[];

/** The outcome of a query: its rows and the better time of two runs in milliseconds, or the reason for its failure. */
export type Outcome =
  | { readonly time: number; readonly result: Result }
  | { readonly time: number; readonly why: string };

/** One way to run the queries. After a query that exceeded the time limit, it starts a new engine, so that the query no longer runs. */
export class Way {
  readonly #tables: string;
  readonly #start: () => Promise<Engine>;
  #engine: Engine | undefined;

  constructor(name: WayName, tables: string) {
    this.#tables = tables;
    this.#start = start[name];
  }

  async run(query: string): Promise<Outcome> {
    const first = await this.#runOnce(query);
    if ('why' in first || first.time > LONG_MS) return first;
    const second = await this.#runOnce(query);
    return 'why' in second || second.time < first.time ? second : first;
  }

  async close(): Promise<void> {
    const engine = this.#engine;
    this.#engine = undefined;
    await engine?.close();
  }

  async #runOnce(query: string): Promise<Outcome> {
    const { ctx } = await this.#ready();
    const signal = AbortSignal.timeout(LIMIT_MS);
    const started = performance.now();
    try {
      const batches = await (await ctx.sql(query)).collect({ signal });
      return { time: performance.now() - started, result: toResult(batches) };
    } catch (error) {
      const time = performance.now() - started;
      if (!signal.aborted) return { time, why: error instanceof Error ? error.message : String(error) };
      await this.close();
      return { time, why: `over ${LIMIT_MS / 1000} s` };
    }
  }

  async #ready(): Promise<Engine> {
    if (this.#engine) return this.#engine;
    const engine = await this.#start();
    this.#engine = engine;
    for (const table of readdirSync(this.#tables)) await engine.ctx.registerParquet(table, join(this.#tables, table));
    return engine;
  }
}

const LIMIT = /\blimit\s+\d+$/i;

/**
 * Whether a query returned other rows than `local()`. The order of rows with equal sort keys is not defined, nor which of them
 * LIMIT drops. In that case, compares the results without LIMIT.
 */
export async function isWrong(query: string, own: Outcome, answer: Outcome, way: Way, local: Way): Promise<boolean> {
  if ('why' in own) return false;
  if ('why' in answer) return true;
  const [rows, expected] = [own.result.rows, answer.result.rows];
  if (rows.length !== expected.length || !sameOrder(query, own.result, answer.result)) return true;
  if (sameRows(rows, expected)) return false;
  if (!LIMIT.test(query)) return true;
  const unlimited = query.replace(LIMIT, '');
  const [all, allExpected] = [await way.run(unlimited), await local.run(unlimited)];
  return 'why' in all || 'why' in allExpected || !sameRows(all.result.rows, allExpected.result.rows);
}

/** Whether the results have the same values, row by row, in the columns that the query sorts by. */
function sameOrder(query: string, own: Result, answer: Result): boolean {
  const keys = sortKeys(query, answer.columns);
  const keysOf = (row: Row | undefined): Row => keys.map((key) => row?.[key] ?? null);
  return own.rows.every((row, i) => sameRow(keysOf(row), keysOf(answer.rows[i])));
}

/** The indexes of the sort keys, up to the first key that is not a column of the result. */
function sortKeys(query: string, columns: readonly string[]): number[] {
  const at = query.toLowerCase().lastIndexOf('order by');
  const clause = at < 0 ? '' : query.slice(at + 'order by'.length).replace(LIMIT, '');
  const keys = clause
    .split(',')
    .map((key) => key.trim().replace(/(\s+(asc|desc))?(\s+nulls\s+(first|last))?$/i, ''))
    .map((key) => (/^\d+$/.test(key) ? Number(key) - 1 : columns.indexOf(key.replace(/^\w+\./, '').toLowerCase())));
  const end = keys.indexOf(-1);
  return end < 0 ? keys : keys.slice(0, end);
}
