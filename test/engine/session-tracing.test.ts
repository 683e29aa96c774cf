/** Spans of real queries, as a program with the SDK of OpenTelemetry gets them. */

import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { context, propagation, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';

import { BallistaSessionContext } from '../../src/session/ballista-session-context.js';
import { SessionContext } from '../../src/session/session-context.js';
import { ServerProcess } from '../support/child.js';
import { rejected } from '../support/rejected.js';
import { until } from '../support/until.js';

const exporter = new InMemorySpanExporter();
const tracer = trace.getTracer('the program');

function register(): void {
  trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }));
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
}

let folder: string;
let scheduler: ServerProcess;
let executor: ServerProcess;
let ctx: BallistaSessionContext;
let local: SessionContext;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ballista-test-'));
  scheduler = await ServerProcess.member('scheduler', {}, { file: join(folder, 'scheduler.log'), level: 'info' });
  executor = await ServerProcess.executor(scheduler.port);
  ctx = new BallistaSessionContext(`df://127.0.0.1:${scheduler.port}`, { traceQueryText: true });
  local = SessionContext.local();
  register();
});
afterAll(async () => {
  trace.disable();
  context.disable();
  propagation.disable();
  await ctx.close();
  await local.close();
  await executor.close();
  await scheduler.close();
  await rm(folder, { recursive: true });
});
afterEach(() => exporter.reset());

/** The spans of the package, in the order of their ends. */
function spans(): ReadableSpan[] {
  return exporter.getFinishedSpans().filter(({ instrumentationScope }) => instrumentationScope.name === 'ballista');
}

function named(): string[] {
  return spans().map(({ attributes }) => String(attributes['db.operation.name']));
}

describe('an action', () => {
  it('has one span, with the names of the semantic conventions and the id of its job', async () => {
    const stream = (await ctx.sql('select 1 as a')).stream();
    for await (const _ of stream);
    const [span, ...others] = spans();
    expect(others).toEqual([]);
    expect(span).toMatchObject({
      name: `stream 127.0.0.1:${scheduler.port}`,
      kind: SpanKind.CLIENT,
      status: { code: SpanStatusCode.UNSET },
      attributes: {
        'db.system.name': 'ballista',
        'db.operation.name': 'stream',
        'db.query.text': 'select 1 as a',
        'server.address': '127.0.0.1',
        'server.port': scheduler.port,
        'ballista.job.id': stream.jobId,
      },
    });
  });

  it('has the name of its method', async () => {
    const df = await ctx.sql('select * from (values (1), (2)) as t(a)');
    await df.collect();
    await df.count();
    await df.toArray();
    await df.toColumns();
    await df.toArrow();
    await df.toIPC();
    await df.toDisplayString();
    for await (const _ of df.rows());
    for await (const _ of df.toReadableStream());
    await df.execute().result;
    await df.analyze();
    await df.explainString();
    await df.cache();
    await df.writeParquet(join(folder, 'parquet'));
    await df.writeCsv(join(folder, 'csv'));
    const expected = ['collect', 'count', 'toArray', 'toColumns', 'toArrow', 'toIPC', 'toDisplayString', 'rows'];
    expected.push('toReadableStream', 'execute', 'analyze', 'explain', 'cache', 'writeParquet', 'writeCsv');
    expect(named()).toEqual(expected);
    for (const { attributes } of spans()) expect(attributes['ballista.job.id']).toEqual(expect.any(String));
  });

  it('is a child of the span around it', async () => {
    await tracer.startActiveSpan('report', async (parent) => {
      await ctx.query('select 1 as a');
      parent.end();
    });
    const [own] = spans();
    const parent = exporter.getFinishedSpans().find(({ name }) => name === 'report');
    expect(own?.parentSpanContext?.spanId).toBe(parent?.spanContext().spanId);
    expect(own?.spanContext().traceId).toBe(parent?.spanContext().traceId);
  });

  it('records its error and the code', async () => {
    const failing = await ctx.sql('select 1 / (a - 1) as b from (values (1)) as t(a)');
    const error = await rejected(failing.collect());
    expect(error).toMatchObject({ code: 'JOB_FAILED' });
    expect(spans()).toMatchObject([
      {
        status: { code: SpanStatusCode.ERROR, message: (error as Error).message },
        attributes: {
          'db.response.status_code': 'JOB_FAILED',
          'error.type': 'JOB_FAILED',
          'ballista.job.id': (error as { jobId?: string }).jobId,
        },
        events: [{ name: 'exception' }],
      },
    ]);
  });

  it('records an abort, but not that a loop is left', async () => {
    const long = await ctx.sql('select value from range(0, 100000000)');
    for await (const _ of long.stream()) break;
    const stop = new AbortController();
    const stream = long.stream({ signal: stop.signal });
    await stream.next();
    stop.abort();
    expect(spans().map(({ status }) => status.code)).toEqual([SpanStatusCode.UNSET, SpanStatusCode.ERROR]);
    expect(spans()[1]?.attributes).toMatchObject({ 'error.type': 'AbortError' });
  });
});

