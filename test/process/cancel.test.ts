import {
  BallistaExecutor,
  BallistaScheduler,
  BallistaSessionContext,
  type DataFrame,
  type RecordBatchStream,
} from 'ballista';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { jobsOf } from '../support/jobs.js';
import { Program } from '../support/program.js';
import { failure, rejected } from '../support/rejected.js';
import { until } from '../support/until.js';
import { LONG, registerNumbers, STUBBORN, startJob, WIDE } from './fixtures/queries.mjs';

let scheduler: BallistaScheduler;
let executor: BallistaExecutor;
let ctx: BallistaSessionContext;
let other: BallistaSessionContext;

/** Checks that the only slot of the cluster is free soon: a small query runs. */
async function expectFreeSlot(): Promise<void> {
  expect(await (await other.sql('select 1 as a')).toArray({ signal: AbortSignal.timeout(120_000) })).toEqual([
    { a: 1n },
  ]);
}

/** Checks that the job has ended on the scheduler, and that its slot is free. */
async function expectOver(jobId: string): Promise<void> {
  expect(await other.cancelJob(jobId)).toBe(false);
  await expectFreeSlot();
}

async function running(signal?: AbortSignal): Promise<{
  stream: RecordBatchStream;
  first: Promise<unknown>;
  jobId: string;
}> {
  const stream = (await ctx.sql(LONG)).stream({ signal });
  return { stream, ...(await startJob(stream)) };
}

beforeAll(async () => {
  scheduler = new BallistaScheduler({ port: 0 });
  await scheduler.start();
  executor = new BallistaExecutor({ schedulerPort: scheduler.port, port: 0, grpcPort: 0, vcores: 1 });
  await executor.start();
  other = new BallistaSessionContext(scheduler.url);
});
afterAll(async () => {
  await other.close();
  await executor.close();
  await scheduler.close();
});
beforeEach(async () => {
  // Runs queries in stages, because their files show when a task runs. test/modes/cancel.test.ts tests whole queries.
  ctx = new BallistaSessionContext(scheduler.url, { clusterConfig: { 'cluster.whole_query': 'never' } });
  await registerNumbers(ctx);
});
afterEach(() => ctx.close());

