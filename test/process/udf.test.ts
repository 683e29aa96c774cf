import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { BallistaExecutor } from '../../src/cluster/executor.js';
import { BallistaScheduler } from '../../src/cluster/scheduler.js';
import { col } from '../../src/expr/expr.js';
import { BallistaSessionContext } from '../../src/session/ballista-session-context.js';
import { udf } from '../../src/udf/udf.js';
import { ServerProcess } from '../support/child.js';
import { rejected } from '../support/rejected.js';
import { thrown } from '../support/thrown.js';

let folder: string;
let scheduler: ServerProcess;
let executors: ServerProcess[];
let ctx: BallistaSessionContext;

const start = (options: object = {}) => ServerProcess.executor(scheduler.port, { workDir: folder, ...options });

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ballista-test-'));
  scheduler = await ServerProcess.scheduler();
  executors = await Promise.all([start(), start()]);
  ctx = new BallistaSessionContext(`df://127.0.0.1:${scheduler.port}`);
});

afterAll(async () => {
  await ctx.close();
  await Promise.all(executors.map((executor) => executor.close()));
  await scheduler.close();
  await rm(folder, { recursive: true });
});

const twice = udf({ name: 'twice', args: ['Int64'], returns: 'Int64', skipNulls: true }, (x) => x * 2n);

describe('while ten other queries run and finish', () => {
  it.each<[string, () => unknown, number | undefined, RegExp]>([
    [
      'an endless loop',
      () => {
        for (;;);
      },
      500,
      /500 ms/u,
    ],
    ['a thread that exits', () => process.exit(3), undefined, /code 3/u],
    [
      'an exception',
      () => {
        throw new Error('on purpose');
      },
      undefined,
      /on purpose/u,
    ],
    ['a value of the wrong type', () => Symbol('x'), undefined, /symbol/u],
    [
      'too much memory',
      () => {
        const all = [];
        for (;;) all.push(new Array(1000).fill(all.length));
      },
      undefined,
      /memory/u,
    ],
  ])('%s fails only its own query', async (_, fn, timeoutMs, text) => {
    const bad = udf({ name: 'bad', args: ['Int64'], returns: 'Int64', ...(timeoutMs && { timeoutMs }) }, fn as never);
    const rows = await ctx.sql('SELECT value AS x FROM generate_series(1, 50000)');
    const failing = rejected(rows.select(bad(col('x'))).collect());
    const others = Array.from({ length: 10 }, async (_, i) => {
      const [row] = await rows
        .filter(`x % 10 = ${i}`)
        .select(twice(col('x')).alias('y'))
        .aggregate([], 'sum(y) AS s')
        .toArray();
      return row?.['s'];
    });
    const sums = Array.from(
      { length: 10 },
      (_, i) => 2n * (5000n * BigInt(i) + 10n * ((4999n * 5000n) / 2n)) + (i === 0 ? 100_000n : 0n),
    );
    expect(await Promise.all(others)).toEqual(sums);
    expect(await failing).toMatchObject({
      code: 'UDF',
      message: expect.stringMatching(text),
      jobId: expect.any(String),
    });
  });
});

describe('an executor', () => {
  it('without UDF support is skipped, and queries fail if there is no other', async () => {
    const none = await start({ udf: false });
    const query = async () => (await ctx.sql('SELECT 1 AS x')).select(twice(col('x')).alias('y')).toArray();
    for (let i = 0; i < 8; i++) expect(await query()).toEqual([{ y: 2n }]);
    await Promise.all(executors.splice(0).map((executor) => executor.close()));
    executors.push(none);
    const error = await rejected((await ctx.sql('SELECT 1 AS x')).select(twice(col('x'))).collect());
    expect(error).toMatchObject({ code: 'UDF', message: expect.stringContaining('udf') });
  });

  it('rejects UDFs on an address that other machines can reach', () => {
    expect(thrown(() => new BallistaExecutor({ host: '0.0.0.0', udf: true, insecure: true }))).toMatchObject({
      code: 'INVALID_ARGUMENT',
      message: expect.stringContaining('loopback'),
    });
  });

  it('runs only UDFs whose hash is in its list', async () => {
    expect(twice.codeHash).toMatch(/^[0-9a-f]{64}$/u);
    for (const udfCodeHashes of ['x', [1], ['ABC']])
      expect(() => new BallistaExecutor({ udf: true, udfCodeHashes } as never)).toThrow(/64 hexadecimal digits/u);
    await using own = new BallistaScheduler({ port: 0 });
    await own.start();
    const ports = { schedulerPort: own.port, port: 0, grpcPort: 0, vcores: 1 };
    await using executor = new BallistaExecutor({ ...ports, udf: true, udfCodeHashes: [twice.codeHash] });
    await executor.start();
    await using client = new BallistaSessionContext(`df://127.0.0.1:${own.port}`);
    const numbers = await client.fromColumns({ x: [1, 2] });
    expect(await numbers.select(twice(col('x')).alias('y')).count()).toBe(2);
    const other = udf({ name: 'twice', args: ['Int64'], returns: 'Int64', skipNulls: true }, (x) => x + x);
    const error = await rejected(numbers.select(other(col('x')).alias('y')).toArray());
    expect(error).toMatchObject({ code: 'UDF' });
    expect(String((error.cause as Error).message)).toContain(other.codeHash);
  });
});
