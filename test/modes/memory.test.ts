import {
  Dictionary,
  Field,
  Int8,
  Int32,
  type RecordBatch,
  Schema,
  Table,
  tableFromArrays,
  tableToIPC,
  Utf8,
  vectorFromArray,
} from 'apache-arrow';
import { beforeAll, describe, expect, it } from 'vitest';

import type { DataFrame } from '../../src/dataframe/dataframe.js';
import { col } from '../../src/expr/expr.js';
import { withCluster, withContext } from '../support/cluster.js';
import { FLIGHTS, tempFolder } from '../support/data.js';
import { rejected } from '../support/rejected.js';

const cluster = await withCluster();
const ctx = withContext(cluster);

beforeAll(() => ctx.registerParquet('flights', FLIGHTS));

const table: Table = tableFromArrays({ a: Int32Array.of(1, -2, 3), b: ['x', 'y', 'z'] });
const DATA = [
  { a: 1, b: 'x' },
  { a: -2, b: 'y' },
  { a: 3, b: 'z' },
];

function batchesOf(...parts: number[][]): RecordBatch[] {
  return parts.map((part) => tableFromArrays({ n: Int32Array.from(part) }).batches[0] as RecordBatch);
}

async function rows(df: Promise<DataFrame> | DataFrame) {
  return (await df).toArray({ int64: 'number' });
}

describe('in-memory data', () => {
  it.each<[string, () => Promise<DataFrame>]>([
    ['createDataFrame', () => ctx.createDataFrame([table.batches])],
    ['fromArrow(table)', () => ctx.fromArrow(table)],
    ['fromArrow(batch)', () => ctx.fromArrow(table.batches[0] as RecordBatch)],
    ['fromArrow(batches)', () => ctx.fromArrow(table.batches)],
    ['fromArrow(IPC stream)', () => ctx.fromArrow(tableToIPC(table, 'stream'))],
    ['fromArrow(IPC file)', () => ctx.fromArrow(tableToIPC(table, 'file'))],
    ['fromRows', () => ctx.fromRows(DATA)],
    ['fromColumns', () => ctx.fromColumns({ a: [1, -2, 3], b: ['x', 'y', 'z'] })],
  ])('becomes a DataFrame with %s', async (_, make) => {
    const df = await make();
    expect(await rows(df)).toEqual(DATA);
    await cluster.betweenQueries();
    expect(await rows(df.filter(col('a').gt(0)).select('b').sort('b'))).toEqual([{ b: 'x' }, { b: 'z' }]);
  });

  it('can have several partitions', async () => {
    const df = await ctx.createDataFrame([batchesOf([1, 2], [3]), batchesOf([4]), batchesOf([5, 6])]);
    expect(await rows(df.aggregate([], ['count(*) AS c', 'sum(n) AS s']))).toEqual([{ c: 6, s: 21 }]);
  });

  it('becomes a table if it has a name', async () => {
    await ctx.createDataFrame([batchesOf([1])], 'created');
    await ctx.fromArrow(batchesOf([2]), 'from_arrow');
    await ctx.registerRecordBatches('registered', [batchesOf([3]), batchesOf([4])]);
    for (const [name, expected] of [
      ['created', [1]],
      ['from_arrow', [2]],
      ['registered', [3, 4]],
    ] as const) {
      await cluster.betweenQueries();
      expect((await rows(ctx.sql(`SELECT n FROM ${name} ORDER BY n`))).map((row) => row['n'])).toEqual(expected);
    }
  });

  it('can have no rows', async () => {
    const df = await ctx.fromRows([], new Schema([new Field('a', new Int32(), true)]));
    const result = await df.toArrow();
    expect([result.numRows, String(result.schema.fields[0])]).toEqual([0, 'a: Int32']);
  });

  it('can be nested and contain nulls', async () => {
    const data = [
      { id: 1, tags: ['a', null], place: { lat: 1.5, names: new Map([['de', 'Köln']]) }, bytes: Uint8Array.of(0, 255) },
      { id: 2, tags: null, place: null, bytes: null },
    ];
    expect(await rows((await ctx.fromRows(data)).sort('id'))).toEqual(data);
  });

  it('can have dictionary columns', async () => {
    const s = vectorFromArray(['x', 'y', 'x', null], new Dictionary(new Utf8(), new Int32()));
    const df = await ctx.fromArrow(new Table({ s }));
    expect(await rows(df.sort('s'))).toEqual(['x', 'x', 'y', null].map((text) => ({ s: text })));
    await cluster.betweenQueries();
    expect(await rows(df.aggregate('s', 'count(*) AS n').sort('s'))).toEqual([
      { s: 'x', n: 2 },
      { s: 'y', n: 1 },
      { s: null, n: 1 },
    ]);
    await cluster.betweenQueries();
    expect(await rows(df.join(df.distinct().select(col('s').alias('t')), { left: 's', right: 't' }))).toHaveLength(3);
  });

  it('can have several dictionaries for one column', async () => {
    const key = new Int32();
    const batch = (...texts: string[]) =>
      new Table({ s: vectorFromArray(texts, new Dictionary(new Utf8(), key)) }).batches[0] as RecordBatch;
    const df = await ctx.createDataFrame([[batch('x', 'y')], [batch('z'), batch('y', 'w')]]);
    expect((await rows(df.sort('s'))).map(({ s }) => s)).toEqual(['w', 'x', 'y', 'y', 'z']);
    await cluster.betweenQueries();
    expect(await rows(df.aggregate('s', 'count(*) AS n').filter('n > 1'))).toEqual([{ s: 'y', n: 2 }]);
  });

  it('can have more values than the keys of a dictionary can index', async () => {
    const batch = (first: number) => {
      const texts = Array.from({ length: 100 }, (_, i) => `text ${first + i}`);
      return new Table({ s: vectorFromArray(texts, new Dictionary(new Utf8(), new Int8())) }).batches[0] as RecordBatch;
    };
    const df = await ctx.createDataFrame([0, 100, 200, 300].map((first) => [batch(first)]));
    const query = df.aggregate([], ['count(DISTINCT s) AS n', 'max(s) AS last']);
    expect(await rows(query)).toEqual([{ n: 400, last: 'text 99' }]);
  });

  it('can have three million rows', async () => {
    const df = await ctx.fromColumns({
      id: BigInt64Array.from({ length: 3_000_000 }, (_, i) => BigInt(i)),
      half: Float64Array.from({ length: 3_000_000 }, (_, i) => i / 2),
    });
    await ctx.registerView('numbers', df);
    const query = 'SELECT count(*) AS n, sum(id) AS ids, sum(half) AS halves, max(id) AS last FROM numbers';
    const expected = [{ n: 3_000_000, ids: 4_499_998_500_000, halves: 2_249_999_250_000, last: 2_999_999 }];
    expect(await rows(ctx.sql(query))).toEqual(expected);
    await cluster.betweenQueries();
    expect(await rows(ctx.sql(query))).toEqual(expected);
  });
});

