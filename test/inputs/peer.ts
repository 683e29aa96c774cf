/**
 * A client as a program. Its queries use all kinds of requests between the processes of a cluster.
 *
 * @module
 */

import { BallistaSessionContext, type RecordBatchStream, udf } from 'ballista';

import { answer, argument } from '../support/answer.js';

export interface PeerOptions {
  /** The address for requests that are recorded. */
  readonly recorded: string;
  /** The address of the scheduler. */
  readonly url: string;
}

export type PeerRequest =
  /** Runs queries of all kinds. */
  | { readonly what: 'work' }
  /** Runs a query and reads few of its rows, so that executors keep the others. Answers with its job. */
  | { readonly what: 'hold' }
  /** Runs a query on a new connection. */
  | { readonly what: 'check' };

const { recorded, url } = argument<PeerOptions>();
const twice = udf({ name: 'twice', args: ['Int64'], returns: 'Int64', skipNulls: true }, (x) => 2n * x);

async function within<T>(
  address: string,
  whole: 'always' | 'never',
  body: (ctx: BallistaSessionContext) => Promise<T>,
): Promise<T> {
  const ctx = new BallistaSessionContext(address, { clusterConfig: { 'cluster.whole_query': whole } });
  try {
    return await body(ctx);
  } finally {
    await ctx.close();
  }
}

async function numbers(ctx: BallistaSessionContext): Promise<void> {
  const x = BigInt64Array.from({ length: 300 }, (_, index) => BigInt(index));
  const df = await ctx.fromColumns({ k: Array.from(x, (one) => `key ${one % 3n}`), x });
  await ctx.registerRecordBatches('m', await df.collect());
}

/** Reads only small tables: a changed message cannot make them larger, so no query fills the disk or runs for long. */
async function work(ctx: BallistaSessionContext): Promise<void> {
  ctx.registerUdf(twice);
  await numbers(ctx);
  const collect = async (sql: string) => (await ctx.sql(sql)).collect();
  await collect('SELECT k, sum(x) AS s FROM m GROUP BY k ORDER BY s');
  await collect('SELECT a.x, b.k FROM m AS a JOIN m AS b ON a.x + 1 = b.x WHERE a.x > 7');
  await collect('SELECT twice(x) AS y FROM m');
  await collect('SELECT a.x * b.x AS p FROM m AS a CROSS JOIN m AS b ORDER BY p');
  await collect('SELECT 1 / (x - 1) FROM m').catch(() => undefined);
  const stream = (await ctx.sql('SELECT a.x + b.x AS s FROM m AS a CROSS JOIN m AS b')).stream();
  await stream.next();
  await stream.cancel();
}

async function workInAllWays(): Promise<void> {
  for (const whole of ['always', 'never'] as const)
    for (let run = 0; run < 3; run++) await within(recorded, whole, work);
}

const held: RecordBatchStream[] = [];

async function hold(): Promise<string | undefined> {
  const ctx = new BallistaSessionContext(url, { clusterConfig: { 'cluster.whole_query': 'never' } });
  await numbers(ctx);
  const few = '(SELECT x FROM m WHERE x < 4)';
  const df = await ctx.sql(`SELECT a.k, a.x + b.x AS s FROM m AS a CROSS JOIN m AS b CROSS JOIN ${few} AS c`);
  const stream = df.stream();
  held.push(stream);
  await stream.next();
  return stream.jobId;
}

async function check(): Promise<boolean> {
  return within(url, 'never', async (ctx) => {
    const [row] = await (await ctx.sql('SELECT count(*) AS n FROM (VALUES (1), (2), (3)) AS t')).toArray();
    return row?.['n'] === 3n;
  });
}

const handlers = { work: workInAllWays, hold, check };
await answer(
  {},
  async ({ what }: PeerRequest) => handlers[what](),
  async () => undefined,
);
