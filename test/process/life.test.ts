import { existsSync } from 'node:fs';
import { BallistaExecutor, BallistaScheduler, setupTestCluster } from 'ballista';
import { afterAll, beforeAll, expect, it } from 'vitest';

import { rejected } from '../support/rejected.js';

let scheduler: BallistaScheduler;
const executor = () => new BallistaExecutor({ schedulerPort: scheduler.port, port: 0, grpcPort: 0, vcores: 1 });

beforeAll(async () => {
  scheduler = new BallistaScheduler({ port: 0 });
  await scheduler.start();
});
afterAll(() => scheduler.close());

it('close() can be called twice and concurrently', async () => {
  const one = executor();
  await one.start();
  const { workDir } = one;
  expect(existsSync(workDir)).toBe(true);
  await Promise.all([one.close(), one.close()]);
  await one.close();
  expect(existsSync(workDir)).toBe(false);

  const cluster = await setupTestCluster({ vcores: 1 });
  await Promise.all([cluster.close(), cluster[Symbol.asyncDispose]()]);
  await cluster.close();
  expect(cluster.closed).toBe(true);
});

it('close() before start() makes start() fail with CLOSED', async () => {
  const one = executor();
  await one.close();
  expect((await rejected(one.start())).code).toBe('CLOSED');
});

it('close() during start() waits for it, and leaves no folder', async () => {
  const one = executor();
  const starting = one.start();
  await one.close();
  await starting.catch(() => undefined); // start() may succeed or fail
  expect(one.running).toBe(false);
  expect(one.closed).toBe(true);
  expect(existsSync(one.workDir)).toBe(false);
});

it('a second start() is rejected, and the first one succeeds', async () => {
  const one = executor();
  const first = one.start();
  expect((await rejected(one.start())).code).toBe('INVALID_ARGUMENT');
  await first;
  expect((await rejected(one.start())).code).toBe('INVALID_ARGUMENT');
  expect(one.running).toBe(true);
  await one.close();
  expect((await rejected(one.start())).code).toBe('CLOSED');
});

it('waitForTermination() resolves after close()', async () => {
  const one = executor();
  await one.start();
  const terminated = one.waitForTermination();
  await one.close();
  await terminated;
});

it('port, host, id and workDir are not available before start()', async () => {
  const one = executor();
  for (const read of [() => one.port, () => one.host, () => one.id, () => one.workDir])
    expect(read).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }));
  expect((await rejected(one.waitForTermination())).code).toBe('INVALID_ARGUMENT');
});

it('an executor can be closed after its scheduler has closed', async () => {
  const own = new BallistaScheduler({ port: 0 });
  await own.start();
  const one = new BallistaExecutor({ schedulerPort: own.port, port: 0, grpcPort: 0, vcores: 1 });
  await one.start();
  await own.close();
  const begin = performance.now();
  await one.close();
  expect(performance.now() - begin).toBeLessThan(20_000);
});