describe('in-memory tables and files', () => {
  it('can be joined', async () => {
    await ctx.registerRecordBatches('names', tableFromArrays({ code: ['SEA', 'JFK'], city: ['Seattle', 'New York'] }));
    const query = `SELECT city, count(*) AS n FROM flights JOIN names ON origin = code GROUP BY city ORDER BY n`;
    expect(await rows(ctx.sql(query))).toEqual([
      { city: 'New York', n: 31_270 },
      { city: 'Seattle', n: 50_231 },
    ]);
  });

  it('can be combined in subqueries', async () => {
    await ctx.registerRecordBatches('codes', tableFromArrays({ code: ['SEA', 'JFK'] }));
    const query = 'SELECT count(*) AS n FROM flights WHERE origin IN (SELECT code FROM codes)';
    expect(await rows(ctx.sql(query))).toEqual([{ n: 81_501 }]);
  });

  it('can be combined in CREATE TABLE AS and INSERT', async () => {
    await ctx.sql('CREATE TABLE totals AS SELECT origin, sum(delay) AS delay FROM flights GROUP BY origin');
    await cluster.betweenQueries();
    await rows(ctx.sql("INSERT INTO totals VALUES ('none', 7)"));
    await cluster.betweenQueries();
    const query = "SELECT count(*) AS n, sum(delay) AS delay FROM totals WHERE origin IN ('SEA', 'none')";
    expect(await rows(ctx.sql(query))).toEqual([{ n: 2, delay: 485_215 }]);
  });
});

