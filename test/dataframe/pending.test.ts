import { afterAll, describe, expect, it } from 'vitest';

import { DataFrame } from '../../src/dataframe/dataframe.js';
import { GroupedData } from '../../src/dataframe/grouped.js';
import { RecordBatchStream } from '../../src/dataframe/stream/record-batch-stream.js';
import { col } from '../../src/expr/expr.js';
import { SessionContext } from '../../src/session/session-context.js';
import { rejected } from '../support/rejected.js';

const ctx = SessionContext.local();
afterAll(() => ctx.close());
await ctx.registerView('t', await ctx.fromColumns({ g: ['x', 'y', 'x'], n: [1, 2, 3] }));

async function first(values: AsyncIterable<unknown>): Promise<unknown> {
  for await (const value of values) return value;
  return undefined;
}

describe('a promise of a session', () => {
  it('has the verbs and actions of its DataFrame', async () => {
    expect(await ctx.table('t').toArray({ int64: 'number' })).toHaveLength(3);
    expect(await ctx.table('t').filter(col('n').gt(1)).sort('n').limit(1).select('n').toArray()).toEqual([{ n: 2n }]);
    expect(await ctx.sql('SELECT 1 AS one').count()).toBe(1);
    expect(
      await ctx
        .fromRows([{ a: 1 }])
        .union(await ctx.fromRows([{ a: 2 }]))
        .count(),
    ).toBe(2);
    expect((await ctx.table('t').schema()).names).toEqual(['g', 'n']);
    expect(await ctx.table('t').sort('n').tail(1).toArray()).toEqual([{ g: 'x', n: 3n }]);
    expect(await ctx.table('t').cache().count()).toBe(3);
    const statement = await ctx.prepare('SELECT $1 + 1 AS n');
    expect(await statement.execute([1]).toArray()).toEqual([{ n: 2n }]);
  });

  it('has the methods of grouped rows', async () => {
    const sums = ctx.table('t').groupBy(['g']).agg('sum(n) AS s').sort('g');
    expect(await sums.toArray({ int64: 'number' })).toEqual([
      { g: 'x', s: 4 },
      { g: 'y', s: 2 },
    ]);
    const wide = await ctx.table('t').groupBy().pivot('g').agg('max(n)');
    expect(wide.columns).toEqual(['x', 'y']);
  });

  it('has the streams of its DataFrame', async () => {
    const two = () => ctx.sql<{ n: bigint }>('SELECT * FROM (VALUES (1), (2)) AS t(n)');
    const rows: object[] = [];
    for await (const row of two().rows({ int64: 'number' })) rows.push(row);
    expect(rows).toEqual([{ n: 1 }, { n: 2 }]);
    for (const batches of [two(), two().stream()]) {
      let count = 0;
      for await (const batch of batches) count += batch.numRows;
      expect(count).toBe(2);
    }
    const lines = await new Response(await two().toReadableStream({ format: 'ndjson' })).text();
    expect(lines).toBe('{"n":"1"}\n{"n":"2"}\n');
    const stream = await two().stream();
    expect(stream).toBeInstanceOf(RecordBatchStream);
    expect(stream.schema.names).toEqual(['n']);
    await stream.cancel();
  });

  it('cancels the query if a loop over its stream is left', async () => {
    const rows = ctx.sql('SELECT value FROM generate_series(1, 100000000000)').rows();
    for await (const _ of rows) break;
    expect(await (await rows).next()).toEqual({ done: true, value: undefined });
  });

  it('is an ordinary promise', async () => {
    const made = ctx.table('t');
    expect(made).toBeInstanceOf(Promise);
    expect(made.constructor).toBe(Promise);
    const frame = await made;
    expect(frame).toBeInstanceOf(DataFrame);
    expect('then' in frame).toBe(false);
    expect(await Promise.all([made, made.limit(1)])).toEqual([expect.any(DataFrame), expect.any(DataFrame)]);
    expect(await made.finally(() => undefined)).toBe(frame);
  });

  it('forwards every method, except those of objects', () => {
    const made = ctx.table('t') as unknown as Record<string, unknown>;
    for (const method of ['select', 'toArray', 'writeParquet', 'explain', 'agg', 'pivot']) {
      expect(typeof made[method], method).toBe('function');
      expect(method in DataFrame.prototype || method in GroupedData.prototype).toBe(true);
    }
    expect(made['toString']).toBe(Object.prototype.toString);
  });

  it('rejects with the first error', async () => {
    expect((await rejected(ctx.table('missing').filter('n > 1').toArray())).code).toBe('PLAN');
    expect((await rejected(ctx.table('t').select('nothing').limit(1).toArray())).code).toBe('SCHEMA');
    expect((await rejected(ctx.sql('SELECT').show())).code).toBe('SQL_PARSE');
    expect((await rejected(first(ctx.sql('SELECT').rows()))).code).toBe('SQL_PARSE');
    for (const wrong of [ctx.table(1 as never), ctx.fromRows('x' as never), ctx.createDataFrame(1 as never)])
      expect((await rejected(wrong)).code).toBe('INVALID_ARGUMENT');
  });

  it('rejects a method that its object does not have', async () => {
    const groups = ctx.table('t').groupBy('g') as unknown as DataFrame;
    expect(await rejected(groups.collect())).toMatchObject({
      code: 'INVALID_ARGUMENT',
      message: 'collect cannot be called on a GroupedData.',
    });
    const rows = ctx.table('t').toArray() as unknown as DataFrame;
    expect((await rejected(rows.count())).message).toBe('count cannot be called on an array.');
    const count = ctx.table('t').count() as unknown as AsyncIterable<never>;
    expect((await rejected(first(count))).message).toBe('Symbol.asyncIterator cannot be called on a number.');
  });

  it('shows the line of the caller in errors', async () => {
    const { stack } = await rejected(ctx.table('t').select('nothing').toArray());
    expect(stack).toContain('pending.test.ts');
  });
});
