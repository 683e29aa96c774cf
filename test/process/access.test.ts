/** What ports refuse. */

import { once } from 'node:events';
import { request } from 'node:http';
import { connect, constants, type IncomingHttpHeaders } from 'node:http2';
import { BallistaScheduler, BallistaSessionContext, setupTestCluster, type TestCluster } from 'ballista';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { Program } from '../support/program.js';

const GRPC = { 'content-type': 'application/grpc' };
const CANCEL = '/ballista.protobuf.SchedulerGrpc/CancelJob';

let cluster: TestCluster;
let open: BallistaScheduler;
beforeAll(async () => {
  cluster = await setupTestCluster({ vcores: 1 });
  open = new BallistaScheduler({ port: 0 });
  await open.start();
});
afterAll(async () => {
  await cluster.close();
  await open.close();
});

/** The status of a request by HTTP/1.1, as a browser sends it. */
async function http1(port: number, path: string, method: string, headers: Record<string, string>): Promise<number> {
  const sent = request({ port, host: '127.0.0.1', path, method, headers });
  sent.end();
  const [answer] = await once(sent, 'response');
  answer.resume();
  return answer.statusCode;
}

/** The headers of the answer to a request by HTTP/2. */
async function http2(port: number, headers: Record<string, string>): Promise<IncomingHttpHeaders> {
  const session = connect(`http://127.0.0.1:${port}`);
  try {
    const stream = session.request(headers);
    stream.end(Buffer.alloc(5));
    const [answer] = await once(stream, 'response');
    return answer;
  } finally {
    session.destroy();
  }
}

describe('a scheduler refuses what a web page can send', () => {
  it.each<[what: string, path: string, method: string, headers: Record<string, string>]>([
    ['a gRPC message', CANCEL, 'POST', GRPC],
    ['a form', CANCEL, 'POST', { 'content-type': 'text/plain' }],
    ['a request to read', '/jobs/none/executors', 'GET', {}],
    ['a request to delete', '/results/a/b', 'DELETE', {}],
    ['a probe with an origin', '/healthz', 'GET', { origin: 'https://example.org' }],
    ['a probe by another name', '/healthz', 'GET', { host: 'rebound.example.org' }],
  ])('%s by HTTP/1.1', async (_, path, method, headers) => {
    expect(await http1(open.port, path, method, headers)).toBe(403);
  });

  it.each<[what: string, headers: Record<string, string>]>([
    ['an origin', { ':path': CANCEL, ':method': 'POST', ...GRPC, origin: 'null' }],
    ['another name', { ':path': CANCEL, ':method': 'POST', ...GRPC, ':authority': 'rebound.example.org' }],
  ])('HTTP/2 with %s', async (_, headers) => {
    expect((await http2(open.port, headers))['grpc-status']).toBe('7');
  });

  it('a message that is not gRPC', async () => {
    const answer = await http2(open.port, { ':path': CANCEL, ':method': 'POST', 'content-type': 'text/plain' });
    expect(answer[constants.HTTP2_HEADER_STATUS]).toBe(403);
  });

  it('but answers probes', async () => {
    expect(await http1(open.port, '/healthz', 'GET', {})).toBe(200);
    expect(await http1(open.port, '/readyz', 'GET', {})).toBe(503);
  });
});

describe('a cluster in this process', () => {
  it('takes requests of this process', async () => {
    const ctx = new BallistaSessionContext(cluster.url, { clusterConfig: { 'cluster.whole_query': 'never' } });
    expect(await (await ctx.sql('select 1 as a')).toArray()).toEqual([{ a: 1n }]);
    await ctx.close();
  });

  it('refuses other processes', async () => {
    const program = new Program('client.mjs', { args: [cluster.url] });
    expect((await program.ended).stdout).toBe('UNAUTHORIZED\n');
    const answer = await http2(cluster.port, { ':path': CANCEL, ':method': 'POST', ...GRPC });
    expect(answer['grpc-status']).toBe('16');
  });
});
