import { BallistaError, BallistaExecutor, BallistaScheduler, BallistaSessionContext } from 'ballista';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { jobsOf } from '../support/jobs.js';
import { Program } from '../support/program.js';
import { until } from '../support/until.js';
import { registerNumbers, SEPARATE_TASKS, SHORT, SHORT_RESULT } from './fixtures/queries.mjs';

/** Past this a query hangs. */
const BOUND_MS = 90_000;
const PARTS = 10;
const QUERY = `select sum(s) as s from (${Array(PARTS).fill(SHORT).join(' union all ')})`;

let scheduler: BallistaScheduler;
let survivor: BallistaExecutor;
let victim: Program;
let victimFolder: string;

const startVictim = async (): Promise<void> => {
  victim = new Program('executor.mjs', { args: [String(scheduler.port)], timeoutMs: 2 * BOUND_MS });
  victimFolder = await victim.line('ready');
};

beforeEach(async () => {
  scheduler = new BallistaScheduler({ port: 0 });
  await scheduler.start();
  survivor = new BallistaExecutor({ schedulerPort: scheduler.port, port: 0, grpcPort: 0, vcores: 1 });
  await survivor.start();
  await startVictim();
});
afterEach(async () => {
  victim.kill('SIGKILL');
  await victim.ended;
  await survivor.close();
  await scheduler.close();
});

describe('an executor that is killed in the middle of a query', () => {
  // The static planner spreads the query over both; the default one must survive as well.
  it.each([
    ['the static planner', SEPARATE_TASKS],
    ['the default planner', {}],
  ])(
    'leaves a right result or a BallistaError, and a cluster that works: %s',
    async (_, options) => {
      const ctx = new BallistaSessionContext(scheduler.url, options);
      await registerNumbers(ctx);
      const df = await ctx.sql<{ s: bigint }>(QUERY);
      const result = df.toArray({ signal: AbortSignal.timeout(BOUND_MS) }).catch((error: unknown) => error);
      await until('it has a task', () => jobsOf({ workDir: victimFolder }).length > 0);
      victim.kill('SIGKILL');
      await victim.ended;
      const outcome = await result;
      if (!BallistaError.is(outcome)) expect(outcome).toEqual([{ s: BigInt(PARTS) * SHORT_RESULT }]);

      const next = { signal: AbortSignal.timeout(BOUND_MS) };
      expect(await (await ctx.sql(SHORT)).toArray(next)).toEqual([{ s: SHORT_RESULT }]);
      await startVictim();
      expect(await (await ctx.sql(SHORT)).toArray(next)).toEqual([{ s: SHORT_RESULT }]);
      await ctx.close();
    },
    250_000,
  );
});
