/** Executors serve the files of stages in pieces of some megabytes, also if the rows have dictionaries. */

import { readdirSync } from 'node:fs';
import { tableFromIPC, Vector } from 'apache-arrow';
import { BallistaExecutor, BallistaScheduler, BallistaSessionContext } from 'ballista';
import { afterAll, beforeAll, expect, it } from 'vitest';

import { http2 } from '../support/http2.js';

const ROWS = 3_000_000;
/** A piece ends with the message that exceeds this. */
const PIECE_BYTES = 4 << 20;
const MESSAGE_BYTES = 1 << 20;

let scheduler: BallistaScheduler;
let executor: BallistaExecutor;
let ctx: BallistaSessionContext;
beforeAll(async () => {
  scheduler = new BallistaScheduler({ port: 0 });
  await scheduler.start();
  executor = new BallistaExecutor({ schedulerPort: scheduler.port, port: 0, grpcPort: 0, vcores: 1 });
  await executor.start();
  ctx = new BallistaSessionContext(scheduler.url, { clusterConfig: { 'cluster.whole_query': 'never' } });
});
afterAll(async () => {
  await ctx.close();
  await executor.close();
  await scheduler.close();
});

/** The pieces of the files of a job, as a client requests them. */
async function piecesOf(job: string): Promise<Buffer[]> {
  const pieces: Buffer[] = [];
  for (const path of readdirSync(executor.workDir, { recursive: true, encoding: 'utf8' })) {
    const found = new RegExp(`jobs/${job}/(\\d+)/(\\d+)/data-(\\d+)\\.arrow$`, 'u').exec(path);
    if (!found) continue;
    for (let start: unknown = '0'; start !== undefined; ) {
      const url = `/partitions/${job}/${found.slice(1).join('/')}?start=${start}`;
      const { status, headers, body } = await http2({ port: executor.port, path: url });
      expect(status).toBe(200);
      pieces.push(body);
      start = headers['ballista-next'];
    }
  }
  return pieces;
}

const NUMBER = "'n' || (value % 1000)";
/** Every batch has another dictionary. */
const REPLACED = `concat(${NUMBER}, '-', value / 100000)`;
const dictionary = (text: string) => `arrow_cast(${text}, 'Dictionary(Int32, Utf8)')`;

it.each<[string, { column: string; expected: (n: bigint) => unknown; dictionaryBytes: number }]>([
  ['without dictionaries', { column: 'value', expected: (n) => n, dictionaryBytes: 0 }],
  ['with a dictionary', { column: dictionary(NUMBER), expected: (n) => `n${n % 1000n}`, dictionaryBytes: 1 << 16 }],
  [
    'with dictionaries that are replaced',
    { column: dictionary(REPLACED), expected: (n) => `n${n % 1000n}-${n / 100_000n}`, dictionaryBytes: 1 << 20 },
  ],
  [
    'with a dictionary in a list',
    { column: `make_array(${dictionary(NUMBER)})`, expected: (n) => [`n${n % 1000n}`], dictionaryBytes: 1 << 16 },
  ],
])('%s', async (_, { column, expected, dictionaryBytes }) => {
  const stream = (await ctx.sql(`select value as n, ${column} as c from range(${ROWS})`)).stream();
  // The files go with the stream.
  await stream.next();
  const pieces = await piecesOf(stream.jobId ?? '');
  expect(pieces.length).toBeGreaterThan(4);
  expect(Math.max(...pieces.map((piece) => piece.byteLength))).toBeLessThan(
    PIECE_BYTES + MESSAGE_BYTES + dictionaryBytes,
  );
  let rows = 0;
  for (const piece of pieces) {
    const table = tableFromIPC(piece);
    rows += table.numRows;
    for (const row of [0, table.numRows - 1]) {
      const [n, c] = [table.getChild('n')?.get(row) as bigint, table.getChild('c')?.get(row) as unknown];
      expect(c instanceof Vector ? [...c] : c).toEqual(expected(n));
    }
  }
  expect(rows).toBe(ROWS);
  await stream.cancel();
});
