import { beforeAll, describe, expect, it, vi } from 'vitest';

import type { ActionOptions } from '../../src/config/action-options.js';
import type { QueryProgress } from '../../src/config/query-progress.js';
import type { DataFrame } from '../../src/dataframe/dataframe.js';
import { LOCAL, newContext, STAGES, withCluster, withContext } from '../support/cluster.js';
import { FLIGHTS, LONG_QUERY, tempFolder } from '../support/data.js';
import { failure, rejected } from '../support/rejected.js';
import { isOver } from '../support/running.js';
import { thrown } from '../support/thrown.js';

const cluster = await withCluster();
const ctx = withContext(cluster);
const temp = tempFolder();

let flights: DataFrame;
let byOrigin: DataFrame;
beforeAll(async () => {
  await ctx.registerParquet('flights', FLIGHTS);
  flights = await ctx.table('flights');
  byOrigin = await ctx.sql(BY_ORIGIN);
  await ctx.sql('CREATE TABLE kept AS SELECT origin, 1 AS n FROM flights WHERE false');
});

const BY_ORIGIN = 'SELECT origin, count(*) AS n FROM flights GROUP BY origin';
const INSERT = `INSERT INTO kept ${BY_ORIGIN}`;

/** The origins in the table. */
const ORIGINS = 229;

/** Runs an action, and returns everything that it told. */
async function told(run: (options: ActionOptions) => Promise<unknown>): Promise<QueryProgress[]> {
  const all: QueryProgress[] = [];
  await run({ onProgress: (progress) => all.push(progress) });
  return all;
}

/** Checks what is true of the progress of every query that succeeded. */
function expectComplete(all: readonly QueryProgress[]): QueryProgress {
  const last = all.at(-1);
  if (!last) throw new Error('nothing was told');
  expect(all.filter(({ state }) => state === 'succeeded')).toEqual([last]);
  expect(last).toMatchObject({ fraction: 1, remainingMs: undefined });
  expect(last.jobId === undefined).toBe(LOCAL);
  for (const progress of all) expect(Object.isFrozen(progress)).toBe(true);
  const times = all.map(({ elapsedMs }) => elapsedMs);
  expect(times).toEqual([...times].sort((a, b) => a - b));
  return last;
}

