/** What the Flight service of an executor answers to tickets that no scheduler made. */

import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BallistaExecutor, BallistaScheduler, BallistaSessionContext, type RecordBatchStream } from 'ballista';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { FLIGHTS, tempFolder } from '../support/data.js';
import { GRPC, grpc, protobuf } from '../support/grpc.js';

const FLIGHT = '/arrow.flight.protocol.FlightService';
const LAYOUT = 9;

const temp = tempFolder();
let scheduler: BallistaScheduler;
let executor: BallistaExecutor;
let ctx: BallistaSessionContext;
/** A job with files, as long as its rows are not read. */
let job: string;
let stage: number;
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
  const folder = join(executor.workDir, 'jobs', job);
  stage = Number(readdirSync(folder)[0]);
  // Files that tickets must not reach: they have the layout of a partition, beside the folder of jobs.
  for (const place of [join(executor.workDir, 'other', '1', '0'), temp('outside/1/0')]) {
    mkdirSync(place, { recursive: true });
    writeFileSync(join(place, 'data.arrow'), readFileSync(partitionFile(folder)));
  }
});
afterAll(async () => {
  await stream.cancel();
  await ctx.close();
  await executor.close();
  await scheduler.close();
});

function partitionFile(folder: string): string {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  const name = names.find((file) => file.endsWith('.arrow'));
  if (name === undefined) throw new Error(`${folder} has no partition`);
  return join(folder, name);
}

/** A ticket as a scheduler makes it. */
function ticket(id: string, of: { stage?: number; partition?: number; more?: Record<number, number> } = {}): Buffer {
  const fetch = protobuf({ 1: id, 2: of.stage ?? 1, 3: of.partition ?? 0, 5: '127.0.0.1', 6: 1, ...of.more });
  return protobuf({ 3: fetch });
}

const get = (bytes: Uint8Array) => grpc(executor.port, `${FLIGHT}/DoGet`, protobuf({ 1: bytes }));
const block = (bytes: Uint8Array) =>
  grpc(executor.port, `${FLIGHT}/DoAction`, protobuf({ 1: 'IO_BLOCK_TRANSPORT', 2: bytes }));

describe.each([
  ['DoGet', get],
  ['DoAction', block],
])('%s', (_name, send) => {
  it('serves a partition of a job', async () => {
    const [partition, file] = partitionFile(join(executor.workDir, 'jobs', job))
      .split('/')
      .slice(-2);
    const id = /data-(\d+)/.exec(file ?? '')?.[1];
    const more = id === undefined ? {} : { 7: Number(id) };
    const answer = await send(ticket(job, { stage, partition: Number(partition), more }));
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
    expect(await send(ticket(id()))).toMatchObject({ status: GRPC.notFound, messages: [] });
    expect(await send(ticket(id(), { more: { 7: 0, [LAYOUT]: 1 } }))).toMatchObject({ status: GRPC.notFound });
  });

  it('refuses a partition that is not there', async () => {
    expect(await send(ticket(job, { stage: 99 }))).toMatchObject({ status: GRPC.notFound });
    expect(await send(ticket(job, { stage, partition: 99 }))).toMatchObject({ status: GRPC.notFound });
  });

  it.each<[string, Buffer]>([
    ['garbage', Buffer.from([0xff, 0xff, 0xff, 0xff, 0xff])],
    ['nothing', Buffer.alloc(0)],
    ['an unknown layout', ticket('abcdefg', { more: { [LAYOUT]: 77 } })],
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
  const { GrpcCall } = await import('../support/grpc.js');
  const call = new GrpcCall(executor.port, `${FLIGHT}/DoPut`);
  await call.send(Buffer.alloc(0));
  expect(await call.answer).toMatchObject({ status: GRPC.unimplemented });
});