describe('a statement', () => {
  it('has one span, also if it counts rows or fails; a query has none before its action', async () => {
    await ctx.sql('create table t (a bigint)');
    await ctx.sql('insert into t values (1), (2)');
    expect(await ctx.execute('insert into t values (3)')).toBe(1);
    const lazy = await ctx.sql('select a from t');
    await (await ctx.prepare('insert into t values ($1)')).execute([4]);
    await rejected(ctx.sql('select b from t'));
    expect(named()).toEqual(['sql', 'sql', 'execute', 'execute', 'sql']);
    expect(spans().map(({ attributes }) => attributes['db.query.text'])).toEqual([
      'create table t (a bigint)',
      'insert into t values (1), (2)',
      'insert into t values (3)',
      'insert into t values ($1)',
      'select b from t',
    ]);
    expect(spans().at(-1)?.attributes).toMatchObject({ 'db.response.status_code': 'SCHEMA' });
    expect(await lazy.count()).toBe(4);
  });
});

describe('the text of queries', () => {
  it('is not in spans by default, and has no parameters', async () => {
    await local.query('select $1 as planted', { params: ['secret'] });
    const [span] = spans();
    expect(span).toMatchObject({ name: 'toArray', kind: SpanKind.INTERNAL });
    expect(span?.attributes).toEqual({ 'db.system.name': 'datafusion', 'db.operation.name': 'toArray' });
    exporter.reset();
    await ctx.query('select $1 as planted', { params: ['secret'] });
    await (await ctx.sql('select $1 as planted', { params: ['secret'] })).distinct().count();
    const texts = spans().map(({ attributes }) => attributes['db.query.text']);
    expect(texts).toEqual(['select $1 as planted', 'select $1 as planted']);
  });

  it('is the SQL of the verbs', async () => {
    await ctx.sql('create table named (a bigint)');
    await (await ctx.table('named')).filter('a > 1').collect();
    expect(spans().at(-1)?.attributes['db.query.text']).toMatch(/WHERE .*a.* > 1/iu);
  });
});

it('the scheduler logs the span of a job', async () => {
  const stream = (await ctx.sql('select 1 as a')).stream();
  for await (const _ of stream);
  const { traceId, spanId } = spans()[0]?.spanContext() ?? {};
  const line = `Job ${stream.jobId} belongs to the span 00-${traceId}-${spanId}-01.`;
  await until('the line is there', async () => (await readFile(join(folder, 'scheduler.log'), 'utf8')).includes(line));
});

it('CREATE TABLE AS has a span with its job, which the scheduler logs', async () => {
  await ctx.execute('create table made as select 1 as a');
  const [span, ...others] = spans();
  expect(others).toEqual([]);
  expect(span?.attributes).toMatchObject({ 'db.operation.name': 'execute', 'ballista.job.id': expect.any(String) });
  const { traceId, spanId } = span?.spanContext() ?? {};
  const line = `Job ${span?.attributes['ballista.job.id']} belongs to the span 00-${traceId}-${spanId}-01.`;
  await until('the line is there', async () => (await readFile(join(folder, 'scheduler.log'), 'utf8')).includes(line));
});

it('without a tracer provider there are no spans', async () => {
  trace.disable();
  context.disable();
  propagation.disable();
  await ctx.query('select 1 as a');
  expect(spans()).toEqual([]);
  register();
});
