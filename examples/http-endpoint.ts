/**
 * An HTTP endpoint that streams the rows of a query as JSON lines. When a client disconnects, its query is cancelled.
 *
 *     node scripts/run.mjs examples/http-endpoint.ts
 */

import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { BallistaError, BallistaSessionContext } from 'ballista';

// All requests share one context: it keeps the connections, the tables and the plans.
const ctx = await BallistaSessionContext.standalone();
await ctx.sql('CREATE VIEW numbers AS SELECT value AS n, value * value AS square FROM range(1, 1000000000)');

async function answer(rows: number, response: ServerResponse): Promise<void> {
  const numbers = (await ctx.table('numbers')).limit(rows);
  response.setHeader('content-type', 'application/x-ndjson');
  try {
    // Fetches rows only as fast as the client reads them. If the client disconnects, pipeline destroys the stream, and this
    // cancels the query on the cluster.
    await pipeline(Readable.fromWeb(numbers.toReadableStream({ format: 'ndjson', int64: 'number' })), response);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_STREAM_PREMATURE_CLOSE') throw error;
    console.log('A client disconnected, so its query is cancelled.');
  }
}

function fail(error: unknown, response: ServerResponse): void {
  const wrongRequest = BallistaError.is(error) && error.code === 'INVALID_ARGUMENT';
  if (!wrongRequest) console.error(error); // it may name files and tables, so it is not for clients
  if (!response.headersSent) response.writeHead(wrongRequest ? 400 : 500).end();
}

const answers = new Set<Promise<void>>();
const server = createServer(({ url = '/' }, response) => {
  const rows = Number(new URL(url, 'http://localhost').searchParams.get('rows') ?? 1e9);
  const done = answer(rows, response)
    .catch((error) => fail(error, response))
    .finally(() => answers.delete(done));
  answers.add(done);
}).listen(0, '127.0.0.1');
await once(server, 'listening');

// Three clients: one reads all rows, one makes a mistake, and one leaves after the first piece of a billion rows.
const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
console.log(await (await fetch(`${url}?rows=3`)).text());
console.log('Status of a wrong request:', (await fetch(`${url}?rows=many`)).status);
for await (const _ of (await fetch(url)).body ?? []) break;

// On shutdown: accept no more requests, wait for the open ones, and then close the context.
server.close();
await Promise.all([once(server, 'close'), ...answers]);
await ctx.close();