describe('a running query ends on the scheduler and frees its slot', () => {
  it('after an abort, and rejects with the reason', async () => {
    const controller = new AbortController();
    const { first, jobId } = await running(controller.signal);
    const reason = new Error('enough');
    controller.abort(reason);
    expect(await failure(first)).toBe(reason);
    await until('the scheduler has cancelled it', async () => !(await other.cancelJob(jobId)));
    await expectOver(jobId);
  });

  it('after an abort while it is being submitted', async () => {
    const df = await ctx.sql(LONG);
    for (let turns = 0; turns < 40; turns += 4) {
      const controller = new AbortController();
      const first = failure(df.stream({ signal: controller.signal }).next());
      for (let turn = 0; turn < turns; turn++) await new Promise(setImmediate);
      controller.abort(turns);
      expect(await first).toBe(turns);
    }
    await expectFreeSlot();
  });

  it('after AbortSignal.timeout', async () => {
    const df = await ctx.sql(LONG);
    expect(await failure(df.toArray({ signal: AbortSignal.timeout(500) }))).toMatchObject({ name: 'TimeoutError' });
    await expectFreeSlot();
  });

  it('after stream.cancel(), which waits until it has ended', async () => {
    const { stream, first, jobId } = await running();
    await stream.cancel();
    expect((await rejected(first)).code).toBe('JOB_CANCELLED');
    await expectOver(jobId);
    expect((await rejected(stream.next())).code).toBe('CLOSED');
    await stream.cancel();
  });

  it.each<[what: string, begin: (stream: RecordBatchStream, controller: AbortController) => unknown]>([
    ['cancel()', (stream) => stream.cancel()],
    ['return()', (stream) => stream.return()],
    ['an abort', (_, controller) => controller.abort()],
  ])('before a stream.cancel() returns that follows %s', async (_, begin) => {
    const controller = new AbortController();
    const { stream, first, jobId } = await running(controller.signal);
    first.catch(() => undefined);
    const begun = begin(stream, controller);
    await stream.cancel();
    // The scheduler forgets the job when its files are removed.
    expect(['cancelled', undefined]).toContain((await other.job(jobId))?.state);
    await begun;
    await expectOver(jobId);
  });

  it('after return() of the iterator while next() is pending', async () => {
    const { stream, first, jobId } = await running();
    expect(await stream.return()).toEqual({ done: true, value: undefined });
    expect((await rejected(first)).code).toBe('JOB_CANCELLED');
    await expectOver(jobId);
    expect((await stream.next()).done).toBe(true);
  });

  it('after cancel() of a web stream', async () => {
    const stream = (await ctx.sql(LONG)).stream();
    const reader = stream.toReadableStream().getReader();
    const read = reader.read();
    await until('the job is on the scheduler', () => stream.jobId !== undefined);
    await reader.cancel();
    expect((await read).done).toBe(true);
    await expectOver(String(stream.jobId));
  });

  it.each([
    ['the same', () => ctx],
    ['another', () => other],
  ])('after cancelJob of %s context', async (_, canceller) => {
    const { first, jobId } = await running();
    const cancelled = rejected(first);
    expect(await canceller().cancelJob(jobId)).toBe(true);
    const error = await cancelled;
    expect(['JOB_CANCELLED', 'JOB_FAILED']).toContain(error.code);
    expect(error.jobId).toBe(jobId);
    await expectOver(jobId);
  });

  it('after ctx.close(), like all queries of the context', async () => {
    const all = [await running(), await running(), await running()];
    const ended = all.map(({ first }) => rejected(first));
    await ctx.close();
    for (const { code } of await Promise.all(ended)) expect(['JOB_CANCELLED', 'CLOSED']).toContain(code);
    for (const { jobId } of all) await expectOver(jobId);
    expect((await rejected(ctx.sql('select 1 as a'))).code).toBe('CLOSED');
  });

  it.each([
    ['CREATE TABLE AS', (signal: AbortSignal): Promise<unknown> => ctx.sql(`create table t as ${LONG}`, { signal })],
    ['cache()', async (signal: AbortSignal): Promise<unknown> => (await ctx.sql(LONG)).cache({ signal })],
    ['toIPC()', async (signal: AbortSignal): Promise<unknown> => (await ctx.sql(LONG)).toIPC({ signal })],
    ['collect()', async (signal: AbortSignal): Promise<unknown> => (await ctx.sql(LONG)).collect({ signal })],
  ])('after an abort of %s', async (_, run) => {
    const controller = new AbortController();
    const reason = new Error('enough');
    const before = new Set(jobsOf(executor));
    const work = failure(run(controller.signal));
    await until('a task has begun', () => jobsOf(executor).some((job) => !before.has(job)));
    controller.abort(reason);
    expect(await work).toBe(reason);
    await expectFreeSlot();
    expect(await ctx.tableExists('t')).toBe(false);
  });
});

it('forty queries that are cancelled before their tasks begin free the slot at once, and leave no files', async () => {
  const streams = await Promise.all(Array.from({ length: 40 }, async () => (await ctx.sql(STUBBORN)).stream()));
  const started = await Promise.all(streams.map(startJob));
  await Promise.all(streams.map((stream) => stream.cancel()));
  const begin = performance.now();
  await expectFreeSlot();
  // Each of their tasks would take many minutes.
  expect(performance.now() - begin).toBeLessThan(20_000);
  await until('the files are gone', () => jobsOf(executor).length === 0);
  await Promise.all(started.map(({ first }) => first.catch(() => undefined)));
});

it('break in for await frees the slot and removes the rest of the result', async () => {
  const df = await ctx.sql(WIDE);
  const stream = df.stream();
  for await (const batch of stream) {
    expect(batch.numRows).toBeGreaterThan(0);
    break;
  }
  await expectFreeSlot();
  await until('its folder is gone', () => !jobsOf(executor).includes(String(stream.jobId)));
});

it('an aborted signal prevents the start of a query', async () => {
  const df: DataFrame = await ctx.sql('select 1 as a');
  const reason = new Error('never');
  const signal = AbortSignal.abort(reason);
  expect(() => df.stream({ signal })).toThrow(reason);
  for (const work of [
    df.collect({ signal }),
    df.cache({ signal }),
    ctx.sql('select 1 as a', { signal }),
    ctx.ready({ signal }),
  ])
    expect(await failure(work)).toBe(reason);
});

it('an abort between two batches ends the iteration with the reason', async () => {
  const controller = new AbortController();
  const reason = new Error('enough');
  const stream = (await ctx.sql(WIDE)).stream(controller);
  await stream.next();
  controller.abort(reason);
  expect(await failure(stream.next())).toBe(reason);
  await expectFreeSlot();
});

it('a cancelled task that never yields frees its slot', async () => {
  const program = new Program('stubborn.mjs');
  expect(await program.ended).toMatchObject({ code: 0, stderr: '', stdout: 'TimeoutError\n1\nclosed\n', left: [] });
});
