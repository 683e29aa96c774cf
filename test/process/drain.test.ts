import { BallistaError, BallistaExecutor, BallistaScheduler, BallistaSessionContext, setupTestCluster } from 'ballista';
import { expect, it } from 'vitest';

import { jobsOf } from '../support/jobs.js';
import { rejected } from '../support/rejected.js';
import { until } from '../support/until.js';
import { LONG, registerNumbers, SHORT, SHORT_RESULT, startJob, WIDE } from './fixtures/queries.mjs';

/** Starts a cluster with one executor with one slot. */
async function cluster(targetPartitions: number) {
  const scheduler = new BallistaScheduler({ port: 0 });
  await scheduler.start();
  const executor = () => new BallistaExecutor({ schedulerPort: scheduler.port, port: 0, grpcPort: 0, vcores: 1 });
  const first = executor();
  await first.start();
  const ctx = new BallistaSessionContext(scheduler.url, {
    // Runs queries in stages, because their files show when a task runs.
    clusterConfig: { 'cluster.whole_query': 'never', 'datafusion.execution.target_partitions': targetPartitions },
  });
  await registerNumbers(ctx);
  return { scheduler, executor, first, ctx };
}

it('close() of an executor waits for its running task, and the query returns its result', async () => {
  const { scheduler, first, ctx } = await cluster(1);
  const stream = (await ctx.sql(SHORT)).stream();
  const { first: result } = await startJob(stream);
  await until('its task runs', () => jobsOf(first).length > 0);
  const closing = first.close();
  expect((await result).value?.getChild('s')?.get(0)).toBe(SHORT_RESULT);
  expect((await stream.next()).done).toBe(true);
  await closing;
  await ctx.close();
  await scheduler.close();
});

it('close() of one of two executors loses no rows, because the other takes over', async () => {
  const { scheduler, executor, first, ctx } = await cluster(4);
  const groups = 'select k.x as g, sum(k.x * cast(n.x as bigint)) as s from k cross join n group by k.x';
  const stream = (await ctx.sql(`select sum(s) as s, count(*) as c from (${groups})`)).stream();
  const { first: result } = await startJob(stream);
  const second = executor();
  await second.start();
  await until('its first task runs', () => jobsOf(first).length > 0);
  await first.close();
  const batch = (await result).value;
  expect([batch?.getChild('s')?.get(0), batch?.getChild('c')?.get(0)]).toEqual([SHORT_RESULT, 100n]);
  expect((await stream.next()).done).toBe(true);
  await ctx.close();
  await second.close();
  await scheduler.close();
});

it('close() of a cluster with a running query ends, and the query fails with a BallistaError', async () => {
  const whole = await setupTestCluster({ executors: 2, vcores: 1 });
  const ctx = new BallistaSessionContext(whole.url);
  await registerNumbers(ctx);
  const { first } = await startJob((await ctx.sql(LONG)).stream());
  const failed = first.then(
    () => undefined,
    (error: unknown) => error,
  );
  await whole.close();
  expect(await failed).toSatisfy(BallistaError.is);
  await ctx.close();
}, 100_000);

it('close() of a scheduler does not wait for jobs that clients are done with', async () => {
  // Longer than the time limit of a test.
  const scheduler = new BallistaScheduler({ port: 0, drainTimeoutMs: 3_600_000 });
  await scheduler.start();
  const executor = new BallistaExecutor({ schedulerPort: scheduler.port, port: 0, grpcPort: 0, vcores: 2 });
  await executor.start();
  const ctx = new BallistaSessionContext(scheduler.url);
  await registerNumbers(ctx);
  for (const whole of ['always', 'never']) {
    await ctx.sql(`SET cluster.whole_query = ${whole}`);
    expect(await (await ctx.sql('SELECT 1 AS one')).toArray()).toEqual([{ one: 1n }]);
    expect(await rejected((await ctx.sql('SELECT x / (x - 7) FROM k')).toArray())).toSatisfy(BallistaError.is);
    const dropped = (await ctx.sql(WIDE)).stream();
    await dropped.next();
    await dropped.return();
    const { first, jobId } = await startJob((await ctx.sql(LONG)).stream());
    await ctx.cancelJob(jobId);
    await expect(first).rejects.toSatisfy(BallistaError.is);
  }
  // The context is open.
  await scheduler.close();
  await executor.close();
  await ctx.close();
});
