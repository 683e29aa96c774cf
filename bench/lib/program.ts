/**
 * The systems of systems.ts that run in Node, each in its own process:
 *
 *     node --expose-gc program.mjs <system> <folder for shuffle files>
 *
 * bench/stock/src/engine.rs describes the requests.
 *
 * @module
 */

import { createHash } from 'node:crypto';
import { createInterface } from 'node:readline';
import type { Table } from 'apache-arrow';
import { BallistaSessionContext, SessionContext } from 'ballista';
import { startCluster } from './cluster.js';
import type { Answer, Request } from './systems.js';
import type { Tables } from './tpch.js';

/** Describes the result and closes it. This is not measured. */
type Finish = () => Promise<Pick<Answer, 'rows' | 'digest'>>;

interface Engine {
  register(tables: Tables): Promise<void>;
  /** Reads all rows, in the form that the system's users get. */
  collect(sql: string): Promise<Finish>;
  /** Reads the first batch. */
  first(sql: string): Promise<Finish>;
  close(): Promise<void>;
}

function ballista(ctx: SessionContext, close: () => Promise<void> = async () => undefined): Engine {
  return {
    register: async (tables) => {
      for (const [name, folder] of Object.entries(tables)) await ctx.registerParquet(name, folder);
    },
    collect: async (sql) => {
      const table = await (await ctx.sql(sql)).toArrow();
      return async () => ({ rows: table.numRows, digest: digest(table) });
    },
    first: async (sql) => {
      const stream = (await ctx.sql(sql)).stream();
      const { value } = await stream.next();
      return async () => {
        await stream.cancel();
        return { rows: value?.numRows ?? 0 };
      };
    },
    close: async () => {
      await ctx.close();
      await close();
    },
  };
}

async function duckdb(): Promise<Engine> {
  const { DuckDBInstance } = await import('@duckdb/node-api');
  const instance = await DuckDBInstance.create(':memory:', { threads: '2' });
  // A connection runs one query at a time.
  const idle = [await instance.connect()];
  return {
    register: async (tables) => {
      for (const [name, folder] of Object.entries(tables))
        await idle[0]?.run(`CREATE VIEW ${name} AS SELECT * FROM read_parquet('${folder}/*.parquet')`);
    },
    collect: async (sql) => {
      const connection = idle.pop() ?? (await instance.connect());
      const reader = await connection.runAndReadAll(sql);
      idle.push(connection);
      return async () => ({ rows: reader.currentRowCount });
    },
    first: async (sql) => {
      const connection = idle.pop() ?? (await instance.connect());
      const chunk = await (await connection.stream(sql)).fetchChunk();
      return async () => {
        connection.closeSync();
        return { rows: chunk?.rowCount ?? 0 };
      };
    },
    close: async () => instance.closeSync(),
  };
}

async function processes(wholeQuery: string, executors: number, folder: string): Promise<Engine> {
  const cluster = await startCluster(executors, folder);
  const clusterConfig = { 'cluster.whole_query': wholeQuery };
  return ballista(new BallistaSessionContext(cluster.url, { clusterConfig }), () => cluster.close());
}

async function start(name: string, folder: string): Promise<Engine> {
  if (name === 'ours') return ballista(await BallistaSessionContext.standalone({ executors: 1, vcores: 2 }));
  if (name === 'local')
    return ballista(SessionContext.local({ config: { 'datafusion.execution.target_partitions': 2 } }));
  if (name === 'duckdb') return duckdb();
  const [setting, executors] = name.split('-');
  return processes(setting ?? '', Number(executors), folder);
}

/** A hash of the rows that does not depend on their order. Large results have none, because it would take longer than the query. */
function digest(table: Table): string | undefined {
  if (table.numRows > 100_000) return undefined;
  const plain = (_: string, value: unknown): unknown => {
    if (typeof value === 'bigint') return String(value);
    return ArrayBuffer.isView(value) ? Array.from(value as Uint32Array).join() : value;
  };
  const rows = table.toArray().map((row) => JSON.stringify(row.toJSON(), plain));
  return createHash('sha256').update(rows.sort().join('\n')).digest('hex');
}

const [name = '', folder = ''] = process.argv.slice(2);
const engine = await start(name, folder);

async function answer({ sql, how = 'collect', copies = 1 }: Request): Promise<Answer> {
  // Collects the garbage of the previous run, so that it does not slow this one down.
  globalThis.gc?.();
  const started = performance.now();
  const finish = await Promise.all(Array.from({ length: copies }, () => engine[how](sql)));
  const ms = performance.now() - started;
  const [described] = await Promise.all(finish.map((run) => run()));
  return { ms, rows: described?.rows ?? 0, digest: described?.digest, peak: process.resourceUsage().maxRSS * 1024 };
}

for await (const line of createInterface({ input: process.stdin })) {
  const request = JSON.parse(line) as Request | { tables: Tables };
  const work = 'tables' in request ? engine.register(request.tables).then(() => ({})) : answer(request);
  const result = await work.catch((error: unknown) => ({ error: String(error) }));
  process.stdout.write(`${JSON.stringify(result)}\n`);
}
await engine.close();
