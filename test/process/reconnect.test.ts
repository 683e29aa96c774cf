/** Executors stay connected, and what they report arrives, whatever happens to the scheduler and the network. */

import { once } from 'node:events';
import { type AddressInfo, createServer, connect as dial, type Socket } from 'node:net';
import { BallistaExecutor, BallistaScheduler, type BallistaSessionContext } from 'ballista';
import { expect, it } from 'vitest';

import { closedAfterEach, connectTo } from '../support/closing.js';
import { jobsOf } from '../support/jobs.js';
import { Program } from '../support/program.js';
import { until } from '../support/until.js';
import { registerNumbers, SHORT, SHORT_RESULT, STUBBORN, startJob } from './fixtures/queries.mjs';

const closing = closedAfterEach();

async function startScheduler(port = 0): Promise<BallistaScheduler> {
  const scheduler = new BallistaScheduler({ port });
  await scheduler.start();
  closing.push(() => scheduler.close());
  return scheduler;
}

/** An executor in its own process, so that it reaches the scheduler over the network. */
async function startExecutor(port: number): Promise<Program & { workDir: string }> {
  const program = Program.executor({ schedulerPort: port });
  closing.push(() => {
    program.kill('SIGKILL');
    return program.ended;
  });
  return Object.assign(program, { workDir: await program.line('ready') });
}

async function connect(port: number): Promise<BallistaSessionContext> {
  const ctx = connectTo(closing, `df://127.0.0.1:${port}`, {
    clusterConfig: { 'cluster.whole_query': 'never' },
  });
  await registerNumbers(ctx);
  return ctx;
}

it('a scheduler that is started again on the same port takes its executors back, and they remove old files', async () => {
  const first = await startScheduler();
  const executor = await startExecutor(first.port);
  const ctx = await connect(first.port);
  const { first: batch } = await startJob((await ctx.sql(STUBBORN)).stream());
  batch.catch(() => undefined);
  await until('the task writes', () => jobsOf(executor).length > 0);
  await ctx.close().catch(() => undefined);
  await first.close();

  const second = await startScheduler(first.port);
  const again = await connect(second.port);
  expect(await (await again.sql(SHORT)).toArray()).toEqual([{ s: SHORT_RESULT }]);
  await until('the files of the first scheduler are gone', () => jobsOf(executor).length === 0);
});

it('an executor in the process of the scheduler is taken back, too', async () => {
  const first = await startScheduler();
  const executor = new BallistaExecutor({ schedulerPort: first.port, port: 0, grpcPort: 0, vcores: 1 });
  closing.push(() => executor.close());
  await executor.start();
  await first.close();
  const second = await startScheduler(first.port);
  const ctx = await connect(second.port);
  expect(await (await ctx.sql(SHORT)).toArray()).toEqual([{ s: SHORT_RESULT }]);
});

/** A proxy in front of a port, which breaks its connections and can be closed for new ones. */
async function startProxy(target: number): Promise<{ port: number; cut(): void; closed: boolean }> {
  const sockets = new Set<Socket>();
  const proxy = { port: 0, cut: () => sockets.forEach((socket) => void socket.destroy()), closed: false };
  const listener = createServer((client) => {
    const server = dial(target, '127.0.0.1');
    for (const socket of [client, server]) {
      sockets.add(socket);
      socket
        .on('error', () => undefined)
        .on('close', () => {
          sockets.delete(socket);
          client.destroy();
          server.destroy();
        });
    }
    if (proxy.closed) proxy.cut();
    client.pipe(server).pipe(client);
  });
  await once(listener.listen(0, '127.0.0.1'), 'listening');
  closing.push(() => new Promise((closed) => listener.close(closed)));
  closing.push(async () => proxy.cut());
  proxy.port = (listener.address() as AddressInfo).port;
  return proxy;
}

it('a report that could not be sent is sent again', async () => {
  const scheduler = await startScheduler();
  const proxy = await startProxy(scheduler.port);
  await startExecutor(proxy.port);
  const ctx = await connect(scheduler.port);
  // Without the reports of its tasks, the query would not end. Each absence is shorter than what an executor may take.
  const cutting = setInterval(proxy.cut, 400);
  try {
    expect(await (await ctx.sql(SHORT)).toArray()).toEqual([{ s: SHORT_RESULT }]);
  } finally {
    clearInterval(cutting);
  }
});

it.each(['SIGKILL', 'SIGSTOP'] as const)('an executor that got %s is noticed within seconds', async (signal) => {
  const scheduler = await startScheduler();
  const lost = await startExecutor(scheduler.port);
  const ctx = await connect(scheduler.port);
  const [known] = await ctx.executors();
  const query = (await ctx.sql(SHORT)).toArray();
  query.catch(() => undefined);
  await until('the task has begun', () => jobsOf(lost).length > 0);
  lost.kill(signal);
  const killed = performance.now();
  await until('the executor is lost', async () => {
    const executors = await ctx.executors();
    return !executors.some(({ executorId, state }) => executorId === known?.executorId && state === 'active');
  });
  // Heartbeats alone would take half a minute and more.
  expect(performance.now() - killed).toBeLessThan(25_000);
  await startExecutor(scheduler.port);
  expect(await query).toEqual([{ s: SHORT_RESULT }]);
});
