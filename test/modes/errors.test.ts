import { beforeAll, describe, expect, it } from 'vitest';

import { BallistaScheduler } from '../../src/cluster/scheduler.js';
import { BallistaError } from '../../src/errors.js';
import { BallistaSessionContext } from '../../src/session/ballista-session-context.js';
import { LOCAL, newContext, withCluster, withContext } from '../support/cluster.js';
import { FLIGHTS, LONG_QUERY } from '../support/data.js';
import { rejected } from '../support/rejected.js';
import { failedRunning, isOver, underWay } from '../support/running.js';
import { thrown } from '../support/thrown.js';

const cluster = await withCluster();
const ctx = withContext(cluster);

beforeAll(async () => {
  await ctx.registerParquet('flights', FLIGHTS);
  await ctx.sql('CREATE TABLE memory AS SELECT 1 AS a');
});

/** The error of a query that is rejected or fails. Also checks that the next query works. */
async function failed(query: string, options?: Parameters<typeof ctx.sql>[1]): Promise<BallistaError> {
  const error = await rejected(ctx.sql(query, options).then((df) => df.collect()));
  await cluster.betweenQueries();
  expect(await (await ctx.sql('SELECT 1')).count()).toBe(1);
  return error;
}

describe('SQL', () => {
  it.each([
    ['SQL_PARSE', 'SELEC 1', 'Line: 1, Column: 1'],
    ['SQL_PARSE', "SELECT 'open", 'string'],
    ['PLAN', '', 'No SQL statements'],
    ['PLAN', 'SELECT * FROM nothing', 'nothing'],
    ['PLAN', 'SELECT nofunction(1)', 'nofunction'],
    ['PLAN', "SELECT 'a' + 1", 'Utf8 + Int64'],
    ['PLAN', 'SELECT origin, count(*) FROM flights', 'origin'],
    ['SCHEMA', 'SELECT dilay FROM flights', 'flights.delay'],
    [
      'PLAN',
      'SELECT * FROM memory WHERE a BETWEEN true AND false',
      'cannot be compared with Boolean(true) of type Boolean',
    ],
    ['PLAN', 'SELECT 1 IN (SELECT a FROM memory WHERE a BETWEEN 0 AND true)', 'cannot be compared'],
    ['PLAN', "SELECT regexp_match(origin, '(') FROM flights", 'The regular expression ( of regexp_match is not valid'],
    ['PLAN', 'SELECT lpad(origin) FROM flights', 'No function matches'],
    [
      'SCHEMA',
      'SELECT delay FROM flights a JOIN flights b ON a.origin = b.origin',
      'Write the table before it, as in t.delay',
    ],
    ['SCHEMA', 'SELECT a, (SELECT 2 AS a) FROM memory', 'give one of them an alias, as in (SELECT …) AS other'],
    ['NOT_IMPLEMENTED', 'INSERT INTO flights SELECT * FROM flights', 'flights is a single file, which takes no rows'],
    [
      'NOT_IMPLEMENTED',
      "COPY (SELECT INTERVAL '1 day' AS i) TO '/tmp/never.parquet'",
      'the intervals of the column "i"',
    ],
    ['CONFIG', 'SET datafusion.execution.batch_sise = 5', '"datafusion.execution.batch_size"'],
    ['CONFIG', "SET datafusion.execution.batch_size = 'many'", 'datafusion.execution.batch_size'],
    ['CONFIG', "SET ballista.client.pull = 'perhaps'", 'ballista.client.pull'],
    ['CONFIG', 'RESET datafusion.execution.batch_sise', 'batch_sise'],
    ['NOT_IMPLEMENTED', 'UPDATE flights SET delay = 0', 'Update'],
    ['NOT_IMPLEMENTED', 'SELECT 1; SELECT 2', 'single SQL statement'],
    ['NOT_IMPLEMENTED', 'COMMIT', 'Transactions are not supported'],
    [
      'NOT_IMPLEMENTED',
      'SELECT (SELECT max(f.delay) FROM flights f WHERE f.delay > flights.delay) FROM flights',
      'as a join',
    ],
    // Local mode can explain SET, because it does not send the plan.
    ...(LOCAL ? [] : [['NOT_IMPLEMENTED', 'EXPLAIN SET datafusion.execution.batch_size = 1', 'cannot be sent']]),
  ])('fails with %s: %s', async (code, query, text) => {
    expect(await failed(query)).toMatchObject({ name: 'BallistaError', code, message: expect.stringContaining(text) });
  });

  it.each([
    [{ allowDdl: false }, 'CREATE VIEW v AS SELECT 1'],
    [{ allowDml: false }, "COPY (SELECT 1) TO '/tmp/never.parquet'"],
    [{ allowStatements: false }, 'SET datafusion.execution.batch_size = 1'],
  ])('fails with PLAN when %j forbids the statement', async (options, query) => {
    expect((await failed(query, options)).code).toBe('PLAN');
  });

  it.each([
    ['SELECT $2', [1], '2 values, not 1'],
    ['SELECT $1', [1, 2], '1 value, not 2'],
    ['SELECT 1', [1], '0 values, not 1'],
    ['SELECT $1', undefined, 'an array of 1 value'],
    ['SELECT ?', undefined, 'Write $1, $2, … instead of ?'],
    ['SELECT ?', [1], 'Write $1, $2, … instead of ?'],
    ['SELECT $a', { b: 1 }, 'without a value: $a'],
    ['SELECT $a', { a: 1, b: 1 }, 'no parameter $b'],
    ['SELECT $1', [undefined], 'params[0]'],
    ['SELECT $1', [() => 1], 'params[0]'],
    ['SELECT $1', 5, 'params'],
    ['SELECT $a', { 'a b': 1 }, 'a b'],
  ])('fails with INVALID_ARGUMENT: %s with params %j', async (query, params, text) => {
    const error = await failed(query, { params: params as never });
    expect(error).toMatchObject({ code: 'INVALID_ARGUMENT', message: expect.stringContaining(text) });
  });

  it('says only once which arguments a function accepts', async () => {
    const error = await failed("SELECT sum('a'), round('b')");
    expect(error).toMatchObject({
      code: 'PLAN',
      message: expect.stringMatching(/^No function matches .*'sum\(Utf8\)'/),
    });
  });

  it('fails with INVALID_ARGUMENT for a number as query and for an unknown option', async () => {
    expect((await rejected(ctx.sql(5 as never))).code).toBe('INVALID_ARGUMENT');
    const error = await rejected(ctx.sql('SELECT 1', { parms: [] } as never));
    expect(error).toMatchObject({ code: 'INVALID_ARGUMENT', message: expect.stringContaining('"params"') });
  });
});

