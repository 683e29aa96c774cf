import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Field, Int64, Schema, TimestampMicrosecond } from 'apache-arrow';
import { beforeAll, describe, expect, it } from 'vitest';

import type { DataFrame } from '../../src/dataframe/dataframe.js';
import { col, lit } from '../../src/expr/expr.js';
import { udf } from '../../src/udf/udf.js';
import { withCluster, withContext } from '../support/cluster.js';
import { failure, rejected } from '../support/rejected.js';
import { thrown } from '../support/thrown.js';

const ctx = withContext(await withCluster());

let t: DataFrame;

beforeAll(async () => {
  t = await ctx.fromColumns({ id: [1, 2, 3, 4, 5] });
});

describe('an async UDF', () => {
  it('runs for several rows at a time', async () => {
    const slow = udf(
      { name: 'slow', args: ['Int64'], returns: 'Int64', skipNulls: true, concurrency: 4 },
      async (x) => {
        await new Promise((resolve) => setTimeout(resolve, Number(x)));
        return x + 1n;
      },
    );
    expect(
      await t
        .sort('id')
        .select(slow(col('id')).alias('n'))
        .toArray(),
    ).toEqual([2n, 3n, 4n, 5n, 6n].map((n) => ({ n })));
  });

  it('reports the row that failed', async () => {
    const fails = udf({ name: 'fails', args: ['Int64'], returns: 'Int64', showArguments: true }, async (x) => {
      await null;
      if (x === 3n) throw new Error('three');
      return x;
    });
    const error = await rejected(t.select(fails(col('id'))).collect());
    expect(error).toMatchObject({
      code: 'UDF',
      message: expect.stringMatching(/three \(row \d of a batch, called with \("3"\)/u),
    });
  });
});

describe('an async UDF with a signal', () => {
  it('is aborted when another row fails', async () => {
    const aborted = udf({ name: 'aborted', args: ['Int64'], returns: 'Utf8' }, async (id, { signal }) => {
      if (id === 3n) throw new Error('three');
      return await new Promise<string>((_, reject) => {
        signal.addEventListener('abort', () => {
          console.log('told', id);
          reject(signal.reason);
        });
      });
    });
    const told = new Promise<string>((resolve) => ctx.onUdfLog(({ text }) => resolve(text)));
    const error = await rejected(t.select(aborted(col('id'))).collect());
    expect(error).toMatchObject({ code: 'UDF', message: expect.stringContaining('three') });
    expect(await told).toMatch(/^told \dn$/u);
  });

  it('receives the signal after its arguments, however it declares its parameters', async () => {
    const options = { args: ['Int64'], returns: 'Boolean' } as const;
    const told = udf({ name: 'told', ...options }, async (_, { signal } = {} as never) => signal?.aborted === false);
    const rest = udf({ name: 'rest', ...options }, async (...all) => all.length === 2 && !all[1].signal.aborted);
    expect(
      await t
        .select(told(col('id')).alias('a'), rest(col('id')).alias('b'))
        .limit(1)
        .toArray(),
    ).toEqual([{ a: true, b: true }]);
  });

  it('ends with its thread if it ignores the signal', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const left = once(server, 'connection').then(([socket]) => once(socket, 'close'));
    const { port } = server.address() as AddressInfo;
    const deaf = udf({ name: 'deaf', args: ['Int64'], returns: 'Int64', captures: { port } }, async (id) => {
      if (id === 2n) throw new Error('no two');
      await fetch(`http://127.0.0.1:${port}`);
      return id;
    });
    expect(await rejected(t.select(deaf(col('id'))).collect())).toMatchObject({
      message: expect.stringContaining('no two'),
    });
    await left;
    server.close();
  });

  it('closes its connection when the query is cancelled', async () => {
    const server = createServer();
    const asked = once(server, 'request') as Promise<[IncomingMessage]>;
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.address() as AddressInfo;
    const ask = udf(
      { name: 'ask', args: ['Int64'], returns: 'Utf8', captures: { port } },
      async (id, { signal }) => await (await fetch(`http://127.0.0.1:${port}/${id}`, { signal })).text(),
    );
    const stop = new AbortController();
    const query = failure(
      t
        .limit(1)
        .select(ask(lit(7n)))
        .collect({ signal: stop.signal }),
    );
    const [{ url, socket }] = await asked;
    const left = once(socket, 'close');
    stop.abort();
    expect(await query).toMatchObject({ name: 'AbortError' });
    await left;
    expect(url).toBe('/7');
    server.closeAllConnections();
    server.close();
  });

  it('does not affect the result of the next query after it failed', async () => {
    const slow = udf(
      { name: 'slow', args: ['Int64'], returns: 'Int32', batch: true, batchSize: 1, concurrency: 2 },
      async (ids, { out }) => {
        if (ids.get(0) === 1n) throw new Error('one');
        await new Promise((resolve) => setTimeout(resolve, ids.get(0) === 2n ? 150 : 300));
        return out.fill(Number(ids.get(0)));
      },
    );
    const ids = await ctx.fromColumns({ id: [1, 2] });
    expect((await rejected(ids.select(slow(col('id'))).collect())).message).toContain('one');
    const others = await ctx.fromColumns({ id: [5, 6] });
    const made = await others
      .select(slow(col('id')).alias('n'))
      .sort('n')
      .toArray();
    expect(made).toEqual([{ n: 5 }, { n: 6 }]);
  });

  it('receives at most batchSize rows', async () => {
    const sizes = udf(
      { name: 'sizes', args: ['Int64'], returns: 'Int32', batch: true, batchSize: 100, concurrency: 3 },
      async (ids, { rows, signal, out }) => {
        signal.throwIfAborted();
        await null;
        if (ids.length !== rows) throw new Error(`${ids.length} values, ${rows} rows`);
        return out.fill(rows);
      },
    );
    ctx.registerUdf(sizes);
    const sql = async (query: string) => (await ctx.sql(query)).toArray({ int64: 'number' });
    expect(await sql('SELECT sizes(value) AS n, count(*) AS c FROM range(0, 1050) GROUP BY 1 ORDER BY 1')).toEqual([
      { n: 50, c: 50 },
      { n: 100, c: 1000 },
    ]);
    expect(thrown(() => udf({ name: 'f', args: ['Int64'], returns: 'Int64', batchSize: 2 }, (x) => x))).toMatchObject({
      code: 'INVALID_ARGUMENT',
      message: expect.stringContaining('batchSize'),
    });
  });

  it('can return the vectors of a batch in parts', async () => {
    const same = udf(
      { name: 'same', args: ['Timestamp(µs)'], returns: 'Timestamp(µs)', batch: true, batchSize: 2 },
      async (at) => at,
    );
    const at = [1_700_000_000_123_456n, null, 5n, -1n, 0n];
    const df = await ctx.fromRows(
      at.map((value, id) => ({ id, at: value })),
      new Schema([new Field('id', new Int64()), new Field('at', new TimestampMicrosecond(), true)]),
    );
    const rows = df.sort('id').select(same(col('at')).alias('at'));
    expect((await rows.toColumns({ timestamp: 'bigint' }))['at']).toEqual(at);
  });

  it('can have an extra parameter, unlike a synchronous UDF', () => {
    expect(thrown(() => udf({ name: 'f', args: ['Int64'], returns: 'Int64' }, (x, _info) => x))).toMatchObject({
      code: 'INVALID_ARGUMENT',
      message: expect.stringContaining('2 parameters'),
    });
  });
});
