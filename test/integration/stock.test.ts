/** Tests the client with a stock Ballista 55 cluster: a scheduler and an executor without code of this package. */

import {
  Binary,
  Bool,
  DateDay,
  Decimal,
  Field,
  Float32,
  Float64,
  Int8,
  Int32,
  Int64,
  Schema,
  TimestampMicrosecond,
  tableFromArrays,
  Uint64,
  Utf8,
} from 'apache-arrow';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';

import { BallistaExecutor } from '../../src/cluster/executor.js';
import { BallistaScheduler } from '../../src/cluster/scheduler.js';
import { col } from '../../src/expr/expr.js';
import { BallistaSessionContext } from '../../src/session/ballista-session-context.js';
import { udf } from '../../src/udf/udf.js';
import { ServerProcess } from '../support/child.js';
import { AIRPORTS, FLIGHTS, LONG_QUERY, tempFolder } from '../support/data.js';
import { rejected } from '../support/rejected.js';

const temp = tempFolder();
let stock: ServerProcess;
let ctx: BallistaSessionContext;

// The first run compiles the cluster with cargo.
beforeAll(async () => {
  stock = await ServerProcess.start('scripts/stock.mjs', 'serve');
  ctx = new BallistaSessionContext(`df://127.0.0.1:${stock.port}`);
  await ctx.registerParquet('flights', FLIGHTS);
  await ctx.registerCsv('airports', AIRPORTS);
}, 3_600_000);

afterAll(async () => {
  await ctx.close();
  await stock.close();
});

async function rows(query: string) {
  return (await ctx.sql(query)).toArray({ int64: 'number' });
}

describe('files', () => {
  it('can be queried with SELECT', async () => {
    const query = `SELECT a.city, count(*) AS n, sum(f.delay) AS delay FROM flights f JOIN airports a ON a.iata = f.origin
                   WHERE a.state = 'WA' GROUP BY a.city ORDER BY n DESC`;
    expect(await rows(query)).toEqual([
      { city: 'Seattle', n: 50_231, delay: 485_208 },
      { city: 'Spokane', n: 6_193, delay: 41_100 },
      { city: 'Pasco', n: 611, delay: 297 },
    ]);
  });

  it('return a large result batch by batch', async () => {
    let count = 0;
    for await (const batch of (await ctx.table('flights')).select('delay')) count += batch.numRows;
    expect(count).toBe(3_000_000);
  });

  it('can be written with COPY TO and read again', async () => {
    const copy = `COPY (SELECT origin, count(*) AS n FROM flights GROUP BY origin) TO '${temp('counts.parquet')}' STORED AS PARQUET`;
    expect(await rows(copy)).toEqual([{ count: 229 }]);
    const df = await ctx.readParquet(temp('counts.parquet'));
    expect(await df.aggregate([], 'sum(n) AS n').toArray()).toEqual([{ n: 3_000_000n }]);
  });

  it('keep their columns in an empty result', async () => {
    const table = await (await ctx.sql('SELECT origin, delay FROM flights WHERE 1 = 2')).toArrow();
    expect([table.numRows, table.schema.fields.map((field) => field.name)]).toEqual([0, ['origin', 'delay']]);
  });
});