describe('a context', () => {
  it.each([
    ['CONFIG', { 'datafusion.execution.target_partition': 4 }, '"datafusion.execution.target_partitions"'],
    ['CONFIG', { 'datafusion.execution.target_partitions': 'many' }, 'many'],
    ['CONFIG', { 'ballista.client.pull': 'perhaps' }, LOCAL ? '"ballista.client.pull" does not exist' : 'perhaps'],
    ['CONFIG', { 'ballista.client.pul': true }, LOCAL ? 'does not exist' : '"ballista.client.pull"'],
    ['INVALID_ARGUMENT', { 'ballista.client.pull': null }, 'ballista.client.pull'],
  ])('throws %s for clusterConfig %j', (code, clusterConfig, text) => {
    const error = thrown(() => newContext(cluster, { clusterConfig: clusterConfig as never }));
    expect(error).toMatchObject({ code, message: expect.stringContaining(text) });
  });

  it('throws INVALID_ARGUMENT for an invalid address and an unknown option', () => {
    expect(thrown(() => new BallistaSessionContext('localhost:50050')).code).toBe('INVALID_ARGUMENT');
    const error = thrown(() => newContext(cluster, { memoryTableLimitByte: 1 } as never));
    expect(error).toMatchObject({
      code: 'INVALID_ARGUMENT',
      message: expect.stringContaining('"memoryTableLimitBytes"'),
    });
  });

  it('fails with CONNECTION when no scheduler listens', async () => {
    const lost = new BallistaSessionContext('df://127.0.0.1:1');
    expect(await rejected(lost.ready())).toMatchObject({
      code: 'CONNECTION',
      message: expect.stringContaining('127.0.0.1:1'),
    });
    expect((await rejected((await lost.sql('SELECT 1')).collect())).code).toBe('CONNECTION');
    await lost.close();
  });

  it('fails with NO_EXECUTORS when the scheduler has no executors', async () => {
    const scheduler = new BallistaScheduler({ port: 0 });
    await scheduler.start();
    const alone = new BallistaSessionContext(scheduler.url, { executorTimeoutMs: 300 });
    const error = await rejected((await alone.sql('SELECT 1')).collect());
    expect(error).toMatchObject({ code: 'NO_EXECUTORS', message: expect.stringContaining('300 ms') });
    await alone.close();
    await scheduler.close();
  });
});

