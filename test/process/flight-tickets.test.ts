/** What the Flight service of an executor answers to tickets that no scheduler made. */

import { cpSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { BallistaExecutor, BallistaScheduler, BallistaSessionContext, type RecordBatchStream } from 'ballista';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { FLIGHTS, tempFolder } from '../support/data.js';
import { FLIGHT, type Partition, partitionFile, partitionOf, ticket } from '../support/flight.js';
import { GRPC, GrpcCall, grpc } from '../support/grpc.js';
import { protobuf } from '../support/protobuf.js';

const LAYOUT = 9;

const temp = tempFolder();
let scheduler: BallistaScheduler;
let executor: BallistaExecutor;
let ctx: BallistaSessionContext;
/** A job with files, as long as its rows are not read. */
let job: string;
/** A partition that the executor serves. */
let served: Partition;
let stream: RecordBatchStream;

beforeAll(async () => {
  scheduler = new BallistaScheduler({ port: 0 });
  await scheduler.start();
  executor = new BallistaExecutor({
    schedulerPort: scheduler.port,
    port: 0,
    grpcPort: 0,
    vcores: 1,
    workDir: temp('work'),
  });
  await executor.start();
  ctx = new BallistaSessionContext(scheduler.url, { clusterConfig: { 'cluster.whole_query': 'never' } });
  stream = (await ctx.readParquet(FLIGHTS)).stream();
  await stream.next();
  job = stream.jobId ?? '';
  const path = partitionFile(executor.workDir, job);
  if (path === undefined) throw new Error(`${job} has no partition`);
  served = partitionOf(path);
  const [stage = '', partition = '', name = ''] = path.split('/').slice(-3);
  // Files that tickets must not reach: they have the layout of that partition, outside of the folder of jobs.
  for (const place of [join(executor.workDir, 'other'), temp('outside')]) {
    mkdirSync(join(place, stage, partition), { recursive: true });
    cpSync(path, join(place, stage, partition, name));
  }
});
afterAll(async () => {
  await stream.cancel();
  await ctx.close();
  await executor.close();
  await scheduler.close();
});

const get = (bytes: Uint8Array) => grpc(executor.port, `${FLIGHT}/DoGet`, protobuf({ 1: bytes }));
const block = (bytes: Uint8Array) =>
  grpc(executor.port, `${FLIGHT}/DoAction`, protobuf({ 1: 'IO_BLOCK_TRANSPORT', 2: bytes }));

describe.each([
  ['DoGet', get],
  ['DoAction', block],
])('%s', (_name, send) => {
  it('serves a partition of a job', async () => {
    const answer = await send(ticket(job, served));
    expect(answer).toMatchObject({ status: GRPC.ok });
    expect(answer.messages.length).toBeGreaterThan(0);
  });

  it.each<[string, () => string]>([
    ['an unknown job', () => 'abcdefg'],
    ['no job', () => ''],
    ['the folder above', () => '../other'],
    ['the same folder', () => `./${job}`],
    ['another folder by way of a job', () => `${job}/../../other`],
    ['an absolute path', () => temp('outside')],
    ['dots', () => '..'],
    ['a NUL', () => `${job}\0`],
    ['a very long name', () => 'x'.repeat(100_000)],
    ['a backslash', () => '..\\other'],
  ])('refuses %s', async (_what, id) => {
    expect(await send(ticket(id(), served))).toMatchObject({ status: GRPC.notFound, messages: [] });
    const sorted = { ...served, more: { 7: 0, [LAYOUT]: 1 } };
    expect(await send(ticket(id(), sorted))).toMatchObject({ status: GRPC.notFound });
  });

  it('refuses a partition that is not there', async () => {
    expect(await send(ticket(job, { ...served, stage: 99 }))).toMatchObject({ status: GRPC.notFound });
    expect(await send(ticket(job, { ...served, partition: 99 }))).toMatchObject({ status: GRPC.notFound });
  });

  it.each<[string, Buffer]>([
    ['garbage', Buffer.from([0xff, 0xff, 0xff, 0xff, 0xff])],
    ['nothing', Buffer.alloc(0)],
    ['an unknown layout', ticket('abcdefg', { stage: 1, partition: 0, more: { [LAYOUT]: 77 } })],
  ])('refuses %s', async (_what, bytes) => {
    expect(await send(bytes)).toMatchObject({ status: GRPC.invalidArgument });
  });

  it('refuses a ticket of many megabytes', async () => {
    expect((await send(Buffer.alloc(5 << 20))).status).toBe(GRPC.outOfRange);
  });
});

it.each([
  'Handshake',
  'ListFlights',
  'GetFlightInfo',
  'PollFlightInfo',
  'GetSchema',
  'DoPut',
  'DoExchange',
  'ListActions',
])('does not offer %s', async (method) => {
  const answer = await grpc(executor.port, `${FLIGHT}/${method}`, Buffer.alloc(0));
  expect(answer).toMatchObject({ status: GRPC.unimplemented });
});

it('answers an endless upload at once', async () => {
  const call = new GrpcCall(executor.port, `${FLIGHT}/DoPut`);
  await call.send(Buffer.alloc(0));
  expect(await call.answer).toMatchObject({ status: GRPC.unimplemented });
});
