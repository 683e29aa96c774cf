import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BallistaSessionContext, SessionContext } from 'ballista';
import type { Setup } from './lib/compare.js';
import { grouped, report, type Table } from './lib/report.js';
import { SimulatedCluster } from './lib/simulated.js';

/** A series of identical jobs. */
interface Load {
  executors: number;
  /** Each job has one stage, or two stages, of `tasks` tasks. */
  stages: 1 | 2;
  tasks: number;
  /** The number of tasks of all jobs together. */
  total: number;
  /** The number of concurrent jobs. Default 1. */
  atOnce?: number;
  /** The number of shuffle partitions that the rows of one task fall into. Default 10. */
  filled?: number;
}

const scan = { stages: 1, tasks: 1000, total: 10_000 } as const;
const shuffle = { stages: 2, tasks: 1000, total: 10_000 } as const;

const LOADS: readonly (readonly [string, readonly Load[]])[] = [
  [
    'More executors: jobs with one stage of 1,000 tasks, one after the other.',
    [1, 10, 100, 1000].map((executors) => ({ ...scan, executors, total: executors === 1000 ? 100_000 : scan.total })),
  ],
  ['Larger stages, on 1,000 executors.', [100, 1000, 10_000].map((tasks) => ({ ...scan, executors: 1000, tasks }))],
  [
    'Shuffles: two stages with the same number of tasks, on 1,000 executors.',
    [
      { ...shuffle, executors: 1000, tasks: 100 },
      { ...shuffle, executors: 1000 },
      { ...shuffle, executors: 1000, filled: 1000, total: 4000 },
    ],
  ],
  [
    'Concurrent jobs, each with one stage of 100 tasks, on 1,000 executors.',
    [10, 100].map((atOnce) => ({ ...scan, executors: 1000, tasks: 100, atOnce })),
  ],
];

/** The cost of the scheduler: simulated executors do no work, and clients read no rows. */
export async function executors({ scale, keep }: Setup): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'ballista-bench-'));
  try {
    const local = SessionContext.local();
    await local.sql(`COPY (SELECT value AS v FROM range(0, 1000000)) TO '${folder}/t.parquet'`);
    await local.close();
    const parts: (string | Table)[] = [];
    for (const [title, loads] of LOADS) {
      const rows: Table[number][] = [];
      for (const load of loads) rows.push(await run({ ...load, total: load.total * scale }, join(folder, 't.parquet')));
      parts.push(title, rows);
    }
    const about = `Measures only the scheduler, in its own process: executors with one slot report each task as successful at once, and the client
gets no rows. Every task has one partition of a Parquet file. *CPU* is the CPU time of the scheduler's process. The executors and the
client run on the same machine, and increase the *time*. *Filled* is the number of shuffle partitions that the rows of a task fall into.`;
    report('executors', [about, ...parts], { keep });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function run(load: Load, table: string): Promise<Table[number]> {
  const { executors, stages, tasks, total, atOnce = 1, filled = 10 } = load;
  const cluster = await SimulatedCluster.start(executors, filled);
  const connect = (partitions: number) =>
    new BallistaSessionContext(cluster.url, {
      clusterConfig: {
        'cluster.whole_query': 'never',
        'datafusion.execution.target_partitions': partitions,
        'datafusion.optimizer.repartition_file_min_size': 1,
      },
    });
  const [first, ctx] = [connect(executors), connect(tasks)];
  try {
    for (const context of [first, ctx]) await context.registerParquet('t', table);
    const query = 'SELECT v FROM t';
    await (await first.sql(query)).collect(); // not measured: connects the scheduler to every executor
    const sql = stages === 1 ? query : 'SELECT v, count(*) AS n FROM t GROUP BY v';
    const job = async () => (await ctx.sql(sql)).collect();
    const before = await cluster.usage();
    const started = performance.now();
    let [begun, ended] = [0, 0];
    const client = async () => {
      while (begun * stages * tasks < total) {
        begun += 1;
        await job();
        ended += 1;
      }
    };
    await Promise.all(Array.from({ length: atOnce }, client));
    const time = performance.now() - started;
    const after = await cluster.usage();
    const done = ended * stages * tasks;
    const cells = {
      executors: grouped(executors),
      'tasks per job': stages === 1 ? grouped(tasks) : `2 x ${grouped(tasks)}`,
      'concurrent jobs': String(atOnce),
      filled: stages === 1 ? '' : grouped(filled),
      tasks: grouped(done),
      'time per task': micros(time / done),
      'CPU per task': micros((after.cpu - before.cpu) / done),
      'peak memory': `${grouped(after.peak / 2 ** 20)} MiB`,
    };
    console.error(Object.values(cells).join(' | '));
    return cells;
  } finally {
    await first.close();
    await ctx.close();
    await cluster.close();
  }
}

const micros = (ms: number): string => `${grouped(ms * 1000)} µs`;
