import { once } from 'node:events';
import { connect } from 'node:http2';
import { afterAll, expect, it } from 'vitest';

import { setupTestCluster } from '../../src/cluster/test-cluster.js';
import { BallistaSessionContext } from '../../src/session/ballista-session-context.js';

// Settings of clients that are not of this package, which check nothing.

const cluster = await setupTestCluster({ processOnly: false, vcores: 2 });
const ctx = new BallistaSessionContext(cluster.url);
afterAll(async () => {
  await ctx.close();
  await cluster.close();
});

/** A field of a protobuf message with a length. */
function field(tag: number, value: Buffer | string): Buffer {
  const bytes = Buffer.from(value);
  let rest = bytes.length;
  const length: number[] = [];
  while (rest > 127) {
    length.push((rest % 128) | 128);
    rest = Math.floor(rest / 128);
  }
  return Buffer.concat([Buffer.from([tag * 8 + 2, ...length, rest]), bytes]);
}

/** The status of `ExecuteQuery` with these settings, as the scheduler's gRPC answers. */
async function execute(settings: Record<string, string>): Promise<{ status: string; message: string }> {
  const plan = Buffer.from((await ctx.sql('SELECT 1')).logicalPlan().toBytes());
  const pairs = Object.entries(settings).map(([key, value]) =>
    field(4, Buffer.concat([field(1, key), field(2, value)])),
  );
  const message = Buffer.concat([field(1, plan), field(3, 'stranger'), ...pairs]);
  const head = Buffer.alloc(5);
  head.writeUInt32BE(message.length, 1);
  const client = connect(cluster.url.replace('df:', 'http:'));
  const request = client.request({
    ':method': 'POST',
    ':path': '/ballista.protobuf.SchedulerGrpc/ExecuteQuery',
    'content-type': 'application/grpc',
    te: 'trailers',
    'ballista-version': '55.0.0',
  });
  const answer: Record<string, unknown> = {};
  request.on('response', (headers) => Object.assign(answer, headers));
  request.on('trailers', (headers) => Object.assign(answer, headers));
  request.end(Buffer.concat([head, message]));
  request.resume();
  await once(request, 'end');
  client.close();
  return { status: String(answer['grpc-status']), message: decodeURIComponent(String(answer['grpc-message'] ?? '')) };
}

it.each([
  ['datafusion.execution.batch_size', '1000000000000'],
  ['datafusion.execution.target_partitions', '1000000'],
  ['datafusion.execution.planning_concurrency', '1000000'],
  ['ballista.shuffle.sort_based.batch_size', '1000000000000'],
  // Ballista would panic when it reads this.
  ['ballista.shuffle.writer_channel_capacity', 'many'],
])('a scheduler refuses %s = %s', async (key, value) => {
  expect(await execute({ [key]: value })).toMatchObject({ status: '13', message: expect.stringContaining(key) });
  // What clients of this package send along.
  if (!key.startsWith('datafusion.')) return;
  const session = JSON.stringify({ [key]: value });
  expect(await execute({ 'cluster.session': session })).toMatchObject({
    status: '13',
    message: expect.stringContaining(key),
  });
  expect(await (await ctx.sql('SELECT 1')).count()).toBe(1);
});

it('a scheduler accepts settings within the limits', async () => {
  const settings = { 'datafusion.execution.batch_size': '65536', 'datafusion.execution.target_partitions': '1024' };
  expect(await execute(settings)).toEqual({ status: '0', message: '' });
});
