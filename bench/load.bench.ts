import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { BallistaSessionContext, SessionContext } from 'ballista';
import { startCluster } from './lib/cluster.js';
import type { Setup } from './lib/compare.js';
import { grouped, measure, median, ms, report, type Table } from './lib/report.js';
import { NATIONS, tpchTables } from './lib/tpch.js';

const CLIENTS = [1, 10, 100, 200];
const SECONDS = 4;

/** A query that keeps both slots busy for seconds and returns one row. */
const LONG = `SELECT sum(l_quantity * p_size) AS n
  FROM lineitem CROSS JOIN (SELECT p_size FROM part WHERE p_partkey <= 100)`;

/** Many concurrent small queries, and small queries beside a large one, on two executors with one slot each. */
export async function load({ scale, keep }: Setup): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'ballista-bench-'));
  const cluster = await startCluster(2, folder);
  const on = (wholeQuery: string) =>
    new BallistaSessionContext(cluster.url, { clusterConfig: { 'cluster.whole_query': wholeQuery } });
  const contexts = {
    '`auto`': on('auto'),
    '`never`': on('never'),
    'local()': SessionContext.local({ config: { 'datafusion.execution.target_partitions': 2 } }),
  };
  const all = Object.entries(contexts);
  try {
    for (const [, ctx] of all)
      for (const [name, path] of Object.entries(tpchTables(scale))) await ctx.registerParquet(name, path);
    const throughput: Table[number][] = [];
    for (const clients of CLIENTS) {
      const cells: Record<string, string> = { clients: String(clients) };
      for (const [name, ctx] of all) {
        const { rate, p50, p99 } = await underLoad(ctx, clients);
        cells[name] = `${grouped(rate)} (${ms(p50)}, ${ms(p99)})`;
        console.error(`${clients} clients, ${name}: ${cells[name]}`);
      }
      throughput.push(cells);
    }
    const beside: Table[number][] = [];
    for (const [name, ctx] of all) beside.push({ setting: name, ...(await besideLong(ctx)) });
    const about = `Two executors with one slot each in separate processes, and a client with one context; TPC-H at scale ${scale}. The small query is
\`${NATIONS}\`. For ${SECONDS} seconds, each client runs the query again as soon as it has the
result. The cells are queries per second and, in brackets, the median and the 99th percentile of the time of a query.`;
    const besides = `The same small query, repeated while another query keeps both slots busy:
\`${LONG.replace(/\s+/g, ' ')}\`.`;
    report('load', [about, throughput, besides, beside], { keep });
  } finally {
    for (const [, ctx] of all) await ctx.close();
    await cluster.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function smallQuery(ctx: SessionContext): Promise<void> {
  await (await ctx.sql(NATIONS)).toArrow();
}

/** Percentiles of times in milliseconds. */
function percentiles(times: readonly number[]): { p50: number; p99: number; most: number } {
  const sorted = [...times].sort((a, b) => a - b);
  return {
    p50: median(sorted),
    p99: sorted[Math.ceil(sorted.length * 0.99) - 1] ?? Number.NaN,
    most: sorted.at(-1) ?? Number.NaN,
  };
}

async function underLoad(ctx: SessionContext, clients: number): Promise<{ rate: number; p50: number; p99: number }> {
  await smallQuery(ctx); // warm-up
  const started = performance.now();
  const end = started + SECONDS * 1000;
  const times: number[] = [];
  const client = async () => {
    for (let asked = performance.now(); asked < end; asked = performance.now()) {
      await smallQuery(ctx);
      times.push(performance.now() - asked);
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
  return { rate: (1000 * times.length) / (performance.now() - started), ...percentiles(times) };
}

async function besideLong(ctx: SessionContext): Promise<Record<string, string>> {
  const idle = median(await measure(15, () => smallQuery(ctx)));
  const started = performance.now();
  let took: number | undefined;
  const long = (await ctx.sql(LONG)).toArrow().then(() => {
    took = performance.now() - started;
  });
  await setTimeout(500); // by then, its tasks occupy the slots
  const times: number[] = [];
  while (took === undefined) {
    const asked = performance.now();
    await smallQuery(ctx);
    times.push(performance.now() - asked);
  }
  await long;
  const { p50, most } = percentiles(times);
  return {
    'long query': ms(took),
    'small queries meanwhile': String(times.length),
    median: ms(p50),
    longest: ms(most),
    'median without long query': ms(idle),
  };
}