describe('onProgress', () => {
  const rows = async (stream: AsyncIterable<unknown>): Promise<void> => {
    for await (const _ of stream);
  };
  it.each<[action: string, run: (options: ActionOptions) => Promise<unknown>]>([
    ['collect', (options) => byOrigin.collect(options)],
    ['toArrow', (options) => byOrigin.toArrow(options)],
    ['toArray', (options) => byOrigin.toArray(options)],
    ['toColumns', (options) => byOrigin.toColumns(options)],
    ['toIPC', (options) => byOrigin.toIPC(options)],
    ['count', (options) => byOrigin.count(options)],
    ['toDisplayString', (options) => byOrigin.toDisplayString(3, options)],
    ['collectColumn', (options) => byOrigin.collectColumn('n', options)],
    ['tail', (options) => byOrigin.tail(3, options)],
    ['cache', (options) => byOrigin.cache(options)],
    ['analyze', (options) => byOrigin.analyze(options)],
    ['explainString', (options) => byOrigin.explainString({ analyze: true, ...options })],
    ['explainVisual', (options) => byOrigin.explainVisual({ analyze: true, ...options })],
    ['stream', (options) => rows(byOrigin.stream(options))],
    ['rows', (options) => rows(byOrigin.rows(options))],
    ['toReadableStream', (options) => rows(byOrigin.toReadableStream(options))],
    ['writeParquet', (options) => byOrigin.writeParquet(temp('parquet/'), options)],
    ['writeCsv', (options) => byOrigin.writeCsv(temp('csv/'), options)],
    ['writeJson', (options) => byOrigin.writeJson(temp('json/'), options)],
    ['writeArrow', (options) => byOrigin.writeArrow(temp('arrow/'), options)],
    ['writeTable', (options) => byOrigin.writeTable('kept', options)],
    ['CREATE TABLE AS', (options) => ctx.sql(`CREATE TABLE made AS ${BY_ORIGIN}`, options)],
    ['execute', (options) => byOrigin.execute(options).result],
    ['a query with its rows', (options) => ctx.query('SELECT count(*) AS n FROM flights', options)],
    ['a statement', (options) => ctx.sql(INSERT, options)],
    ['a counted statement', (options) => ctx.execute(INSERT, options)],
    ['a prepared statement', async (options) => (await ctx.prepare(INSERT)).execute([], options)],
  ])('of %s ends with success', async (_, run) => {
    expectComplete(await told(run));
  });

  it('tells the rows of the result', async () => {
    const last = expectComplete(await told((options) => byOrigin.collect(options)));
    expect(last.rows).toBe(ORIGINS);
    expect(last.bytes).toBeGreaterThan(ORIGINS * 8);
  });

  it('tells the stages and tasks of a query in stages', async () => {
    const staged = newContext(cluster, STAGES);
    await staged.registerParquet('flights', FLIGHTS);
    const df = await staged.sql('SELECT origin, count(*) AS n FROM flights GROUP BY origin');
    const query = df.execute();
    const all: QueryProgress[] = [];
    for await (const progress of query.progress) all.push(progress);
    const last = expectComplete(all);
    if (LOCAL) expect(last).toMatchObject({ stages: undefined, tasks: undefined, scannedRows: 3_000_000 });
    else {
      expect(last.stages?.total).toBeGreaterThan(1);
      expect(last.tasks).toEqual({ done: last.tasks?.total, running: 0, total: last.tasks?.total });
      expect(last.stageRows).toBeGreaterThanOrEqual(ORIGINS);
      expect(last.stageBytes).toBeGreaterThan(0);
    }
    await staged.close();
  });

  it('tells how a query ended that failed', async () => {
    const df = await ctx.sql("SELECT CAST(origin AS INT) AS n FROM flights WHERE origin = 'SEA'");
    const states: string[] = [];
    const error = await rejected(df.collect({ onProgress: ({ state }) => states.push(state) }));
    expect(error.code).toBe(LOCAL ? 'ARROW' : 'JOB_FAILED');
    expect(states.at(-1)).toBe('failed');
    expect(states.filter((state) => state === 'failed')).toHaveLength(1);
  });

  it('tells that a query was aborted', async () => {
    const controller = new AbortController();
    const states: string[] = [];
    const df = await ctx.sql(LONG_QUERY);
    const onProgress = ({ state }: QueryProgress): void => {
      states.push(state);
      if (state === 'running') controller.abort(new Error('enough'));
    };
    await expect(df.collect({ signal: controller.signal, onProgress })).rejects.toThrow('enough');
    expect(states.slice(-2)).toEqual(['running', 'cancelled']);
  });

  it('ends the action with its own error, and its job', async () => {
    const reason = new Error('from the callback');
    let jobId = '';
    let calls = 0;
    const df = await ctx.sql(LONG_QUERY);
    const onProgress = (progress: QueryProgress): void => {
      calls++;
      jobId = progress.jobId ?? '';
      throw reason;
    };
    expect(await failure(df.writeParquet(temp('never/'), { onProgress }))).toBe(reason);
    expect(calls).toBe(1);
    await isOver(ctx, jobId);
  });

  it('ends the action with the error of its last call', async () => {
    const reason = new Error('at the end');
    const onProgress = ({ state }: QueryProgress): void => {
      if (state === 'succeeded') throw reason;
    };
    expect(await failure(byOrigin.toArray({ onProgress }))).toBe(reason);
    expect(await failure(byOrigin.cache({ onProgress }))).toBe(reason);
  });

  it('that is async ends the action by its rejection', async () => {
    const reason = new Error('from the promise');
    const df = await ctx.sql(LONG_QUERY);
    const onProgress = async (): Promise<void> => {
      throw reason;
    };
    expect(await failure(df.collect({ onProgress }))).toBe(reason);
    // The action has ended when its last call rejects, so nothing is left to end.
    const late = async ({ state }: QueryProgress): Promise<void> => {
      if (state === 'succeeded') throw reason;
    };
    await byOrigin.collect({ onProgress: late });
  });

  it('leaves no listener on a signal, also if the query never begins', async () => {
    const { signal } = new AbortController();
    const spied = vi.spyOn(signal, 'addEventListener');
    const onProgress = (): void => undefined;
    byOrigin.stream({ signal, onProgress });
    const other = newContext(cluster);
    const closed = await other.sql('SELECT 1 AS a');
    await other.close();
    expect(thrown(() => closed.execute({ signal, onProgress })).code).toBe('CLOSED');
    expect(spied).not.toHaveBeenCalled();
  });

  it('must be a function', async () => {
    const error = await rejected(byOrigin.collect({ onProgress: 'yes' as never }));
    expect(error).toMatchObject({
      code: 'INVALID_ARGUMENT',
      message: expect.stringContaining('onProgress must be a function'),
    });
  });
});

