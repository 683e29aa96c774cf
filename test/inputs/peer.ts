/**
 * A client as a program. Its queries use all kinds of requests between the processes of a cluster.
 *
 * @module
 */

import { BallistaSessionContext, udf } from 'ballista';

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
  /** Runs a query on a new connection. */
  | { readonly what: 'check' };

const { recorded, url } = argument<PeerOptions>();
const twice = udf({ name: 'twice', args: ['Int64'], returns: 'Int64', skipNulls: true }, (x) => 2n * x);

async function work(): Promise<void> {
  for (const whole of ['always', 'never'])
    for (let run = 0; run < 3; run++) {
      await using ctx = new BallistaSessionContext(recorded, { clusterConfig: { 'cluster.whole_query': whole } });
      ctx.registerUdf(twice);
      const df = await ctx.fromColumns({ k: ['a', 'b', 'a'], x: BigInt64Array.of(1n, 2n, 3n) });
      await ctx.registerRecordBatches('m', await df.collect());
      await (await ctx.sql('SELECT k, sum(x) AS s FROM m GROUP BY k ORDER BY s')).collect();
      await (await ctx.sql('SELECT a.x, b.k FROM m AS a JOIN m AS b ON a.x < b.x')).collect();
      await (await ctx.sql('SELECT twice(x) AS y FROM m')).collect();
      await (await ctx.sql('SELECT value FROM range(2000000) ORDER BY value DESC')).toIPC();
      await (await ctx.sql('SELECT 1 / (x - 1) FROM m')).collect().catch(() => undefined);
      const stream = (await ctx.sql('SELECT a.value FROM range(100000) AS a CROSS JOIN range(100000)')).stream();
      await stream.next();
      await stream.cancel();
    }
}

async function check(): Promise<boolean> {
  await using ctx = new BallistaSessionContext(url, { clusterConfig: { 'cluster.whole_query': 'never' } });
  const [row] = await (await ctx.sql('SELECT sum(value) AS s FROM range(1000)')).toArray();
  return row?.['s'] === 499_500n;
}

await answer(
  {},
  async ({ what }: PeerRequest) => (what === 'work' ? work() : check()),
  async () => undefined,
);