describe('small in-memory tables', () => {
  it('can be created with CREATE TABLE AS', async () => {
    await ctx.sql(`CREATE TABLE west AS SELECT iata, city FROM airports WHERE state = 'WA'`);
    const query = `SELECT w.city, count(*) AS n FROM flights f JOIN west w ON w.iata = f.origin GROUP BY w.city ORDER BY n`;
    expect((await rows(query)).map((row) => row['city'])).toEqual(['Pasco', 'Spokane', 'Seattle']);
  });

  it('can have all basic types, with nulls', async () => {
    const fields = {
      bool: [new Bool(), true],
      int8: [new Int8(), -8],
      int32: [new Int32(), -32],
      int64: [new Int64(), -(2n ** 63n)],
      uint64: [new Uint64(), 2n ** 64n - 1n],
      float32: [new Float32(), 1.5],
      float64: [new Float64(), -0.1],
      decimal: [new Decimal(2, 10, 128), '-12.50'],
      text: [new Utf8(), "it's Köln"],
      bytes: [new Binary(), Uint8Array.of(0, 255)],
      day: [new DateDay(), new Date('1969-12-31')],
      time: [new TimestampMicrosecond('UTC'), new Date('1969-12-31T23:59:59.999Z')],
    } as const;
    const entries = Object.entries(fields);
    const schema = new Schema([
      new Field('id', new Int32(), false),
      ...entries.map(([name, [type]]) => new Field(name, type, true)),
    ]);
    const full = { id: 1, ...Object.fromEntries(entries.map(([name, [, value]]) => [name, value])) };
    const nulls = { id: 2, ...Object.fromEntries(entries.map(([name]) => [name, null])) };
    const df = await ctx.fromRows([full, nulls], schema);
    const result = await df.sort('id').toArrow();
    expect(result.schema.fields.map((field) => String(field.type))).toEqual(
      schema.fields.map((field) => String(field.type)),
    );
    expect(await df.sort('id').toArray()).toEqual([full, nulls]);
  });

  it('work with projection, filter and limit', async () => {
    const df = await ctx.fromColumns({ a: [1, 2, 3, 4], b: ['w', 'x', 'y', 'z'] });
    expect(await df.filter(col('a').gt(1)).select('b').sort('b').limit(2).toArray()).toEqual([{ b: 'x' }, { b: 'y' }]);
  });

  it('can be empty', async () => {
    const df = await ctx.fromRows([], new Schema([new Field('a', new Int32(), true)]));
    expect(await df.count()).toBe(0);
    expect((await df.toArrow()).schema.fields.map(String)).toEqual(['a: Int32']);
  });

  it('work after INSERT and cache()', async () => {
    await ctx.sql('CREATE TABLE grows (a BIGINT)');
    await rows('INSERT INTO grows VALUES (1), (2)');
    const cached = await (await ctx.table('grows')).cache();
    await rows('INSERT INTO grows VALUES (3)');
    expect([await cached.count(), await (await ctx.table('grows')).count()]).toEqual([2, 3]);
  });

  it('can be changed with UPDATE and DELETE', async () => {
    await ctx.sql("CREATE TABLE changes AS SELECT * FROM (VALUES (1, 'a'), (2, 'b'), (3, NULL)) AS t(id, text)");
    expect(await rows("UPDATE changes SET text = text || '!', id = id * 10 WHERE id > 1")).toEqual([{ count: 2 }]);
    expect(await rows('DELETE FROM changes WHERE id IN (SELECT id FROM changes WHERE text IS NULL)')).toEqual([
      { count: 1 },
    ]);
    expect(await rows('SELECT * FROM changes ORDER BY id')).toEqual([
      { id: 1, text: 'a' },
      { id: 20, text: 'b!' },
    ]);
  });
});

describe('large in-memory tables', () => {
  it('are rejected with the reason', async () => {
    const df = await ctx.fromArrow(tableFromArrays({ a: Float64Array.from({ length: 20_000 }, (_, i) => i) }));
    const error = await rejected(df.collect());
    expect(error.code).toBe('NOT_IMPLEMENTED');
    for (const part of ['stock', '20000 rows of 1 columns', '10000']) expect(error.message).toContain(part);
  });
});

describe('features without support in stock Ballista', () => {
  it('generate_series and range work', async () => {
    expect(await rows('SELECT sum(value) AS s, count(*) AS n FROM generate_series(1, 100000)')).toEqual([
      { s: 5_000_050_000, n: 100_000 },
    ]);
    const union = 'SELECT * FROM range(0, 1000) UNION ALL SELECT * FROM range(0, 500)';
    expect(await rows(`SELECT count(*) AS n FROM (${union})`)).toEqual([{ n: 1_500 }]);
  });

  it('TypeScript UDFs are rejected immediately', async () => {
    const twice = udf({ name: 'twice', args: ['Int64'], returns: 'Int64' }, (x) => x);
    const error = await rejected((await ctx.table('flights')).select(twice(col('delay'))).collect());
    expect(error).toMatchObject({ code: 'UDF', message: expect.stringContaining('udf: true') });
  });

  it('EXPLAIN works, also with VERBOSE and ANALYZE', async () => {
    const df = await ctx.sql('SELECT origin, count(*) FROM flights GROUP BY origin');
    const plain = await df.explainString();
    for (const type of ['logical_plan', 'physical_plan', 'distributed_plan']) expect(plain).toContain(type);
    expect(await df.explainString({ verbose: true })).toContain('initial_logical_plan');
    expect(await df.explainString({ analyze: true })).toMatch(/Stage \d+ \(\d+ partitions\)/);
  });
});