describe('a handle', () => {
  it('runs the query without being read, and has its result, schema and state', async () => {
    const query = byOrigin.execute();
    const batches = await query.result;
    expect(batches.reduce((sum, batch) => sum + batch.numRows, 0)).toBe(ORIGINS);
    expect(query.schema.fields.map(({ name }) => name)).toEqual(['origin', 'n']);
    expect(query.state).toBe('succeeded');
    expect(query.jobId === undefined).toBe(LOCAL);
    expect(String(query)).toMatch(LOCAL ? /^QueryHandle \(succeeded\)$/u : /^QueryHandle \(succeeded, job .+\)$/u);
  });

  it('has the metrics of every operator', async () => {
    const query = byOrigin.execute();
    const stages = await query.metrics();
    expect(stages.length).toBeGreaterThan(0);
    const rows = stages.flatMap(({ plan }) => plan.collectMetrics().map(([, metrics]) => metrics.outputRows));
    expect(rows).toContain(3_000_000);
    expect(rows).toContain(ORIGINS);
    // They stay after the query.
    expect((await query.metrics()).length).toBe(stages.length);
  });

  it('gives every reader the newest progress, and the last one to late readers', async () => {
    const query = byOrigin.execute();
    const read = async (): Promise<QueryProgress[]> => {
      const all: QueryProgress[] = [];
      for await (const progress of query.progress) all.push(progress);
      return all;
    };
    const [first, second] = await Promise.all([read(), read()]);
    expectComplete(first);
    expectComplete(second);
    const late = await read();
    expect(late).toEqual([first.at(-1)]);
  });

  it('skips for a slow reader what it did not read in time', async () => {
    const query = (await ctx.sql(LONG_QUERY)).execute();
    const reader = query.progress[Symbol.asyncIterator]();
    const first = (await reader.next()).value as QueryProgress;
    let times = 0;
    for await (const { state } of query.progress) if (state === 'running' && ++times === 3) break;
    const second = (await reader.next()).value as QueryProgress;
    expect(second.elapsedMs).toBeGreaterThan(first.elapsedMs);
    expect(second).toBe((await query.progress[Symbol.asyncIterator]().next()).value);
    await query.cancel();
    expect(await reader.next()).toMatchObject({ done: false, value: { state: 'cancelled' } });
    expect(await reader.next()).toEqual({ done: true, value: undefined });
  });

  it('can be left by a reader that waits', async () => {
    const query = (await ctx.sql(LONG_QUERY)).execute();
    const reader = query.progress[Symbol.asyncIterator]();
    await reader.next();
    const waiting = reader.next();
    await reader.return?.();
    expect(await waiting).toEqual({ done: true, value: undefined });
    await query.cancel();
  });

  it('can be cancelled, also before the query has begun', async () => {
    for (const wait of [false, true]) {
      const query = (await ctx.sql(LONG_QUERY)).execute();
      if (wait) for await (const { state } of query.progress) if (state === 'running') break;
      await query.cancel();
      expect((await rejected(query.result)).code).toBe('JOB_CANCELLED');
      expect((await rejected(query.metrics())).code).toBe('JOB_CANCELLED');
      expect(query.state).toBe('cancelled');
      await query.cancel();
      if (query.jobId !== undefined) await isOver(ctx, query.jobId);
    }
  });

  it('cancels the query at the end of its block', async () => {
    const query = (await ctx.sql(LONG_QUERY)).execute();
    await query[Symbol.asyncDispose]();
    expect((await rejected(query.result)).code).toBe('JOB_CANCELLED');
  });

  it('tells the failure by its result', async () => {
    const query = (await ctx.sql("SELECT CAST(origin AS INT) AS n FROM flights WHERE origin = 'SEA'")).execute();
    let last: QueryProgress | undefined;
    for await (const progress of query.progress) last = progress;
    expect(last?.state).toBe('failed');
    expect((await rejected(query.result)).code).toBe(LOCAL ? 'ARROW' : 'JOB_FAILED');
    expect((await rejected(query.metrics())).code).toBe(LOCAL ? 'ARROW' : 'JOB_FAILED');
  });

  it('ends if it is aborted before it begins', async () => {
    const reason = new Error('at once');
    const controller = new AbortController();
    const states: string[] = [];
    const onProgress = ({ state }: QueryProgress): unknown => states.push(state);
    const query = byOrigin.execute({ signal: controller.signal, onProgress });
    controller.abort(reason);
    let last: QueryProgress | undefined;
    for await (const progress of query.progress) last = progress;
    expect(last?.state).toBe('cancelled');
    expect(query.state).toBe('cancelled');
    expect(states).toEqual(['cancelled']);
    expect(await failure(query.result)).toBe(reason);
  });

  it('ends if the context is closed before it begins', async () => {
    const other = newContext(cluster);
    const query = (await other.sql('SELECT 1 AS a')).execute();
    const closing = other.close();
    let last: QueryProgress | undefined;
    for await (const progress of query.progress) last = progress;
    expect(last?.state).toBe('cancelled');
    expect((await rejected(query.result)).code).toBe('CLOSED');
    await closing;
  });

  it('takes a signal, and throws if it is aborted', async () => {
    const reason = new Error('enough');
    const controller = new AbortController();
    const query = (await ctx.sql(LONG_QUERY)).execute({ signal: controller.signal });
    for await (const { state } of query.progress) if (state === 'running') controller.abort(reason);
    expect(await failure(query.result)).toBe(reason);
    expect(query.state).toBe('cancelled');
    expect(() => byOrigin.execute({ signal: controller.signal })).toThrow(reason);
    expect(thrown(() => byOrigin.execute({ onprogress: 1 } as never)).code).toBe('INVALID_ARGUMENT');
  });
});

describe('a query in this process', () => {
  it.runIf(LOCAL)('tells the rows that it has read so far', async () => {
    const query = (await ctx.sql(LONG_QUERY)).execute();
    const seen: number[] = [];
    for await (const { scannedRows = 0 } of query.progress) {
      if (scannedRows > 0) seen.push(scannedRows);
      if (new Set(seen).size === 3) break;
    }
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
    await query.cancel();
  });
});

it('does not change the session: later queries are not watched', async () => {
  await told((options) => flights.limit(1).collect(options));
  expect(await flights.limit(1).count()).toBe(1);
});
