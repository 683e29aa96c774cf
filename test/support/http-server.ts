import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll } from 'vitest';

/** A response of a test server. */
export interface Answer {
  status: number;
  headers?: Record<string, string | number>;
  body?: string | Uint8Array;
}

/** A request to a test server. */
export interface Question {
  method: string;
  /** As sent, still encoded. */
  path: string;
  query: URLSearchParams;
  /** As sent, still encoded, without the question mark. */
  rawQuery: string;
  headers: Record<string, string>;
  body: Buffer;
}

/** Serves on a free loopback port until the tests of the file end. Returns the address, without a trailing slash. */
export async function serve(answer: (question: Question) => Answer | Promise<Answer>): Promise<string> {
  const server = createServer((request, response) => {
    respond(request, response, answer).catch((error: unknown) => response.destroy(error as Error));
  });
  // Otherwise, clients keep connections open and could use one at the moment when it is closed.
  server.keepAliveTimeout = 0;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function respond(
  request: IncomingMessage,
  response: ServerResponse,
  answer: (question: Question) => Answer | Promise<Answer>,
): Promise<void> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of request) chunks.push(chunk as Uint8Array);
  const [path = '', rawQuery = ''] = (request.url ?? '').split('?');
  const { status, headers, body } = await answer({
    method: request.method ?? '',
    path,
    query: new URLSearchParams(rawQuery),
    rawQuery,
    headers: Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)])),
    body: Buffer.concat(chunks),
  });
  // A response to HEAD has the length of the body, but no body.
  response.writeHead(status, { 'content-length': body === undefined ? 0 : Buffer.byteLength(body), ...headers });
  response.end(request.method === 'HEAD' ? undefined : body);
}

/** The whole file, or the requested range. */
export function fileAnswer({ headers }: Question, content: Uint8Array, more: Record<string, string>): Answer {
  const common = { 'accept-ranges': 'bytes', ...more };
  const range = /^bytes=(\d*)-(\d*)$/.exec(headers['range'] ?? '');
  if (!range) return { status: 200, headers: common, body: content };
  const size = content.byteLength;
  const [, first = '', last = ''] = range;
  // `-n` means the last n bytes.
  const start = first === '' ? Math.max(0, size - Number(last)) : Number(first);
  const end = first === '' || last === '' ? size : Math.min(size, Number(last) + 1);
  if (start >= end) return { status: 416, headers: { 'content-range': `bytes */${size}` } };
  const headersOfPart = { ...common, 'content-range': `bytes ${start}-${end - 1}/${size}` };
  return { status: 206, headers: headersOfPart, body: content.subarray(start, end) };
}
