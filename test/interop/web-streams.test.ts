/** Tests results as the body of a `Response`, over HTTP from a Node server to `fetch`. */

import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout } from 'node:timers/promises';
import { RecordBatchReader, tableFromIPC } from 'apache-arrow';
import { afterAll, describe, expect, it, type MockInstance, vi } from 'vitest';

import type { RecordBatchStream } from '../../src/dataframe/stream/record-batch-stream.js';
import { LONG, registerNumbers } from '../process/fixtures/queries.mjs';
import { failure } from '../support/rejected.js';
import { until } from '../support/until.js';
import { countLate, LATE, LATE_COUNTS, TYPES, withFlights } from './context.js';

const ARROW = 'application/vnd.apache.arrow.stream';
const NDJSON = 'application/x-ndjson';

/** A query with a result of one gigabyte. */
const GIGABYTE = 'SELECT repeat(chr(97 + n.x % 26), 100) AS s FROM (SELECT x FROM k WHERE x < 10) AS k CROSS JOIN n';

const ctx = await withFlights();
await registerNumbers(ctx);

/** The stream of the last response, the spy on its `cancel`, and the number of bytes that it has sent. */
let stream: RecordBatchStream | undefined;
let cancel: MockInstance<RecordBatchStream['cancel']> | undefined;
let sent = 0;

/** Answers queries posted to `/ipc` and `/ndjson`. */
async function answer(request: Request): Promise<Response> {
  const format = request.url.endsWith('/ipc') ? 'ipc' : 'ndjson';
  const current = (await ctx.sql(await request.text())).stream();
  stream = current;
  cancel = vi.spyOn(current, 'cancel');
  sent = 0;
  const count = new TransformStream<Uint8Array, Uint8Array>(
    {
      transform: (piece, controller) => {
        sent += piece.byteLength;
        controller.enqueue(piece);
      },
    },
    undefined,
    { highWaterMark: 0 },
  );
  const bytes = current.toReadableStream(format === 'ipc' ? { format } : { format, int64: 'number' });
  const body = bytes.pipeThrough(count);
  return new Response(body, { headers: { 'content-type': format === 'ipc' ? ARROW : NDJSON } });
}

/** Works like frameworks on Node: sends the body as fast as the client reads it, and cancels it when the client disconnects. */
const server = createServer((incoming, outgoing) => {
  const init = { method: 'POST', body: Readable.toWeb(incoming) as ReadableStream, duplex: 'half' };
  answer(new Request(`http://localhost${incoming.url}`, init))
    .then(async ({ headers, body }) => {
      outgoing.setHeaders(headers);
      await pipeline(Readable.fromWeb(body as never), outgoing);
    })
    .catch(() => outgoing.destroy());
});
server.listen(0, '127.0.0.1');
await once(server, 'listening');
afterAll(() => server.close());

/** Checks that the disconnected client has cancelled the stream, that the job has ended, and that its slots are free. */
async function expectOver(): Promise<void> {
  await until('the stream is cancelled', () => cancel?.mock.results[0] !== undefined);
  await cancel?.mock.results[0]?.value;
  expect(await ctx.cancelJob(String(stream?.jobId))).toBe(false);
  const one = await ctx.sql('SELECT 1 AS a');
  expect(await one.toArray({ signal: AbortSignal.timeout(120_000) })).toEqual([{ a: 1n }]);
}

function post(format: 'ipc' | 'ndjson', query: string, init: { signal?: AbortSignal } = {}): Promise<Response> {
  stream = undefined;
  const { port } = server.address() as AddressInfo;
  return fetch(`http://127.0.0.1:${port}/${format}`, { ...init, method: 'POST', body: query });
}

