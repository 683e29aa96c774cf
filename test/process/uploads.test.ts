/** Uploads that clients did not make: forged, too large, stalled. */

import { createHash, randomUUID } from 'node:crypto';
import { BallistaScheduler, BallistaSessionContext, SessionContext, udf } from 'ballista';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { ServerProcess } from '../support/child.js';
import { tempFolder } from '../support/data.js';
import { GRPC, GrpcCall, grpc } from '../support/grpc.js';
import { protobuf } from '../support/protobuf.js';
import { rejected } from '../support/rejected.js';

const FLIGHT = '/arrow.flight.protocol.FlightService';
const MIB = 2 ** 20;
const LIMIT = 8 * MIB;

let scheduler: BallistaScheduler;
beforeAll(async () => {
  scheduler = new BallistaScheduler({ port: 0, uploadLimitBytes: LIMIT });
  await scheduler.start();
});
afterAll(() => scheduler.close());

function sha256(bytes: string | Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

const contentHash = (files: readonly Uint8Array[]) => sha256(files.map(sha256).join(''));
const tableId = (files: readonly Uint8Array[]) => `${randomUUID().replaceAll('-', '')}-${contentHash(files)}`;

interface Header {
  id: string;
  kind?: string;
  files: readonly number[];
}

const headerOf = (header: Header) => protobuf({ 3: JSON.stringify({ kind: 'table', ...header }) });
const pieceOf = (bytes: Uint8Array) => protobuf({ 1000: bytes });

/** Uploads files in pieces of 1 MiB. */
async function upload(id: string, files: readonly Uint8Array[], kind = 'table', port = scheduler.port) {
  const pieces = files.flatMap((file) =>
    Array.from({ length: Math.ceil(file.length / MIB) }, (_, i) => pieceOf(file.subarray(i * MIB, (i + 1) * MIB))),
  );
  const header = headerOf({ id, kind, files: files.map((file) => file.length) });
  return grpc(port, `${FLIGHT}/DoPut`, header, ...pieces);
}

async function has(id: string): Promise<boolean> {
  const { messages } = await grpc(scheduler.port, `${FLIGHT}/DoAction`, protobuf({ 1: 'ballista-blob.has', 2: id }));
  return messages[0]?.at(-1) === 1;
}

const drop = (id: string) => grpc(scheduler.port, `${FLIGHT}/DoAction`, protobuf({ 1: 'ballista-blob.drop', 2: id }));

describe('the content', () => {
  const [good, evil] = [Buffer.from('good'), Buffer.from('evil')];

  it('is taken with its own hash only', async () => {
    const id = tableId([good]);
    expect(await upload(id, [evil])).toMatchObject({ status: GRPC.dataLoss });
    expect(await has(id)).toBe(false);
    expect(await upload(id, [good])).toMatchObject({ status: GRPC.ok });
    expect(await has(id)).toBe(true);
    // A later upload under the id changes nothing.
    expect(await upload(id, [evil])).toMatchObject({ status: GRPC.dataLoss });
    const { messages } = await grpc(scheduler.port, `${FLIGHT}/DoGet`, protobuf({ 1: id }));
    expect(Buffer.concat(messages).includes('good')).toBe(true);
    await drop(id);
    expect(await has(id)).toBe(false);
  });

  it.each<[string, string, string]>([
    ['the id of a table without a hash', randomUUID(), 'table'],
    ['an id with another beginning', `${'x'.repeat(32)}-${contentHash([good])}`, 'table'],
    ['a table with the id of code', contentHash([good]), 'table'],
    ['code with the id of a table', tableId([good]), 'code'],
    ['an empty id', '', 'code'],
  ])('%s is refused', async (_, id, kind) => {
    expect(await upload(id, [good], kind)).toMatchObject({ status: GRPC.dataLoss });
  });

  it('cannot be moved between files', async () => {
    const id = tableId([Buffer.from('ab'), Buffer.from('c')]);
    expect(await upload(id, [Buffer.from('a'), Buffer.from('bc')])).toMatchObject({ status: GRPC.dataLoss });
  });
});

describe('the size', () => {
  it.each<[string, Header, number]>([
    ['more bytes than the limit', { id: 'x', files: [LIMIT + 1] }, GRPC.resourceExhausted],
    ['sizes whose sum overflows', { id: 'x', files: [2 ** 53 - 1, 2 ** 53 - 1] }, GRPC.resourceExhausted],
    ['too many files', { id: 'x', files: Array<number>(65_537).fill(1) }, GRPC.invalidArgument],
    ['a long header', { id: 'x'.repeat(2 * MIB), files: [] }, GRPC.invalidArgument],
  ])('%s are refused at once', async (_, header, status) => {
    const call = new GrpcCall(scheduler.port, `${FLIGHT}/DoPut`);
    await call.send(headerOf(header));
    expect(await call.answer).toMatchObject({ status });
    call.abort();
  });

  it('a message of many megabytes is refused', async () => {
    expect((await grpc(scheduler.port, `${FLIGHT}/DoPut`, pieceOf(Buffer.alloc(5 * MIB)))).status).toBe(
      GRPC.outOfRange,
    );
  });

  it.each<[string, Uint8Array[]]>([
    ['more bytes than the header says', [headerOf({ id: 'x', files: [3] }), pieceOf(Buffer.from('four'))]],
    ['fewer bytes', [headerOf({ id: 'x', files: [5] }), pieceOf(Buffer.from('four'))]],
    ['pieces without bytes', [headerOf({ id: 'x', files: [5] }), pieceOf(Buffer.alloc(0))]],
    ['no header', []],
  ])('%s: refused', async (_, messages) => {
    expect(await grpc(scheduler.port, `${FLIGHT}/DoPut`, ...messages)).toMatchObject({ status: GRPC.dataLoss });
  });

  it('a header that is no header: refused', async () => {
    expect(await grpc(scheduler.port, `${FLIGHT}/DoPut`, protobuf({ 3: 'garbage' }))).toMatchObject({
      status: GRPC.invalidArgument,
    });
  });

  it('all uploads together are bounded, and what is dropped makes room', async () => {
    const files = [Buffer.alloc(5 * MIB, 1)];
    const [first, second] = [tableId(files), tableId(files)];
    expect(await upload(first, files)).toMatchObject({ status: GRPC.ok });
    expect(await upload(second, files)).toMatchObject({ status: GRPC.resourceExhausted });
    await drop(first);
    expect(await upload(second, files)).toMatchObject({ status: GRPC.ok });
    await drop(second);
  });

  it('an unfinished upload counts, until its client is gone', async () => {
    const files = [Buffer.alloc(5 * MIB, 1)];
    const call = new GrpcCall(scheduler.port, `${FLIGHT}/DoPut`);
    await call.send(headerOf({ id: tableId(files), files: [6 * MIB] }));
    for (let i = 0; i < 5; i++) await call.send(pieceOf(Buffer.alloc(MIB)));
    const other = tableId(files);
    await expect.poll(async () => (await upload(other, files)).status).toBe(GRPC.resourceExhausted);
    call.abort();
    await expect.poll(async () => (await upload(other, files)).status).toBe(GRPC.ok);
    await drop(other);
  });

  it('the memory of an unfinished upload counts, and not only what has arrived', async () => {
    const call = new GrpcCall(scheduler.port, `${FLIGHT}/DoPut`);
    await call.send(headerOf({ id: tableId([]), files: [6 * MIB] }));
    // Their memory doubles with each piece that does not fit, so it is 4 MiB now.
    for (let i = 0; i < 3; i++) await call.send(pieceOf(Buffer.alloc(MIB)));
    const files = [Buffer.alloc(4.5 * MIB, 1)];
    const other = tableId(files);
    await expect
      .poll(async () => {
        const { status } = await upload(other, files);
        await drop(other);
        return status;
      })
      .toBe(GRPC.resourceExhausted);
    call.abort();
    await expect.poll(async () => (await upload(other, files)).status).toBe(GRPC.ok);
    await drop(other);
  });

  it('an upload that stalls ends after a minute', async () => {
    const call = new GrpcCall(scheduler.port, `${FLIGHT}/DoPut`);
    await call.send(headerOf({ id: 'x', files: [10] }));
    const begin = performance.now();
    expect(await call.answer).toMatchObject({ status: GRPC.deadlineExceeded });
    expect(performance.now() - begin).toBeGreaterThan(55_000);
    expect(performance.now() - begin).toBeLessThan(75_000);
  });
});

describe('a cluster in other processes', () => {
  const temp = tempFolder();
  let one: ServerProcess;
  let two: ServerProcess;
  let ctx: BallistaSessionContext;
  beforeAll(async () => {
    one = await ServerProcess.scheduler({ uploadLimitBytes: 16 * MIB });
    two = await ServerProcess.executor(one.port, { workDir: temp('work'), uploadLimitBytes: 4 * MIB });
    ctx = new BallistaSessionContext(`df://127.0.0.1:${one.port}`);
  });
  afterAll(async () => {
    await ctx.close();
    await two.close();
    await one.close();
  });

  const answer = udf({ name: 'answer', args: ['Int64'], returns: 'Int64', skipNulls: true }, (a) => a * 2n);

  it('runs the code of the client, whoever uploaded under its id before', async () => {
    const { module } = answer.definition;
    const evil = [Buffer.from('export default () => 666n;'), Buffer.alloc(0), Buffer.alloc(0)];
    expect(await upload(module, evil, 'code', one.port)).toMatchObject({ status: GRPC.dataLoss });
    ctx.registerUdf(answer);
    expect(await (await ctx.sql('SELECT answer(21) AS a')).toArray()).toEqual([{ a: 42n }]);
    expect(await upload(module, evil, 'code', one.port)).toMatchObject({ status: GRPC.dataLoss });
    expect(await (await ctx.sql('SELECT answer(4) AS a')).toArray()).toEqual([{ a: 8n }]);
  });

  it('refuses a definition whose code does not have the hash that it says', async () => {
    const evil = udf({ name: 'evil', args: ['Int64'], returns: 'Int64' }, () => 666n);
    const forged = Object.assign((): never => undefined as never, evil, {
      definition: { ...evil.definition, module: evil.definition.module.replace(/^./u, (c) => (c === '0' ? '1' : '0')) },
    });
    const other = SessionContext.local();
    other.registerUdf(forged as unknown as typeof evil);
    const df = await other.sql('SELECT evil(a) AS a FROM (VALUES (1), (2)) AS t (a)');
    expect(await rejected(df.toArray())).toMatchObject({ message: expect.stringContaining('does not have the hash') });
    await other.close();
  });

  it('takes tables that fit, and rejects others with a code', async () => {
    const rows = (bytes: number) => ({ a: Array.from({ length: bytes / 8 }, (_, i) => BigInt(i)) });
    const fits = await ctx.fromColumns(rows(2 * MIB));
    expect(await fits.count()).toBe(MIB / 4);
    expect(await fits.aggregate([], 'sum(a) AS s').toArray()).toHaveLength(1);
    const large = await ctx.fromColumns(rows(24 * MIB));
    const error = await rejected(large.aggregate([], 'sum(a) AS s').toArray());
    expect(error).toMatchObject({ code: 'RESOURCES_EXHAUSTED', message: expect.stringContaining('uploadLimitBytes') });
    // The scheduler takes it, the executor does not.
    const middle = await ctx.fromColumns(rows(5 * MIB));
    const job = await rejected(middle.aggregate([], 'sum(a) AS s').toArray());
    expect(job).toMatchObject({ code: 'RESOURCES_EXHAUSTED', message: expect.stringContaining('uploadLimitBytes') });
    expect(await fits.aggregate([], 'sum(a) AS s').toArray()).toHaveLength(1);
  });

  it('makes room for tables by dropping those that no task reads', async () => {
    const session = new BallistaSessionContext(`df://127.0.0.1:${one.port}`);
    for (let i = 0; i < 3; i++) {
      const table = await session.fromColumns({ a: Array.from({ length: 200_000 }, (_, j) => BigInt(i + j)) });
      expect(await table.aggregate([], 'count(a) AS n').toArray()).toEqual([{ n: 200_000n }]);
    }
    await session.close();
  });
});
