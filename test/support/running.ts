import { expect } from 'vitest';
import type { RecordBatchStream } from '../../src/dataframe/stream/record-batch-stream.js';
import type { BallistaErrorCode } from '../../src/errors.js';
import { BallistaSessionContext } from '../../src/session/ballista-session-context.js';
import type { SessionContext } from '../../src/session/session-context.js';
import { HERE, LOCAL } from './cluster.js';
import { secondsSince } from './usage.js';

/** The error of a query that fails while it runs. On a cluster, it is JOB_FAILED, whatever the reason. */
export function failedRunning(code: BallistaErrorCode, text: string | RegExp): object {
  const message = typeof text === 'string' ? expect.stringContaining(text) : expect.stringMatching(text);
  return LOCAL ? { code, message } : { code: 'JOB_FAILED', message, jobId: expect.any(String) };
}

/** Waits until a stream runs whose first batch was requested. Resolves with the id of its job, which only a cluster has. */
export async function underWay(stream: RecordBatchStream): Promise<string> {
  const runs = async () => (LOCAL ? (await busy()) > 0.1 : stream.jobId !== undefined);
  await expect.poll(runs).toBe(true);
  return stream.jobId ?? '';
}

/** Waits until this process has computed for a while, if queries run in this process. On a busy machine, that takes long. */
export async function isComputing(): Promise<void> {
  if (!HERE) return;
  const before = process.cpuUsage();
  await expect.poll(() => secondsSince(before)).toBeGreaterThan(0.2);
}

/** Waits until a query has ended: the scheduler has no such job to cancel, and this process computes nothing. */
export async function isOver(ctx: SessionContext, jobId: string): Promise<void> {
  const over = async () =>
    !(ctx instanceof BallistaSessionContext && (await ctx.cancelJob(jobId))) && !(HERE && (await busy()) > 0.1);
  await expect.poll(over).toBe(true);
}

/** The number of processors that this process uses. */
async function busy(): Promise<number> {
  const [time, used] = [performance.now(), process.cpuUsage()];
  await new Promise((resolve) => setTimeout(resolve, 200));
  return (1000 * secondsSince(used)) / (performance.now() - time);
}
