import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BallistaExecutor, BallistaScheduler, BallistaSessionContext, setupTestCluster } from 'ballista';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { freePort, freePorts } from '../support/ports.js';
import { rejected } from '../support/rejected.js';

/** A failure that takes longer has waited for a timeout. */
const QUICK_MS = 30_000;

function listen(port = 0): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject).listen(port, '127.0.0.1', () => resolve(server));
  });
}

function portOf(server: Server): number {
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('not a TCP server');
  return address.port;
}

const stop = (server: Server): Promise<void> => new Promise((resolve) => server.close(() => resolve()));

/** Fails if the port is in use. */
async function expectFree(port: number): Promise<void> {
  await stop(await listen(port));
}

let scheduler: BallistaScheduler;
let busy: Server;
let workDir: string;
const started: (BallistaScheduler | BallistaExecutor)[] = [];

function executor(options: object = {}): BallistaExecutor {
  const made = new BallistaExecutor({
    schedulerPort: scheduler.port,
    port: 0,
    grpcPort: 0,
    vcores: 1,
    workDir,
    ...options,
  });
  started.push(made);
  return made;
}

beforeAll(async () => {
  scheduler = new BallistaScheduler({ port: 0 });
  await scheduler.start();
  busy = await listen();
});
afterAll(async () => {
  await scheduler.close();
  await stop(busy);
});
beforeEach(() => {
  workDir = mkdtempSync(join(tmpdir(), 'ballista-test-'));
});
afterEach(async () => {
  for (const service of started.splice(0)) await service.close();
  expect(readdirSync(workDir)).toEqual([]);
  rmSync(workDir, { recursive: true });
});

describe('a failing start', () => {
  const cases: [string, () => BallistaScheduler | BallistaExecutor, string][] = [
    ['a scheduler on a port in use', () => new BallistaScheduler({ port: portOf(busy) }), 'ADDRESS_IN_USE'],
    [
      'a scheduler on the port of another scheduler',
      () => new BallistaScheduler({ port: scheduler.port }),
      'ADDRESS_IN_USE',
    ],
    ['an executor on a port in use', () => executor({ port: portOf(busy) }), 'ADDRESS_IN_USE'],
    ['an executor on a task port in use', () => executor({ grpcPort: portOf(busy) }), 'ADDRESS_IN_USE'],
    [
      'a scheduler on a foreign address',
      () => new BallistaScheduler({ host: '203.0.113.1', insecure: true }),
      'INVALID_ARGUMENT',
    ],
    ['an executor on a foreign address', () => executor({ host: '203.0.113.1', insecure: true }), 'INVALID_ARGUMENT'],
    [
      'a scheduler on an invalid host name',
      () => new BallistaScheduler({ host: 'a..b', insecure: true }),
      'INVALID_ARGUMENT',
    ],
    ['an executor with a file as its folder', () => executor({ workDir: process.execPath }), 'IO'],
  ];

  it.each(cases)('%s: fails quickly with the right code', async (_, make, code) => {
    const begin = performance.now();
    const service = make();
    expect((await rejected(service.start())).code).toBe(code);
    expect(performance.now() - begin).toBeLessThan(QUICK_MS);
    expect(service.running).toBe(false);
    await service.close();
  });

  it('an executor without a scheduler: fails quickly with CONNECTION, and its ports are free', async () => {
    const [port = 0, grpcPort = 0, schedulerPort = 0] = await freePorts(3);
    const begin = performance.now();
    const error = await rejected(executor({ port, grpcPort, schedulerPort }).start());
    expect(error.code).toBe('CONNECTION');
    expect(error.message).toContain(String(schedulerPort));
    expect(performance.now() - begin).toBeLessThan(QUICK_MS);
    await expectFree(port);
    await expectFree(grpcPort);
  });

  it('a context without a scheduler: fails quickly with CONNECTION', async () => {
    const ctx = new BallistaSessionContext(`df://127.0.0.1:${await freePort()}`);
    const begin = performance.now();
    expect((await rejected(ctx.ready())).code).toBe('CONNECTION');
    const df = await ctx.sql('select 1 as a');
    expect((await rejected(df.collect())).code).toBe('CONNECTION');
    expect(performance.now() - begin).toBeLessThan(QUICK_MS);
    await ctx.close();
  });

  it('can be retried', async () => {
    const port = await freePort();
    const server = await listen(port);
    const late = executor({ port });
    expect((await rejected(late.start())).code).toBe('ADDRESS_IN_USE');
    await stop(server);
    await late.start();
    expect(late.port).toBe(port);
  });
});

describe('ports', () => {
  it('chosen by the system are in use', async () => {
    const one = executor();
    await one.start();
    for (const port of [scheduler.port, one.port]) {
      expect(port).toBeGreaterThan(0);
      await expect(listen(port)).rejects.toMatchObject({ code: 'EADDRINUSE' });
    }
  });

  it('chosen by the caller are in use, and free again after close()', async () => {
    const [schedulerPort = 0, port = 0, grpcPort = 0] = await freePorts(3);
    const own = new BallistaScheduler({ port: schedulerPort });
    started.unshift(own); // first in the list, so that it is closed first
    await own.start();
    const one = executor({ schedulerPort, port, grpcPort });
    await one.start();
    expect([own.port, one.port]).toEqual([schedulerPort, port]);
    for (const taken of [schedulerPort, port, grpcPort])
      await expect(listen(taken)).rejects.toMatchObject({ code: 'EADDRINUSE' });
    await one.close();
    await own.close();
    for (const free of [schedulerPort, port, grpcPort]) await expectFree(free);
  });

  it('of a cluster are free after close()', async () => {
    const port = await freePort();
    const cluster = await setupTestCluster({ port, vcores: 1 });
    expect(cluster.port).toBe(port);
    expect((await rejected(setupTestCluster({ port, vcores: 1 }))).code).toBe('ADDRESS_IN_USE');
    await cluster.close();
    await expectFree(port);
    await (await setupTestCluster({ port, vcores: 1 })).close();
  });
});
