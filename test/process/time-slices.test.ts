/** Queries whose batches take long: other work of the executor does not wait for them. */

import { BallistaSessionContext } from 'ballista';
import { afterAll, beforeAll, expect, it } from 'vitest';

import { FLIGHTS, LONG_QUERY } from '../support/data.js';
import { rejected } from '../support/rejected.js';
import { until } from '../support/until.js';
import { secondsSince } from '../support/usage.js';

/** In seconds of processor time, which a busy machine does not change. The long query needs more than a hundred. */
const FEW = 10;

let ctx: BallistaSessionContext;
beforeAll(async () => {
  const clusterConfig = { 'cluster.whole_query': 'always' };
  ctx = await BallistaSessionContext.standalone({ executors: 1, vcores: 2, clusterConfig });
  await ctx.registerParquet('flights', FLIGHTS);
});
afterAll(() => ctx.close());

/** The processor time of the cluster during some work, in seconds. */
async function processorSeconds(work: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  return secondsSince(before);
}

async function longQuery() {
  const query = (await ctx.sql(LONG_QUERY)).execute();
  for await (const { scannedRows = 0 } of query.progress) if (scannedRows > 0) return query;
  throw new Error('the query ended before');
}

it('small queries run beside one', async () => {
  const query = await longQuery();
  const seconds = await processorSeconds(async () => {
    for (let i = 0; i < 3; i++) expect(await (await ctx.sql('select 1 as a')).toArray()).toEqual([{ a: 1n }]);
  });
  expect(seconds).toBeLessThan(FEW);
  await query.cancel();
  expect((await rejected(query.result)).code).toBe('JOB_CANCELLED');
});

it('one that is cancelled computes no more', async () => {
  const query = await longQuery();
  const seconds = await processorSeconds(async () => {
    await query.cancel();
    expect((await rejected(query.result)).code).toBe('JOB_CANCELLED');
    await until('the executor is idle', async () => {
      const idle = await processorSeconds(() => new Promise((resolve) => setTimeout(resolve, 300)));
      return idle < 0.1;
    });
  });
  expect(seconds).toBeLessThan(FEW);
});
