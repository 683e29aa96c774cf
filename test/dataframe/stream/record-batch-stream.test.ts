/** Tests results as byte streams. test/modes/results.test.ts tests streaming in every mode. */

import { buffer, text } from 'node:stream/consumers';
import { tableFromIPC } from 'apache-arrow';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { setupTestCluster, type TestCluster } from '../../../src/cluster/test-cluster.js';
import type { DataFrame } from '../../../src/dataframe/dataframe.js';
import { BallistaSessionContext } from '../../../src/session/ballista-session-context.js';
import { LONG, registerNumbers } from '../../process/fixtures/queries.mjs';
import { FLIGHTS } from '../../support/data.js';
import { failure, rejected } from '../../support/rejected.js';
import { thrown } from '../../support/thrown.js';
import { until } from '../../support/until.js';

let cluster: TestCluster;
let ctx: BallistaSessionContext;
let values: DataFrame;
let nothing: DataFrame;

beforeAll(async () => {
  cluster = await setupTestCluster({ executors: 1, vcores: 2 });
  ctx = new BallistaSessionContext(cluster.url);
  await registerNumbers(ctx);
  await ctx.registerParquet('flights', FLIGHTS);
  values = await ctx.sql(`
    SELECT 9007199254740993 AS big, CAST('0.10' AS DECIMAL(10, 2)) AS price, TIMESTAMP '2021-01-31T12:00:00.5' AS at,
           'Köln\n' AS text, CAST('NaN' AS DOUBLE) AS nan, [{a: 1}] AS list, NULL AS nothing
    UNION ALL SELECT 1, NULL, NULL, NULL, 0.5, NULL, NULL ORDER BY big DESC`);
  nothing = values.filter('big > 9007199254740993');
});

afterAll(async () => {
  await ctx.close();
  await cluster.close();
});

const LINES = [
  '{"big":"9007199254740993","price":"0.10","at":"2021-01-31T12:00:00.500000000","text":"Köln\\n","nan":"NaN","list":[{"a":"1"}],"nothing":null}',
  '{"big":"1","price":null,"at":null,"text":null,"nan":0.5,"list":null,"nothing":null}',
];

describe('toReadableStream', () => {
  it('ndjson: writes one line a row, without loss', async () => {
    expect(await text(values.toReadableStream({ format: 'ndjson' }))).toBe(`${LINES.join('\n')}\n`);
    expect(await text(nothing.toReadableStream({ format: 'ndjson' }))).toBe('');
  });

  it('ndjson: uses the conversion options of the call and of the session', async () => {
    const small = values.filter('big = 1').select('big', 'price', 'nan');
    expect(await text(small.toReadableStream({ format: 'ndjson', int64: 'number' }))).toBe(
      '{"big":1,"price":null,"nan":0.5}\n',
    );
    const other = new BallistaSessionContext(cluster.url, { convert: { int64: 'number' } });
    const one = await other.sql('SELECT 1 AS a, 1.5 AS b');
    expect(await text(one.toReadableStream({ format: 'ndjson' }))).toBe('{"a":1,"b":1.5}\n');
    await other.close();
  });

  it('ipc: writes one Arrow IPC stream', async () => {
    for (const df of [values, nothing]) {
      const table = tableFromIPC(await buffer(df.toReadableStream({ format: 'ipc' })));
      expect(table.toString()).toBe((await df.toArrow()).toString());
      expect(table.schema.fields.map(String)).toEqual(df.schema().fields.map(String));
    }
  });

  it('returns the rest of a stream', async () => {
    const stream = values.select('big').stream();
    await stream.next();
    expect(await text(stream.toReadableStream({ format: 'ndjson' }))).toBe('');
  });

  it('fails with the error of the stream', async () => {
    const numbers = values.toReadableStream({ format: 'ndjson', int64: 'number' });
    expect((await rejected(text(numbers))).code).toBe('UNSAFE_INTEGER');
    const broken = await ctx.sql("SELECT CAST(x AS INT) AS a FROM (VALUES ('x')) AS t(x)");
    for (const format of ['ipc', 'ndjson'] as const)
      expect((await rejected(text(broken.toReadableStream({ format })))).code).toBe('JOB_FAILED');
    const one = values.select('big', 'price');
    const twice = one.join(one, { left: 'big', right: 'big' });
    expect((await rejected(text(twice.toReadableStream({ format: 'ndjson' })))).code).toBe('SCHEMA');
  });

  it.each<[unknown, string]>([
    [{ format: 'json' }, 'toReadableStream: format must be one of "batches", "ipc", "ndjson"'],
    [{ format: 'ndjson', json: false }, 'toReadableStream has no option "json"'],
    [{ format: 'ipc', int64: 'string' }, 'toReadableStream has no option "int64"'],
    [{ fromat: 'ipc' }, 'toReadableStream has no option "fromat". Did you mean "format"?'],
    [{ format: 'ndjson', int64: 'bigint' }, 'json: true cannot be combined with "bigint"'],
    ['ndjson', 'The options of toReadableStream must be an object, not a string'],
    [null, 'The options of toReadableStream must be an object, not null'],
  ])('rejects %j', (options, message) => {
    for (const call of [
      () => values.toReadableStream(options as never),
      () => values.stream().toReadableStream(options as never),
    ]) {
      const error = thrown(call);
      expect(error.code).toBe('INVALID_ARGUMENT');
      expect(error.message).toContain(message);
    }
  });

  it.each(['batches', 'ipc', 'ndjson'] as const)(
    '%s: cancel() cancels a job that has not returned a batch yet',
    async (format) => {
      const stream = (await ctx.sql(LONG)).stream();
      const reader = stream.toReadableStream({ format } as { format: 'ipc' }).getReader();
      const read = reader.read();
      await until('the job is on the scheduler', () => stream.jobId !== undefined);
      await reader.cancel();
      expect((await read).done).toBe(true);
      expect(await ctx.cancelJob(String(stream.jobId))).toBe(false);
    },
  );

  it('fails with the reason of the abort signal', async () => {
    const controller = new AbortController();
    const query = await ctx.sql(LONG);
    const body = text(query.toReadableStream({ format: 'ndjson', signal: controller.signal }));
    const reason = new Error('enough');
    setTimeout(() => controller.abort(reason), 100);
    expect(await failure(body)).toBe(reason);
  });
});

describe('ipc', () => {
  it('return() cancels a job that has not returned a batch yet, without an end-of-stream marker', async () => {
    const stream = (await ctx.sql(LONG)).stream();
    const pieces = stream.ipc();
    const first = rejected(pieces.next());
    await until('the job is on the scheduler', () => stream.jobId !== undefined);
    expect(await pieces.return?.()).toEqual({ done: true, value: undefined });
    expect((await first).code).toBe('JOB_CANCELLED');
    expect(await pieces.next()).toEqual({ done: true, value: undefined });
    expect(await ctx.cancelJob(String(stream.jobId))).toBe(false);
  });

  it('break cancels the job', async () => {
    const stream = (await ctx.table('flights')).stream();
    const pieces = stream.ipc();
    for await (const piece of pieces) {
      expect(piece.byteLength).toBeGreaterThan(0);
      break;
    }
    expect(await pieces.next()).toEqual({ done: true, value: undefined });
    expect(await ctx.cancelJob(String(stream.jobId))).toBe(false);
  });
});
