import { beforeAll, describe, expect, it } from 'vitest';
import type { RecordBatchStream } from '../../src/dataframe/stream/record-batch-stream.js';
import { BallistaSessionContext } from '../../src/session/ballista-session-context.js';
import type { SessionContext } from '../../src/session/session-context.js';
import { LOCAL, newContext, withCluster, withContext } from '../support/cluster.js';
import { FLIGHTS, LONG_QUERY } from '../support/data.js';
import { rejected } from '../support/rejected.js';
import { isOver, underWay } from '../support/running.js';

const cluster = await withCluster();
const ctx = withContext(cluster);

beforeAll(() => ctx.registerParquet('flights', FLIGHTS));

describe('a signal that is already aborted', () => {
  it('rejects every action with its reason', async () => {
    const reason = new Error('too late');
    const signal = AbortSignal.abort(reason);
    const df = await ctx.table('flights');
    const actions: (() => Promise<unknown>)[] = [
      () => ctx.sql('SELECT 1', { signal }),
      () => df.collect({ signal }),
      () => df.toArrow({ signal }),
      () => df.toArray({ signal }),
      () => df.toColumns({ signal }),
      () => df.count({ signal }),
      () => df.toIPC({ signal }),
      () => df.show(1, { signal }),
      () => df.explainString({ signal }),
      () => df.cache({ signal }),
      () => df.analyze({ signal }),
      () => df.explainVisual({ analyze: true, signal }),
      () => df.collectColumn('delay', { signal }),
      () => df.tail(1, { signal }),
      () => df.writeParquet('never', { signal }),
      () => df.writeCsv('never', { signal }),
      () => df.writeJson('never', { signal }),
      () => df.writeArrow('never', { signal }),
      () => df.writeTable('flights', { signal }),
      async () => df.rows({ signal }).next(),
      async () => df.stream({ signal }).next(),
      async () => df.toReadableStream({ signal }).getReader().read(),
    ];
    if (ctx instanceof BallistaSessionContext) actions.push(() => ctx.ready({ signal }));
    for (const run of actions) await expect(run(), String(run)).rejects.toBe(reason);
  });
});

describe('a signal that aborts during a query', () => {
  it('rejects a stream with the reason and ends the query', async () => {
    const controller = new AbortController();
    const stream = (await ctx.sql(LONG_QUERY)).stream({ signal: controller.signal });
    const pending = expect(stream.next()).rejects.toThrow('enough');
    const id = await underWay(stream);
    controller.abort(new Error('enough'));
    await pending;
    await isOver(ctx, id);
    await expect(stream.next()).rejects.toThrow('enough');
  });

  it('rejects rows() at the next row, even if its batch has arrived', async () => {
    const controller = new AbortController();
    const reason = new Error('enough');
    const rows = (await ctx.table('flights')).rows({ signal: controller.signal });
    await rows.next();
    await rows.next();
    controller.abort(reason);
    for (let i = 0; i < 2; i++) await expect(rows.next()).rejects.toBe(reason);
    expect(await rows.return()).toEqual({ done: true, value: undefined });
  });

  it('rejects an action with the unchanged reason', async () => {
    const df = await ctx.sql(LONG_QUERY);
    for (const run of ['collect', 'toArray', 'toIPC', 'cache'] as const) {
      const controller = new AbortController();
      const reason = { any: 'thing' };
      const pending = expect(df[run]({ signal: controller.signal }), run).rejects.toBe(reason);
      // This query returns while the first one still runs, so the first one has started.
      await (await ctx.sql('SELECT 1')).collect();
      controller.abort(reason);
      await pending;
    }
  });

  it('rejects an action that takes the controller as its options', async () => {
    const controller = new AbortController();
    controller.abort(new Error('enough'));
    for (const run of ['collect', 'toArray', 'toIPC', 'cache'] as const)
      await expect((await ctx.table('flights'))[run](controller), run).rejects.toThrow('enough');
  });

  it('rejects with TimeoutError when it times out', async () => {
    const pending = (await ctx.sql(LONG_QUERY)).collect({ signal: AbortSignal.timeout(200) });
    await expect(pending).rejects.toMatchObject({ name: 'TimeoutError' });
  });

  it('has no listeners left after sql() and collect()', async () => {
    const { signal } = new AbortController();
    let listeners = 0;
    const counting = new Proxy(signal, {
      get(target, key) {
        const value = Reflect.get(target, key) as unknown;
        if (typeof value !== 'function') return value;
        if (key === 'addEventListener') listeners++;
        if (key === 'removeEventListener') listeners--;
        return value.bind(target);
      },
    });
    await (await ctx.sql('SELECT 1', { signal: counting })).collect({ signal: counting });
    expect(listeners).toBe(0);
  });
});

