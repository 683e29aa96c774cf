import { BallistaExecutor, BallistaScheduler, BallistaSessionContext } from 'ballista';
import { afterEach, beforeEach, expect, it } from 'vitest';

import { rejected } from '../support/rejected.js';
import { startJob } from './fixtures/queries.mjs';

let scheduler: BallistaScheduler;
const open: AsyncDisposable[] = [];

function connect(executorTimeoutMs: number): BallistaSessionContext {
  const ctx = new BallistaSessionContext(scheduler.url, { executorTimeoutMs });
  open.unshift(ctx);
  return ctx;
}

async function startExecutor(): Promise<void> {
  const executor = new BallistaExecutor({ schedulerPort: scheduler.port, port: 0, grpcPort: 0, vcores: 1 });
  open.push(executor);
  await executor.start();
}

beforeEach(async () => {
  scheduler = new BallistaScheduler({ port: 0 });
  await scheduler.start();
});
afterEach(async () => {
  for (const one of open.splice(0)) await one[Symbol.asyncDispose]();
  await scheduler.close();
});

it('a query fails with NO_EXECUTORS after the timeout, also the second time', async () => {
  const ctx = connect(600);
  const df = await ctx.sql('select 1 as a');
  for (let i = 0; i < 2; i++) {
    const begin = performance.now();
    const error = await rejected(df.collect());
    const ms = performance.now() - begin;
    expect(error.code).toBe('NO_EXECUTORS');
    expect(error.message).toContain('600');
    expect(error.jobId).toBeTypeOf('string');
    expect(ms).toBeGreaterThan(200);
    expect(ms).toBeLessThan(15_000);
  }
});

it('concurrent queries fail, each after the timeout of its context', async () => {
  const [short, long] = [connect(300), connect(25_000)];
  const waiting = (await long.sql('select 2 as a')).toArray();
  const df = await short.sql('select 1 as a');
  const errors = await Promise.all(Array.from({ length: 5 }, () => rejected(df.collect())));
  expect(errors.map(({ code }) => code)).toEqual(Array(5).fill('NO_EXECUTORS'));
  await startExecutor();
  expect(await waiting).toEqual([{ a: 2n }]);
});

it('a query succeeds when an executor joins in time', async () => {
  const ctx = connect(25_000);
  const stream = (await ctx.sql('select 3 as a')).stream();
  const { first } = await startJob(stream);
  await startExecutor();
  expect((await first).value?.getChild('a')?.get(0)).toBe(3n);
  expect((await stream.next()).done).toBe(true);
});

it('a query that failed with NO_EXECUTORS does not run later', async () => {
  const ctx = connect(300);
  const stream = (await ctx.sql('select 1 as a')).stream();
  const { first, jobId } = await startJob(stream);
  expect((await rejected(first)).code).toBe('NO_EXECUTORS');
  await startExecutor();
  expect(await ctx.cancelJob(jobId)).toBe(false);
  expect(await connect(300).cancelJob(jobId)).toBe(false);
  expect(await (await ctx.sql('select 4 as a')).toArray()).toEqual([{ a: 4n }]);
});
