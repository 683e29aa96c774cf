import { once } from 'node:events';
import { type AddressInfo, createServer, connect as dial, type Server, type Socket } from 'node:net';

import { BallistaExecutor, BallistaScheduler, BallistaSessionContext } from 'ballista';
import { afterEach, expect, it } from 'vitest';

import { ServerProcess } from '../support/child.js';
import { Program } from '../support/program.js';
import { rejected } from '../support/rejected.js';
import { registerNumbers, WIDE } from './fixtures/queries.mjs';

const open: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0)) await close();
});

function context(port: number, setting: string, seconds = 1): BallistaSessionContext {
  const ctx = new BallistaSessionContext(`df://127.0.0.1:${port}`, { clusterConfig: { [setting]: seconds } });
  open.unshift(() => ctx.close());
  return ctx;
}

/** Starts a TCP server that passes each connection to `serve`. Returns its port. */
async function listen(serve: (client: Socket) => void): Promise<number> {
  const clients: Socket[] = [];
  const server: Server = createServer((client) => {
    clients.push(client.on('error', () => undefined));
    serve(client);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  open.push(async () => {
    for (const client of clients) client.destroy();
    await new Promise((closed) => server.close(closed));
  });
  return (server.address() as AddressInfo).port;
}

it('an upload can take longer than the timeout of a call', async () => {
  // The scheduler has its own process, because tables are not sent within a process.
  const scheduler = await ServerProcess.scheduler();
  open.push(() => scheduler.close());
  const executor = new BallistaExecutor({ schedulerPort: scheduler.port, port: 0, grpcPort: 0, vcores: 1 });
  open.unshift(() => executor.close());
  await executor.start();
  let sent = 0;
  const port = await listen((client) => {
    const server = dial(scheduler.port, '127.0.0.1').on('error', () => undefined);
    server.pipe(client).pipe(server);
    client.on('close', () => server.destroy());
    client.on('data', (bytes) => {
      const before = sent;
      sent += bytes.length;
      // A connection that is silent for ten seconds is lost, a slow one is not.
      if (before >> 19 !== sent >> 19) {
        client.unpipe(server).pause();
        setTimeout(() => client.pipe(server), 1_000);
      }
    });
  });
  const ctx = context(port, 'ballista.client.grpc_timeout_seconds', 10);
  const df = await ctx.fromColumns({ x: Float64Array.from({ length: 1_000_000 }, (_, i) => i) });
  expect(await df.count()).toBe(1_000_000);
  expect(sent).toBeGreaterThan(8e6);
});

it('a scheduler that does not answer fails with CONNECTION after the timeout of the session', async () => {
  const port = await listen(() => undefined);
  const ctx = context(port, 'ballista.client.grpc_timeout_seconds');
  const begin = performance.now();
  const error = await rejected(ctx.sql('select 1 as a').then((df) => df.collect()));
  expect(error.code).toBe('CONNECTION');
  expect(performance.now() - begin).toBeLessThan(15_000);
});

it('a result fails if its executor stops answering', async () => {
  const scheduler = new BallistaScheduler({ port: 0 });
  open.push(() => scheduler.close());
  await scheduler.start();
  const executor = Program.executor({ schedulerPort: scheduler.port }, { timeoutMs: 110_000 });
  open.unshift(() => {
    executor.kill('SIGKILL');
    return executor.ended;
  });
  await executor.line('ready');
  const ctx = context(scheduler.port, 'ballista.client.grpc_http2_keepalive_interval_seconds');
  await registerNumbers(ctx);
  const stream = (await ctx.sql(WIDE)).stream();
  await stream.next();
  executor.kill('SIGSTOP');
  const read = async () => {
    for await (const _ of stream);
  };
  const error = await rejected(read());
  expect(error).toMatchObject({ code: 'CONNECTION', jobId: stream.jobId });
}, 120_000);
