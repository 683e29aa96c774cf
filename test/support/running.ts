import { expect } from 'vitest';
import type { RecordBatchStream } from '../../src/dataframe/stream.js';
import type { BallistaErrorCode } from '../../src/errors.js';
import { BallistaSessionContext } from '../../src/session/ballista-session-context.js';
import type { SessionContext } from '../../src/session/session-context.js';
import { HERE, LOCAL } from './cluster.js';

/** An error that a query meets while it runs: a cluster tells of its job, whatever the reason. */
export function failedRunning(code: BallistaErrorCode, text: string | RegExp): object {
  const message = typeof text === 'string' ? expect.stringContaining(text) : expect.stringMatching(text);
  return LOCAL ? { code, message } : { code: 'JOB_FAILED', message, jobId: expect.any(String) };
}

/** Resolves once a stream that was asked for its first batch runs: with the id of its job, which it has on a cluster only. */
export async function underWay(stream: RecordBatchStream): Promise<string> {
  const runs = async () => (LOCAL ? (await busy()) > 0.1 : stream.jobId !== undefined);
  await expect.poll(runs).toBe(true);
  return stream.jobId ?? '';
}

/** Resolves once something is computed, where that is in this process. */
export async function isComputing(): Promise<void> {
  if (HERE) await expect.poll(async () => (await busy()) > 0.5).toBe(true);
}

/** Resolves once a query is over: the scheduler has no such job to cancel, and nothing is computed in this process. */
export async function isOver(ctx: SessionContext, jobId: string): Promise<void> {
  const over = async () =>
    !(ctx instanceof BallistaSessionContext && (await ctx.cancelJob(jobId))) && !(HERE && (await busy()) > 0.1);
  await expect.poll(over).toBe(true);
}

/** How many processors this process keeps busy. */
async function busy(): Promise<number> {
  const [time, used] = [performance.now(), process.cpuUsage()];
  await new Promise((resolve) => setTimeout(resolve, 200));
  const { user, system } = process.cpuUsage(used);
  return (user + system) / 1000 / (performance.now() - time);
}
