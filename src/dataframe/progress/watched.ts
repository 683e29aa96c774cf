/**
 * Actions that are one native call, such as writes.
 *
 * @module
 */

import type { NativeDataFrame } from '../../binding.cjs';
import type { ActionOptions } from '../../config/action-options.js';
import type { SessionHandle } from '../../engine/session-handle.js';
import { callTask } from '../../native.js';
import { ProgressFeed } from './progress-feed.js';

/** Which action a call is, for its span. */
export interface Operation {
  /** The name of the method. */
  readonly operation: string;
  /** When the action began, if that was before the call. */
  readonly since?: number | undefined;
}

/**
 * Runs the call under a number, by which an abort stops it. Reports its progress if the caller listens, and makes a span if the
 * program collects spans.
 */
export async function callWatched<R>(
  df: NativeDataFrame,
  session: SessionHandle,
  { operation, since }: Operation,
  { signal, onProgress }: ActionOptions,
  run: (df: NativeDataFrame, task: number | undefined) => Promise<R>,
): Promise<R> {
  session.assertOpen();
  signal?.throwIfAborted();
  const span = session.tracing.begin(operation, df, since);
  if (!onProgress && !span) return callTask(session.abandon, (task) => run(df, task), signal);
  const feed = new ProgressFeed({ signal, onProgress });
  const watched = feed.watch(df, span?.traceparent);
  feed.start();
  let result: R;
  try {
    result = await callTask(session.abandon, (task) => run(watched, task), feed.signal);
  } catch (failure) {
    span?.end(feed.latest.jobId, failure);
    feed.end(feed.endedBy(failure));
    throw failure;
  }
  span?.end(feed.latest.jobId);
  feed.end('succeeded');
  return result;
}
