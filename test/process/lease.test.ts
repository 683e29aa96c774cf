import { setTimeout } from 'node:timers/promises';
import { BallistaExecutor, BallistaScheduler, BallistaSessionContext } from 'ballista';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { inside, query, STATUS, SUBMIT, statusOf } from '../support/crafted.js';
import { FLIGHTS } from '../support/data.js';
import { GrpcCall } from '../support/grpc.js';
import { http2 } from '../support/http2.js';
import { jobsOf } from '../support/jobs.js';
import { Program } from '../support/program.js';
import { unnamedFiles } from '../support/unnamed-files.js';
import { until } from '../support/until.js';

const TIMEOUT_MS = 3000;
/** What only a client of this package sends. The query is divided into stages, whose files show that it runs. */
const STAGES = { 'cluster.whole_query': 'never' };
const OWN = { ...STAGES, 'cluster.session': JSON.stringify(STAGES) };
/** A hundred tasks that each take about a second. */
const HASHED = 'select max(sha512(cast(date as varchar))) as h from flights';
const SLOW = `select max(h) from (${Array(100).fill(HASHED).join(' union all ')})`;

let scheduler: BallistaScheduler;
let executor: BallistaExecutor;
beforeAll(async () => {
  scheduler = new BallistaScheduler({ port: 0, clientTimeoutMs: TIMEOUT_MS });
  await scheduler.start();
  executor = new BallistaExecutor({ schedulerPort: scheduler.port, port: 0, grpcPort: 0, vcores: 1 });
  await executor.start();
});
afterAll(async () => {
  await executor.close();
  await scheduler.close();
});

it.each(['running', 'unread'])('the %s query of a killed client ends, and its files are removed', async (state) => {
  const client = new Program('doomed.mjs', { args: [scheduler.url, state] });
  await client.line('ready');
  await until('the job has files', () => jobsOf(executor).length > 0);
  client.kill('SIGKILL');
  await client.ended;
  await until('the files are gone', () => jobsOf(executor).length === 0);
  const ctx = new BallistaSessionContext(scheduler.url);
  expect(await (await ctx.sql('select 1 as a')).toArray()).toEqual([{ a: 1n }]);
  await ctx.close();
});

it.runIf(process.platform === 'linux')('the rows of a whole query end with their client', async () => {
  const client = new Program('doomed.mjs', { args: [scheduler.url, 'whole'] });
  await client.line('ready');
  await until('rows wait in a file', () => unnamedFiles(process.pid, executor.workDir).length > 0);
  client.kill('SIGKILL');
  await client.ended;
  await until('the rows are gone', () => unnamedFiles(process.pid, executor.workDir).length === 0, 30_000);
});

describe('a running query of a client that opens no connection for its session', () => {
  let plan: Uint8Array;
  beforeAll(async () => {
    const ctx = new BallistaSessionContext(scheduler.url);
    await ctx.registerParquet('flights', FLIGHTS);
    plan = (await ctx.sql(SLOW)).logicalPlan().toBytes();
    await ctx.close();
  });

  async function submitted(session: string, settings: Readonly<Record<string, string>>): Promise<string> {
    const { path, headers } = SUBMIT;
    const answer = await http2({ port: scheduler.port, path, headers, message: query(plan, session, settings) });
    return inside(answer.body.subarray(5), 1, 1).toString();
  }

  /** Checks that a job is cancelled although this asks for nothing meanwhile, and that its files go. */
  async function expectCancelled(job: string): Promise<void> {
    await until('the job has files', () => jobsOf(executor).includes(job));
    await until('the files are gone', () => !jobsOf(executor).includes(job), 30_000);
    const failed = (await statusOf(scheduler.port, job)).get(STATUS.failed);
    expect(Buffer.isBuffer(failed) && inside(failed, 1).toString()).toBe('Cancelled');
  }

  it('ends if it is a client of this package that was killed after it had submitted the query', async () => {
    await expectCancelled(await submitted(crypto.randomUUID(), OWN));
  });

  it('goes on while a stock client asks for its status, and ends some time later', async () => {
    const job = await submitted('', {});
    const end = performance.now() + 3 * TIMEOUT_MS;
    while (performance.now() < end || !jobsOf(executor).includes(job)) {
      expect((await statusOf(scheduler.port, job)).has(STATUS.failed)).toBe(false);
      await setTimeout(TIMEOUT_MS / 6);
    }
    await expectCancelled(job);
  });

  it('goes on while a stock client reads the stream of its statuses, and ends if the client was killed', async () => {
    const before = new Set(jobsOf(executor));
    const stream = new GrpcCall(scheduler.port, SUBMIT.push, { headers: SUBMIT.headers });
    void stream.send(query(plan, '', {}));
    void stream.end();
    const started = () => jobsOf(executor).find((id) => !before.has(id)) ?? '';
    await until('the job has files', () => started() !== '');
    const job = started();
    await setTimeout(2 * TIMEOUT_MS);
    expect(jobsOf(executor)).toContain(job);
    stream.abort();
    await expectCancelled(job);
  });
});
