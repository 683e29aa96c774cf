import { type RecordBatch, Table, tableFromIPC } from 'apache-arrow';
import { beforeAll, describe, expect, it } from 'vitest';

import type { DataFrame } from '../../src/dataframe/dataframe.js';
import { BallistaError } from '../../src/errors.js';
import { LOCAL, newContext, STAGES, withCluster, withContext } from '../support/cluster.js';
import { FLIGHTS, LONG_QUERY } from '../support/data.js';
import { rejected } from '../support/rejected.js';
import { isOver, underWay } from '../support/running.js';

const cluster = await withCluster();
const ctx = withContext(cluster);

let flights: DataFrame;
let small: DataFrame<{ id: bigint; name: string | null }>;

beforeAll(async () => {
  await ctx.registerParquet('flights', FLIGHTS);
  flights = await ctx.table('flights');
  small = await ctx.sql("SELECT * FROM (VALUES (1, 'a'), (2, NULL), (3, 'c')) AS t(id, name) ORDER BY id");
});

const ROWS = [
  { id: 1n, name: 'a' },
  { id: 2n, name: null },
  { id: 3n, name: 'c' },
];

function countRows(batches: readonly RecordBatch[]): number {
  return batches.reduce((sum, batch) => sum + batch.numRows, 0);
}

describe('a complete result', () => {
  it('is returned as record batches by collect', async () => {
    const batches = await small.collect();
    expect(countRows(batches)).toBe(3);
    expect(batches[0]?.schema.fields.map(String)).toEqual(['id: Int64', 'name: Utf8']);
    expect(new Table(batches).getChild('name')?.toJSON()).toEqual(['a', null, 'c']);
  });

  it('is returned by collect for millions of rows', async () => {
    const batches = await flights.select('delay').collect();
    expect(countRows(batches)).toBe(3_000_000);
    let sum = 0n;
    for (const batch of batches) for (const delay of batch.getChildAt(0) ?? []) sum += delay as bigint;
    expect(sum).toBe(20_003_603n);
  });

  it('is returned as a table by toArrow', async () => {
    const table = await small.toArrow();
    expect(table).toBeInstanceOf(Table);
    expect(table.toArray().map((row) => row?.toJSON())).toEqual(ROWS);
  });

  it('is returned as objects by toArray, with options', async () => {
    expect(await small.toArray()).toEqual(ROWS);
    await cluster.betweenQueries();
    expect(await small.toArray({ int64: 'string' })).toEqual(ROWS.map((row) => ({ ...row, id: String(row.id) })));
    expect(Object.getPrototypeOf((await small.toArray())[0])).toBe(Object.prototype);
  });

  it('is returned as arrays by toColumns', async () => {
    expect(await small.toColumns()).toEqual({ id: [1n, 2n, 3n], name: ['a', null, 'c'] });
    expect(await small.filter('id > 5').toColumns()).toEqual({ id: [], name: [] });
  });

  it('is counted by count', async () => {
    expect([await small.count(), await small.filter('id > 5').count()]).toEqual([3, 0]);
    await cluster.betweenQueries();
    expect(await flights.count()).toBe(3_000_000);
  });

  it.each(['stream', 'file'] as const)('is returned as an IPC %s by toIPC', async (format) => {
    const table = tableFromIPC(await small.toIPC({ format }));
    expect(table.toArray().map((row) => row?.toJSON())).toEqual(ROWS);
    await cluster.betweenQueries();
    const empty = tableFromIPC(await small.filter('id > 5').toIPC({ format }));
    expect([empty.numRows, empty.schema.fields.map(String)]).toEqual([0, ['id: Int64', 'name: Utf8']]);
    const large = tableFromIPC(await flights.select('delay').limit(200_000).toIPC({ format }));
    expect(large.numRows).toBe(200_000);
  });

  it('is rejected by toArray if two columns have the same name', async () => {
    const df = await ctx.sql('SELECT 1 AS a, 2 AS b').then((one) => one.join(one, { left: 'a', right: 'a' }));
    expect((await rejected(df.toArray())).code).toBe('SCHEMA');
    const [batch] = await df.collect();
    expect(batch?.schema.fields.map((field) => field.name)).toEqual(['a', 'b', 'b']);
  });

  it('is rejected by toArray if an integer does not fit a number', async () => {
    const df = await ctx.sql('SELECT 9007199254740993 AS big');
    expect((await rejected(df.toArray({ int64: 'number' }))).code).toBe('UNSAFE_INTEGER');
  });
});

describe('schema', () => {
  it('is known before the query runs', () => {
    expect(flights.schema().fields.map((field) => field.name)).toEqual([
      'date',
      'delay',
      'distance',
      'origin',
      'destination',
    ]);
    expect(flights.stream().schema.fields).toHaveLength(5);
    expect(flights.stream().jobId).toBeUndefined();
  });
});