describe('a stock executor with a scheduler of this package', () => {
  it('runs queries, and queries with UDFs need an executor of this package', async () => {
    await using scheduler = new BallistaScheduler({ port: 0 });
    await scheduler.start();
    const other = await ServerProcess.start('scripts/stock.mjs', 'join', String(scheduler.port));
    onTestFinished(() => other.close());
    await using session = new BallistaSessionContext(scheduler.url);
    await session.registerCsv('airports', AIRPORTS);
    const count = async (query: string) => (await session.sql(query)).toArray({ int64: 'number' });
    expect(await count('SELECT count(*) AS n FROM airports')).toEqual([{ n: 3376 }]);
    const loud = udf({ name: 'loud', args: ['Utf8'], returns: 'Utf8', skipNulls: true }, (s) => s.toUpperCase());
    session.registerUdf(loud);
    const query = "SELECT count(*) AS n FROM airports WHERE loud(state) = 'WA'";
    expect(await rejected(count(query))).toMatchObject({
      code: 'UDF',
      message: expect.stringContaining('udf: true'),
      jobId: expect.any(String),
    });
    await using ours = new BallistaExecutor({
      schedulerPort: scheduler.port,
      port: 0,
      grpcPort: 0,
      udf: true,
      vcores: 1,
    });
    await ours.start();
    for (let i = 0; i < 5; i++) expect(await count(query)).toEqual([{ n: 65 }]);
  });
});

describe('errors', () => {
  it('JOB_FAILED includes the job id', async () => {
    const df = await ctx.sql('SELECT 1 / (delay - delay) FROM flights');
    const error = await rejected(df.collect());
    expect(error).toMatchObject({
      code: 'JOB_FAILED',
      jobId: expect.any(String),
      message: expect.stringMatching(/divide/i),
    });
  });

  it('an aborted query is cancelled on the scheduler', async () => {
    const controller = new AbortController();
    const stream = (await ctx.sql(LONG_QUERY)).stream({ signal: controller.signal });
    const pending = expect(stream.next()).rejects.toThrow('enough');
    await expect.poll(() => stream.jobId).toBeDefined();
    controller.abort(new Error('enough'));
    await pending;
    await expect.poll(() => ctx.cancelJob(stream.jobId ?? '')).toBe(false);
    expect(await rows('SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });
});

describe('progress', () => {
  it('is the state of the job', async () => {
    const query = (await ctx.sql(LONG_QUERY)).execute();
    for await (const progress of query.progress) {
      if (progress.state !== 'running') continue;
      expect(progress).toMatchObject({ jobId: query.jobId, stages: undefined, tasks: undefined, fraction: undefined });
      break;
    }
    await query.cancel();
    expect((await rejected(query.result)).code).toBe('JOB_CANCELLED');
  });

  it('ends with success and the metrics of the stages', async () => {
    const states: string[] = [];
    const query = (await ctx.sql('SELECT origin, count(*) AS n FROM flights GROUP BY origin')).execute({
      onProgress: ({ state }) => states.push(state),
    });
    expect((await query.metrics()).length).toBeGreaterThan(1);
    expect(states.at(-1)).toBe('succeeded');
  });

  it.each<[what: string, work: () => Promise<unknown>]>([
    ['jobs', () => ctx.jobs()],
    ['a job', () => ctx.job('x')],
    ['executors', () => ctx.executors()],
    ['the schema system', () => rows('select * from system.jobs')],
  ])('has no list of %s', async (_, work) => {
    expect(await rejected(work())).toMatchObject({
      code: 'NOT_IMPLEMENTED',
      message: expect.stringContaining('not a scheduler of this package'),
    });
  });
});