describe('a running query that keeps all processors busy ends soon', () => {
  it.each<[string, (stream: RecordBatchStream, owner: SessionContext) => Promise<unknown>, string]>([
    ['after cancel()', (stream) => stream.cancel(), 'JOB_CANCELLED'],
    ['after return(), as when a loop breaks', (stream) => stream.return(), 'JOB_CANCELLED'],
    ['after its context closes', (_, owner) => owner.close(), LOCAL ? 'CLOSED' : 'JOB_CANCELLED'],
  ])('%s', async (_, end, code) => {
    const owner = newContext(cluster);
    await owner.registerParquet('flights', FLIGHTS);
    const stream = (await owner.sql(LONG_QUERY)).stream();
    const pending = rejected(stream.next());
    const id = await underWay(stream);
    await end(stream, owner);
    expect((await pending).code).toBe(code);
    await isOver(ctx, id);
    await owner.close();
  });
});

describe.skipIf(LOCAL)('cancelJob', () => {
  it('cancels the job of a stream and returns whether the job was running', async () => {
    const stream = (await ctx.sql(LONG_QUERY)).stream();
    const pending = rejected(stream.next());
    const id = await underWay(stream);
    const owner = ctx as BallistaSessionContext;
    expect(await owner.cancelJob(id)).toBe(true);
    expect(await pending).toMatchObject({ code: 'JOB_CANCELLED', jobId: id });
    expect(await owner.cancelJob(id)).toBe(false);
    expect(await owner.cancelJob('unknown')).toBe(false);
  });

  it('cancels a job of another session', async () => {
    const other = withContext(cluster) as BallistaSessionContext;
    const stream = (await ctx.sql(LONG_QUERY)).stream();
    const pending = rejected(stream.next());
    const id = await underWay(stream);
    // The client chose the id, so the scheduler may not know the job yet.
    await expect.poll(() => other.cancelJob(id)).toBe(true);
    expect(await pending).toMatchObject({ code: 'JOB_CANCELLED', jobId: id });
  });
});

describe('after cancelled queries', () => {
  // The output of this join is a million times its input. Its tasks read nothing for minutes, but must still stop.
  const JOIN = 'SELECT sum(a.delay * b.delay) AS s FROM flights a JOIN flights b ON a.origin < b.destination';

  it('the next query runs', async () => {
    const jobs = Array.from({ length: 4 }, async () => {
      const stream = (await ctx.sql(JOIN)).stream();
      const pending = rejected(stream.next());
      return { stream, pending, id: await underWay(stream) };
    });
    const started = await Promise.all(jobs);
    // Once this query returns or times out, the joins are planned and running.
    await (await ctx.sql('SELECT max(delay) FROM flights'))
      .collect({ signal: AbortSignal.timeout(5_000) })
      .catch(() => 0);
    for (const { stream, pending, id } of started) {
      await stream.cancel();
      expect(await pending).toMatchObject(LOCAL ? { code: 'JOB_CANCELLED' } : { code: 'JOB_CANCELLED', jobId: id });
    }
    for (const { id } of started) await isOver(ctx, id);
    expect(await (await ctx.sql('SELECT count(*) AS n FROM flights')).toArray()).toEqual([{ n: 3_000_000n }]);
  });
});
