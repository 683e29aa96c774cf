/**
 * An HTTP endpoint that streams the rows of a query as JSON lines. When a client disconnects, its query is cancelled.
 *
 *     node scripts/run.mjs examples/http-endpoint.ts
 */

import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { BallistaError, BallistaSessionContext } from 'ballista';

// All requests share one context: it keeps the connections, the tables and the plans.
const ctx = await BallistaSessionContext.standalone();
await ctx.sql('CREATE VIEW numbers AS SELECT value AS n, value * value AS square FROM range(1, 10000000000)');

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { searchParams } = new URL(request.url ?? '/', 'http://localhost');
  const below = searchParams.get('below') ?? '1e10';
  const df = await ctx.sql('SELECT n, square FROM numbers WHERE n < $1', { params: [Number(below)] });
  const stream = df.stream();
  response.setHeader('content-type', 'application/x-ndjson');
  try {
    // Reads rows only as fast as the client does. If the client disconnects, pipeline destroys the stream.
    await pipeline(Readable.fromWeb(stream.toReadableStream({ format: 'ndjson', int64: 'number' })), response);
    console.log(`below ${below}: sent all rows`);
  } catch {
    const running = await ctx.cancelJob(stream.jobId ?? '');
    console.log(`below ${below}: the client disconnected, and the query ${running ? 'still ran' : 'was cancelled'}`);
  }
}

const server = createServer((request, response) => {
  answer(request, response).catch((error) => {
    // A query that is refused is the client's mistake. The message may name tables and columns, so it stays here.
    console.error(error);
    response.writeHead(BallistaError.is(error) && error.code === 'INVALID_ARGUMENT' ? 400 : 500).end();
  });
}).listen(0, '127.0.0.1');
await once(server, 'listening');

// Two clients: the first reads all rows, the second leaves after the first piece of an almost endless result.
const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
console.log(await (await fetch(`${url}?below=4`)).text());
const body = (await fetch(url)).body?.getReader();
console.log('The first piece contains rows:', (await body?.read())?.value !== undefined);
await body?.cancel();

// On shutdown: accept no more requests, wait for the open ones, and then close the context.
server.close();
await once(server, 'close');
await ctx.close();