describe('a streamed result', () => {
  it('is read with for await over a DataFrame', async () => {
    let rows = 0;
    for await (const batch of flights.select('origin')) rows += batch.numRows;
    expect(rows).toBe(3_000_000);
  });

  it('is read as objects with rows()', async () => {
    const found: unknown[] = [];
    for await (const row of small.rows()) found.push(row);
    expect(found).toEqual(ROWS);
    await cluster.betweenQueries();
    let some = 0;
    for await (const row of flights.rows({ int64: 'number' })) {
      expect(row['distance']).toBeTypeOf('number');
      if (++some === 10) break;
    }
    expect(some).toBe(10);
  });

  it('is read with toReadableStream', async () => {
    let rows = 0;
    for await (const batch of flights.select('delay').limit(100_000).toReadableStream()) rows += batch.numRows;
    expect(rows).toBe(100_000);
    await cluster.betweenQueries();
    const reader = flights.toReadableStream().getReader();
    expect((await reader.read()).value?.numRows).toBeGreaterThan(0);
    await reader.cancel();
    expect((await reader.read()).done).toBe(true);
  });

  it('is read as chunks of IPC bytes with ipc()', async () => {
    const pieces: Uint8Array[] = [];
    for await (const piece of flights.select('delay').limit(50_000).stream().ipc()) pieces.push(piece);
    expect(pieces.length).toBeGreaterThan(2);
    expect(tableFromIPC(Buffer.concat(pieces)).numRows).toBe(50_000);
  });

  it('allows several calls of next() at once', async () => {
    const stream = flights.select('delay').stream();
    const batches = await Promise.all([stream.next(), stream.next(), stream.next()]);
    expect(batches.map(({ done }) => done)).toEqual([false, false, false]);
    expect(new Set(batches.map(({ value }) => value)).size).toBe(3);
    await stream.cancel();
  });

  it('has a job id on a cluster, and stays finished', async () => {
    const stream = small.stream();
    expect((await stream.next()).value?.numRows).toBe(3);
    if (LOCAL) expect(stream.jobId).toBeUndefined();
    else expect(stream.jobId).toMatch(/\w+/);
    expect(await stream.next()).toEqual({ done: true, value: undefined });
    expect(await stream.next()).toEqual({ done: true, value: undefined });
  });

  it('ends with break', async () => {
    const stream = flights.stream();
    for await (const batch of stream) {
      expect(batch.numRows).toBeGreaterThan(0);
      break;
    }
    expect((await stream.next()).done).toBe(true);
    await isOver(ctx, stream.jobId ?? '');
  });

  it('ends its query with cancel()', async () => {
    const stream = (await ctx.sql(LONG_QUERY)).stream();
    const pending = rejected(stream.next());
    const id = await underWay(stream);
    await stream.cancel();
    expect((await pending).code).toBe('JOB_CANCELLED');
    await isOver(ctx, id);
    expect((await rejected(stream.next())).code).toBe('CLOSED');
    await stream.cancel();
  });
});

describe('the files of the last stage', () => {
  const codecs = { uncompressed: {}, compressed: LOCAL ? {} : { 'ballista.shuffle.compression.codec': 'lz4' } };

  it.each(Object.entries(codecs))('can be %s', async (_, codec) => {
    const stages = newContext(cluster, { clusterConfig: { ...STAGES.clusterConfig, ...codec } });
    await stages.registerParquet('flights', FLIGHTS);
    const some = await stages.sql("SELECT delay, arrow_cast(origin, 'Dictionary(Int32, Utf8)') AS origin FROM flights");
    const batches = await some.collect();
    expect(countRows(batches)).toBe(3_000_000);
    expect(new Set(batches.map((batch) => String(batch.schema.fields[1]?.type)))).toEqual(
      new Set(['Dictionary<Int32, Utf8>']),
    );
    let seattle = 0;
    for (const batch of batches) for (const origin of batch.getChildAt(1) ?? []) if (origin === 'SEA') seattle++;
    expect(seattle).toBe(await (await stages.table('flights')).filter("origin = 'SEA'").count());
    expect(countRows(await (await stages.table('flights')).collect())).toBe(3_000_000);
    await stages.close();
  });

  it('do not block other queries while they are unread', async () => {
    const streams = Array.from({ length: 8 }, () => flights.stream());
    for (const stream of streams) expect((await stream.next()).value?.numRows).toBeGreaterThan(0);
    expect(await small.count()).toBe(3);
    let rows = 0;
    for await (const batch of flights.stream()) rows += batch.numRows;
    expect(rows).toBe(3_000_000);
    await Promise.all(streams.map((stream) => stream.cancel()));
  });
});

describe('concurrent queries', () => {
  it('share a context', async () => {
    const sums = Array.from({ length: 24 }, async (_, i) => {
      const df = await ctx.sql('SELECT $1 + count(*) AS n FROM flights WHERE delay > $2', { params: [i, 100] });
      return (await df.toArray({ int64: 'number' }))[0]?.['n'];
    });
    expect(await Promise.all(sums)).toEqual(Array.from({ length: 24 }, (_, i) => 63_449 + i));
  });

  it('return their own rows, a hundred at once', async () => {
    const one = async (i: number) =>
      (await ctx.sql('SELECT $1 + id AS n FROM (VALUES (1)) AS t(id)', { params: [i] })).toArray();
    for (let round = 0; round < 3; round++) {
      const all = await Promise.all(Array.from({ length: 100 }, (_, i) => one(i)));
      expect(all.map(([row]) => Number(row?.['n']))).toEqual(Array.from({ length: 100 }, (_, i) => i + 1));
    }
  });

  it('fail independently', async () => {
    const queries = ['SELECT 1 AS a', "SELECT CAST(x AS INT) AS a FROM (VALUES ('x')) AS t(x)", 'SELECT 2 AS a'];
    const all = await Promise.allSettled(queries.map(async (query) => (await ctx.sql(query)).toArray()));
    expect(all.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(BallistaError.is((all[1] as PromiseRejectedResult).reason)).toBe(true);
  });
});