describe('the rows of a partitioned table', () => {
  const temp = tempFolder();
  beforeAll(async () => {
    const query = `SELECT delay, origin FROM flights WHERE origin IN ('JFK', 'SEA', 'ORD')`;
    const copy = `COPY (${query}) TO '${temp('origins/')}' STORED AS PARQUET PARTITIONED BY (origin)`;
    await rows(ctx.sql(copy));
    const create = 'CREATE EXTERNAL TABLE origins STORED AS PARQUET PARTITIONED BY (origin)';
    await ctx.sql(`${create} LOCATION '${temp('origins/')}'`);
  });

  it.each<[string, () => Promise<unknown>]>([
    ['CREATE TABLE AS', () => ctx.sql('CREATE TABLE held AS SELECT * FROM origins')],
    ['cache', async () => ctx.registerView('held', await (await ctx.table('origins')).cache())],
    ['fromArrow(collect())', async () => ctx.fromArrow(await (await ctx.table('origins')).collect(), 'held')],
    [
      'INSERT',
      async () => {
        await ctx.sql("CREATE TABLE held AS SELECT * FROM origins WHERE origin = 'JFK'");
        await cluster.betweenQueries();
        await rows(ctx.sql("INSERT INTO held SELECT * FROM origins WHERE origin <> 'JFK'"));
      },
    ],
  ])('can be stored in memory with %s', async (_, make) => {
    const query = 'SELECT origin, count(*) AS n, sum(delay) AS delay FROM TABLE GROUP BY origin ORDER BY origin';
    const expected = await rows(ctx.sql(query.replace('TABLE', 'origins')));
    expect(expected).toHaveLength(3);
    await make();
    await cluster.betweenQueries();
    expect(await rows(ctx.sql(query.replace('TABLE', 'held')))).toEqual(expected);
    await ctx.deregisterTable('held');
  });
});

describe('cache', () => {
  it('keeps the result', async () => {
    const df = await ctx.sql('SELECT origin, count(*) AS n, random() AS r FROM flights GROUP BY origin');
    const cached = await df.cache();
    const first = await rows(cached.sort('origin'));
    await cluster.betweenQueries();
    expect(await rows(cached.sort('origin'))).toEqual(first);
    expect(first).toHaveLength(229);
    expect(await rows(df.sort('origin'))).not.toEqual(first);
  });

  it('keeps the columns of an empty result', async () => {
    const cached = await (await ctx.sql('SELECT origin, delay FROM flights WHERE delay > 100000')).cache();
    expect(cached.schema().fields.map((field) => field.name)).toEqual(['origin', 'delay']);
    expect(await cached.count()).toBe(0);
  });
});

describe('memoryTableLimitBytes', () => {
  const small = withContext(cluster, { memoryTableLimitBytes: 10_000 });
  beforeAll(() => small.registerParquet('flights', FLIGHTS));
  const big = { a: Float64Array.from({ length: 5_000 }, (_, i) => i) };

  it.each<[string, () => Promise<unknown>]>([
    ['fromColumns', () => small.fromColumns(big)],
    ['registerRecordBatches', () => small.registerRecordBatches('t', tableFromArrays(big))],
    ['CREATE TABLE AS', () => small.sql('CREATE TABLE t AS SELECT delay FROM flights LIMIT 5000')],
    ['cache', async () => (await small.sql('SELECT delay FROM flights LIMIT 5000')).cache()],
    [
      'INSERT',
      async () => {
        await small.sql('CREATE TABLE grows (x BIGINT)');
        await small.sql('INSERT INTO grows SELECT delay FROM flights LIMIT 5000');
      },
    ],
  ])('rejects %s with an error that names the size, the limit and the option', async (_, make) => {
    const { code, message } = await rejected(make());
    expect(code).toBe('RESOURCES_EXHAUSTED');
    const [size = 0, limit] = (message.match(/\d+/g) ?? []).map(Number);
    expect(size).toBeGreaterThanOrEqual(40_000);
    expect(limit).toBe(10_000);
    expect(message).toContain('memoryTableLimitBytes');
  });

  it('accepts a small table after it rejected a large one', async () => {
    const df = await small.fromColumns({ a: [1, 2] });
    expect(await df.count()).toBe(2);
    expect(await small.tableExists('t')).toBe(false);
  });
});
