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

/** Runs the call under a number, by which an abort stops it, and reports its progress if the caller listens. */
export async function callWatched<R>(
  df: NativeDataFrame,
  session: SessionHandle,
  { signal, onProgress }: ActionOptions,
  run: (df: NativeDataFrame, task: number | undefined) => Promise<R>,
): Promise<R> {
  session.assertOpen();
  if (!onProgress) return callTask(session.abandon, (task) => run(df, task), signal);
  const feed = new ProgressFeed({ signal, onProgress });
  const watched = feed.watch(df);
  feed.start();
  let result: R;
  try {
    result = await callTask(session.abandon, (task) => run(watched, task), feed.signal);
  } catch (failure) {
    feed.end(feed.endedBy(failure));
    throw failure;
  }
  feed.end('succeeded');
  return result;
}