describe('with wrong options', () => {
  const actions: Record<string, (options: never) => unknown> = {
    sql: (options) => ctx.sql('SELECT 1', options),
  };
  if (ctx instanceof BallistaSessionContext) actions['ready'] = (options) => ctx.ready(options);
  for (const name of ['cache', 'collect', 'count', 'explain', 'rows', 'stream', 'toArray', 'toArrow'] as const)
    actions[name] = async (options) => (await ctx.table('memory'))[name](options);
  for (const name of ['analyze', 'explainVisual', 'toColumns', 'toIPC', 'toReadableStream'] as const)
    actions[name] = async (options) => (await ctx.table('memory'))[name](options);
  for (const name of ['show', 'tail', 'toDisplayString'] as const)
    actions[name] = async (options) => (await ctx.table('memory'))[name](1, options);
  for (const name of ['collectColumn', 'writeParquet', 'writeCsv', 'writeJson', 'writeArrow', 'writeTable'] as const)
    actions[name] = async (options) => (await ctx.table('memory'))[name]('a', options);

  it.each(Object.entries(actions))('%s fails with INVALID_ARGUMENT', async (_, run) => {
    for (const [options, text] of [
      [{ signla: undefined }, '"signal"'],
      [{ signal: {} }, 'an AbortSignal, not an object'],
      [{ signal: null }, 'an AbortSignal, not null'],
      [null, 'must be an object, not null'],
      ['x', 'must be an object, not a string'],
    ]) {
      const error = await rejected((async () => run(options as never))());
      expect(error).toMatchObject({ code: 'INVALID_ARGUMENT', message: expect.stringContaining(text as string) });
    }
  });

  it.each<[string, object, string]>([
    ['toArray', { int46: 'number' }, '"int64"'],
    ['toArray', { int64: 'float' }, 'int64 must be one of "bigint", "number", "string"'],
    ['rows', { json: 1 }, 'json must be true or false'],
    ['collect', { int64: 'number' }, '"int64"'],
    ['toIPC', { formt: 'file' }, '"format"'],
    ['toIPC', { format: 'feather' }, 'format must be one of "stream", "file"'],
    ['explain', { format: 'svg' }, 'format must be one of "indent"'],
  ])('%s fails with INVALID_ARGUMENT for %j', async (name, options, text) => {
    const error = await rejected((async () => actions[name]?.(options as never))());
    expect(error).toMatchObject({ code: 'INVALID_ARGUMENT', message: expect.stringContaining(text) });
  });

  it.each([5, null, { int46: 'number' }])('a context fails with INVALID_ARGUMENT for convert: %j', async (convert) => {
    expect(thrown(() => newContext(cluster, { convert: convert as never })).code).toBe('INVALID_ARGUMENT');
    expect((await rejected(BallistaSessionContext.standalone({ convert: convert as never }))).code).toBe(
      'INVALID_ARGUMENT',
    );
  });
});

describe('a query that fails while it runs', () => {
  it.each([
    ['division by zero', 'SELECT 1 / (delay - delay) FROM flights', /divide/i],
    ['a failed cast', 'SELECT CAST(origin AS INT) FROM flights', /Cannot cast string '\w+' to value of Int32/],
    ['overflow', 'SELECT CAST(delay + 100000 AS SMALLINT) FROM flights', /Int16/],
  ])('rejects with JOB_FAILED and its job id, or with ARROW in local mode: %s', async (_, query, text) => {
    const error = await failed(query);
    expect(error).toMatchObject(failedRunning('ARROW', text));
    if (LOCAL) return;
    expect(error.message).toContain(error.jobId);
    await isOver(ctx, error.jobId ?? '');
  });

  it('over an in-memory table names no file', async () => {
    await ctx.registerRecordBatches('words', await (await ctx.fromRows([{ word: 'none' }])).collect());
    expect((await failed('SELECT CAST(word AS INT) FROM words')).message).not.toContain('ballista-table');
  });

  it("has the caller's line in the stack of its error", async () => {
    const error = await failed('SELECT 1 / (delay - delay) FROM flights');
    expect(error.stack).toContain('errors.test.ts');
    expect(BallistaError.is(error) && error instanceof BallistaError).toBe(true);
  });
});

describe('after close', () => {
  it('contexts, DataFrames and streams fail with CLOSED', async () => {
    const closed = newContext(cluster);
    const df = await closed.fromRows([{ a: 1 }]);
    const stream = df.stream();
    await closed.close();
    await closed.close();
    expect(closed.closed).toBe(true);
    const calls: (() => Promise<unknown>)[] = [
      () => closed.sql('SELECT 1'),
      () => closed.table('t'),
      () => closed.tables(),
      () => closed.readParquet(FLIGHTS),
      () => closed.registerParquet('t', FLIGHTS),
      () => closed.fromRows([{ a: 1 }]),
      () => closed.registerView('v', df),
      () => closed.deregisterTable('t'),
      () => df.collect(),
      () => df.toArray(),
      () => df.count(),
      () => df.show(),
      () => df.explainString(),
      () => df.cache(),
      () => stream.next(),
    ];
    if (closed instanceof BallistaSessionContext)
      calls.push(
        () => closed.ready(),
        () => closed.cancelJob('x'),
      );
    for (const run of calls) expect((await rejected(Promise.resolve().then(run))).code, String(run)).toBe('CLOSED');
    for (const verb of [() => df.select('a'), () => df.filter('a > 1'), () => df.stream()])
      expect(thrown(verb).code, String(verb)).toBe('CLOSED');
    expect(df.schema().fields).toHaveLength(1);
  });

  it('a running query fails with JOB_CANCELLED, or with CLOSED in local mode', async () => {
    const closing = newContext(cluster);
    await closing.registerParquet('flights', FLIGHTS);
    const stream = (await closing.sql(LONG_QUERY)).stream();
    const pending = rejected(stream.next());
    const id = await underWay(stream);
    await closing.close();
    expect((await pending).code).toBe(LOCAL ? 'CLOSED' : 'JOB_CANCELLED');
    await isOver(ctx, id);
  });
});
