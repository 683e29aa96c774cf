/**
 * A client as a program, started with `--expose-gc`. It uses a cluster in the ways that could leave something behind.
 *
 * @module
 */

import { setTimeout as pause } from 'node:timers/promises';
import { BallistaError, BallistaSessionContext, type RecordBatchStream } from 'ballista';

import { answer, argument } from '../support/answer.js';

export const WORK = ['queries', 'dropped streams', 'cancels', 'failures'] as const;
export type Work = (typeof WORK)[number];

export type LeakRequest = { readonly what: Work; readonly count: number } | { readonly what: 'gc' };

const { url } = argument<{ url: string }>();
const contexts = ['always', 'never'].map(
  (whole) => new BallistaSessionContext(url, { clusterConfig: { 'cluster.whole_query': whole } }),
);

/** A result of a megabyte: kept results would be seen. */
const MEGABYTE = 'SELECT value, -value AS minus FROM range(65536)';
const LONG = 'SELECT sum(a.value * b.value) AS s FROM range(1000000) AS a CROSS JOIN range(1000000) AS b';
const WIDE = 'SELECT a.value FROM range(20) AS a CROSS JOIN range(1000000)';
const FAILING = 'SELECT 1 / (value - 40000) FROM range(65536)';

const AT_ONCE = 4;

async function query(ctx: BallistaSessionContext): Promise<void> {
  const table = await (await ctx.sql(MEGABYTE)).toArrow();
  if (table.numRows !== 65_536) throw new Error(`${table.numRows} rows`);
}

/** Leaves a stream to the garbage collector. */
async function drop(ctx: BallistaSessionContext): Promise<void> {
  await (await ctx.sql(WIDE)).stream().next();
}

async function cancel(ctx: BallistaSessionContext): Promise<void> {
  const stream: RecordBatchStream = (await ctx.sql(LONG)).stream();
  const first = stream.next();
  first.catch(() => undefined);
  while (stream.jobId === undefined) await pause(1);
  await stream.cancel();
}

async function fail(ctx: BallistaSessionContext): Promise<void> {
  const failure = await (await ctx.sql(FAILING)).collect().then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!BallistaError.is(failure) || failure.code !== 'JOB_FAILED')
    throw new Error(`not JOB_FAILED: ${String(failure)}`);
}

const ONCE: Record<Work, (ctx: BallistaSessionContext) => Promise<void>> = {
  queries: query,
  'dropped streams': drop,
  cancels: cancel,
  failures: fail,
};

async function repeat(work: Work, count: number): Promise<void> {
  let left = count;
  const loop = async (_: unknown, index: number) => {
    for (; left > 0; left--) {
      const ctx = contexts[(left + index) % contexts.length];
      if (ctx) await ONCE[work](ctx);
      // Dropped streams are found only then.
      if (work === 'dropped streams' && left % 10 === 0) globalThis.gc?.();
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, loop));
}

await answer(
  {},
  async (request: LeakRequest) => {
    if (request.what === 'gc') globalThis.gc?.();
    else await repeat(request.what, request.count);
  },
  () => Promise.all(contexts.map((ctx) => ctx.close())),
);
