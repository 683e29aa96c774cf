/**
 * A running query: starts it, fetches the chunks of its result, and cancels it.
 *
 * @module
 */

import { offAbort, onAbort } from '../../abort.js';
import type { NativeDataFrame, NativeStream } from '../../binding.cjs';
import type { SessionHandle } from '../../engine/session-handle.js';
import type { ActionSpan } from '../../engine/session-tracing.js';
import { BallistaError } from '../../errors.js';
import { call, callSync } from '../../native.js';
import { ProgressFeed } from '../progress/progress-feed.js';

/** The chunks of a result. The query starts when the first one is requested. */
export class ResultChunks {
  /** The schema of the result, as Arrow IPC. */
  readonly schemaBytes: Uint8Array;
  /** Until the query starts, because it may hold large tables. */
  #df: NativeDataFrame | undefined;
  readonly #session: SessionHandle;
  readonly #operation: string;
  readonly #signal: AbortSignal | undefined;
  readonly #onEnd: () => void;
  readonly #feed: ProgressFeed | undefined;
  #native: NativeStream | undefined;
  #span: ActionSpan | undefined;
  #state: 'new' | 'running' | 'ended' | 'closed' = 'new';
  #last: Promise<void> = Promise.resolve();
  /** The cancellation, once it has begun. */
  #cancellation: Promise<void> | undefined;

  /**
   * @param operation - the name of the action, for its span
   * @param onEnd - is called when no more chunks will come
   */
  constructor(
    df: NativeDataFrame,
    session: SessionHandle,
    operation: string,
    signal: AbortSignal | undefined,
    onEnd: () => void,
    feed: ProgressFeed | undefined,
  ) {
    signal?.throwIfAborted();
    session.assertOpen();
    this.#df = df;
    this.#session = session;
    this.#operation = operation;
    this.#signal = signal;
    this.#onEnd = onEnd;
    this.#feed = feed;
    this.schemaBytes = callSync(() => df.schema());
  }

  /** `closed` means cancelled or aborted. */
  get state(): 'new' | 'running' | 'ended' | 'closed' {
    return this.#state;
  }

  /** The id of the job on the scheduler, once it has one. */
  get jobId(): string | undefined {
    return this.#native?.jobId ?? undefined;
  }

  /** The next chunk; undefined at the end of the result. Must be called in turn. */
  async next(): Promise<Uint8Array | undefined> {
    if (this.#state === 'ended') return undefined;
    try {
      this.#signal?.throwIfAborted();
      if (this.#state === 'closed')
        throw new BallistaError('CLOSED', 'The stream is closed, because it was cancelled.');
      const stream = this.#df ? this.#start(this.#df) : this.#native;
      if (!stream) return undefined;
      const bytes = await call(() => stream.next(), this.#signal);
      if (bytes) return bytes;
    } catch (failure) {
      this.#feed?.end(this.#feed.endedBy(failure));
      this.#end(this.#signal?.aborted ? 'closed' : 'ended', failure);
      throw failure;
    }
    this.#end('ended');
    this.#feed?.end('succeeded');
    return undefined;
  }

  /** Runs tasks one after the other, because the native side handles one `next()` at a time. */
  async inTurn<T>(task: () => Promise<T>): Promise<T> {
    const previous = this.#last;
    let done: () => void = () => undefined;
    this.#last = new Promise((resolve) => {
      done = resolve;
    });
    await previous;
    try {
      return await task();
    } finally {
      done();
    }
  }

  /** Ends the query if it still runs. Does not fail if the scheduler is already gone. */
  async return(): Promise<void> {
    if (this.#cancelled('ended')) await this.#cancelNative()?.catch(() => undefined);
  }

  /**
   * Cancels the query if it still runs, and waits until it has stopped, even if its cancellation began earlier.
   *
   * @throws BallistaError `CONNECTION` if the scheduler cannot be reached
   */
  async cancel(): Promise<void> {
    if (this.#cancelled('closed')) this.#cancelNative();
    const cancellation = this.#cancellation;
    if (cancellation) await call(() => cancellation);
  }

  #start(df: NativeDataFrame): NativeStream {
    this.#session.assertOpen();
    this.#span = this.#session.tracing.begin(this.#operation, df);
    const traceparent = this.#span?.traceparent;
    const feed = this.#feed ?? (traceparent === undefined ? undefined : new ProgressFeed({}));
    const native = callSync(() => (feed ? feed.watch(df, traceparent) : df).execute());
    this.#native = native;
    this.#df = undefined;
    this.#state = 'running';
    this.#feed?.start();
    if (this.#signal) onAbort(this.#signal, this.#onAbort);
    return native;
  }

  /** Also called between two `next()` calls, so that a reader that stopped reading does not keep the job running. */
  readonly #onAbort = (): void => {
    // The reader gets the abort error itself; if the scheduler is gone, there is nothing to cancel.
    if (!this.#cancelled('closed', this.#signal?.reason)) return;
    // A statement that has been aborted must not change a table while the cancellation is on its way.
    this.#native?.stop();
    this.#cancelNative();
  };

  #cancelNative(): Promise<void> | undefined {
    const cancellation = this.#native?.cancel();
    // Without a caller that waits, a failure has no effect.
    cancellation?.catch(() => undefined);
    this.#cancellation = cancellation;
    return cancellation;
  }

  #cancelled(state: 'ended' | 'closed', failure?: unknown): boolean {
    const started = this.#end(state, failure);
    this.#feed?.end('cancelled');
    return started;
  }

  /** Ends the query. Returns whether this call ended it; then the job may have to be cancelled. */
  #end(state: 'ended' | 'closed', failure?: unknown): boolean {
    if (this.#state === 'ended' || this.#state === 'closed') return false;
    const started = this.#state === 'running';
    this.#state = state;
    this.#onEnd();
    this.#span?.end(this.jobId, failure);
    if (this.#signal) offAbort(this.#signal, this.#onAbort);
    return started;
  }
}