describe('an Arrow IPC response', () => {
  it('is read as a table', async () => {
    const response = await post('ipc', TYPES);
    expect(response.headers.get('content-type')).toBe(ARROW);
    expect((await tableFromIPC(response)).toString()).toBe((await (await ctx.sql(TYPES)).toArrow()).toString());
  });

  it('is read batch by batch, and can be queried', async () => {
    const reader = await RecordBatchReader.from(await post('ipc', LATE));
    let batches = 0;
    const origins: unknown[] = [];
    for await (const batch of reader) {
      batches++;
      origins.push(...(batch.getChild('origin') ?? []));
    }
    expect(batches).toBeGreaterThan(1);
    expect(countLate(origins)).toEqual(LATE_COUNTS);
    const back = await ctx.fromArrow(await (await post('ipc', LATE)).arrayBuffer());
    expect(await back.filter("origin = 'ABQ'").count()).toBe(LATE_COUNTS.ABQ);
  });

  it('can have no rows', async () => {
    const table = await tableFromIPC(await post('ipc', 'SELECT 1 AS a WHERE false'));
    expect([table.numRows, table.schema.fields.map(String)]).toEqual([0, ['a: Int64']]);
  });
});

describe('an NDJSON response', () => {
  it('has one line for each row', async () => {
    const response = await post('ndjson', `${LATE} ORDER BY delay DESC, origin`);
    expect(response.headers.get('content-type')).toBe(NDJSON);
    const lines = (await response.text()).split('\n');
    expect(lines.pop()).toBe('');
    const rows = lines.map((line) => JSON.parse(line) as { origin: string; delay: number });
    expect(rows).toHaveLength(63_449);
    expect(countLate(rows.map(({ origin }) => origin))).toEqual(LATE_COUNTS);
  });

  it('supports every type', async () => {
    const [line] = (await (await post('ndjson', TYPES)).text()).split('\n');
    expect(JSON.parse(line ?? '')).toEqual({
      ...{ id: 1, number: 1.5, truth: true, text: 'Köln', price: '12.30', day: '2021-01-31' },
      ...{ at: '1969-12-31T23:59:59.999999', zoned: '2021-01-31T12:00:00.000Z', word: 'a' },
      ...{ list: [1, null], struct: { x: 1, y: 'k' }, bytes: 'AQI=' },
    });
  });

  it('can have no rows', async () => {
    expect(await (await post('ndjson', 'SELECT 1 AS a WHERE false')).text()).toBe('');
  });
});

describe.each(['ipc', 'ndjson'] as const)('a response in the format %s', (format) => {
  it('is sent only as fast as the client reads, and an abort cancels the job', async () => {
    const controller = new AbortController();
    const response = await post(format, GIGABYTE, { signal: controller.signal });
    const reader = response.body?.getReader();
    expect((await reader?.read())?.value?.byteLength).toBeGreaterThan(0);
    await until('nothing more is sent', async () => {
      const before = sent;
      await setTimeout(1000);
      return sent === before;
    });
    // The socket buffers hold a part of the result. The rest of the gigabyte has not been sent.
    expect(sent).toBeLessThan(50e6);
    controller.abort();
    await expectOver();
  });

  it('is aborted before the first batch, which cancels the job', async () => {
    const controller = new AbortController();
    const response = failure(post(format, LONG, { signal: controller.signal }).then((response) => response.text()));
    await until('the job is on the scheduler', () => stream?.jobId !== undefined);
    controller.abort();
    expect(await response).toMatchObject({ name: 'AbortError' });
    await expectOver();
  });

  it('fails if the job fails', async () => {
    const body = post(format, "SELECT CAST(x AS INT) AS a FROM (VALUES ('1'), ('x')) AS t(x)").then((it) => it.text());
    expect(await failure(body)).toBeInstanceOf(TypeError);
  });
});

it('an error during a response terminates it, so that it is not mistaken for a shorter result', async () => {
  const response = await post('ndjson', 'SELECT CASE WHEN x = 999999 THEN 9007199254740993 ELSE x END AS big FROM n');
  expect(response.status).toBe(200);
  expect(await failure(response.text())).toMatchObject({ message: 'terminated' });
  expect(sent).toBeGreaterThan(0);
});
