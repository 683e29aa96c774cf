/**
 * A running query: starts it, fetches the chunks of its result, and cancels it.
 *
 * @module
 */

import { offAbort, onAbort } from '../../abort.js';
import type { NativeDataFrame, NativeStream } from '../../binding.cjs';
import type { SessionHandle } from '../../engine/session-handle.js';
import { BallistaError } from '../../errors.js';
import { call, callSync } from '../../native.js';
import type { ProgressFeed } from '../progress/progress-feed.js';

/** The chunks of a result. The query starts when the first one is requested. */
export class ResultChunks {
  /** The schema of the result, as Arrow IPC. */
  readonly schemaBytes: Uint8Array;
  readonly #native: NativeStream;
  readonly #session: SessionHandle;
  readonly #signal: AbortSignal | undefined;
  readonly #onEnd: () => void;
  readonly #feed: ProgressFeed | undefined;
  #state: 'new' | 'running' | 'ended' | 'closed' = 'new';
  #last: Promise<void> = Promise.resolve();

  /** @param onEnd - is called when no more chunks will come */
  constructor(
    df: NativeDataFrame,
    session: SessionHandle,
    signal: AbortSignal | undefined,
    onEnd: () => void,
    feed: ProgressFeed | undefined,
  ) {
    signal?.throwIfAborted();
    session.assertOpen();
    this.#session = session;
    this.#signal = signal;
    this.#onEnd = onEnd;
    this.#feed = feed;
    this.schemaBytes = callSync(() => df.schema());
    this.#native = callSync(() => (feed ? feed.watch(df) : df).execute());
  }

  /** `closed` means cancelled or aborted. */
  get state(): 'new' | 'running' | 'ended' | 'closed' {
    return this.#state;
  }

  /** The id of the job on the scheduler, once it has one. */
  get jobId(): string | undefined {
    return this.#native.jobId ?? undefined;
  }

  /** The next chunk; undefined at the end of the result. Must be called in turn. */
  async next(): Promise<Uint8Array | undefined> {
    if (this.#state === 'ended') return undefined;
    const isFirst = this.#state === 'new';
    if (isFirst) this.#start();
    try {
      this.#signal?.throwIfAborted();
      if (this.#state === 'closed')
        throw new BallistaError('CLOSED', 'The stream is closed, because it was cancelled.');
      if (isFirst) this.#session.assertOpen();
      const bytes = await call(() => this.#native.next(), this.#signal);
      if (bytes) return bytes;
    } catch (failure) {
      this.#feed?.end(this.#feed.endedBy(failure));
      this.#end(this.#signal?.aborted ? 'closed' : 'ended');
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
    if (this.#cancelled('ended')) await this.#native.cancel().catch(() => undefined);
  }

  /**
   * Cancels the query if it still runs, and waits until it has stopped.
   *
   * @throws BallistaError `CONNECTION` if the scheduler cannot be reached
   */
  async cancel(): Promise<void> {
    if (this.#cancelled('closed')) await call(() => this.#native.cancel());
  }

  #start(): void {
    this.#state = 'running';
    this.#feed?.start();
    if (this.#signal) onAbort(this.#signal, this.#onAbort);
  }

  /** Also called between two `next()` calls, so that a reader that stopped reading does not keep the job running. */
  readonly #onAbort = (): void => {
    // The reader gets the abort error itself; if the scheduler is gone, there is nothing to cancel.
    if (!this.#cancelled('closed')) return;
    // A statement that has been aborted must not change a table while the cancellation is on its way.
    this.#native.stop();
    this.#native.cancel().catch(() => undefined);
  };

  #cancelled(state: 'ended' | 'closed'): boolean {
    const started = this.#end(state);
    this.#feed?.end('cancelled');
    return started;
  }

  /** Ends the query. Returns whether this call ended it; then the job may have to be cancelled. */
  #end(state: 'ended' | 'closed'): boolean {
    if (this.#state === 'ended' || this.#state === 'closed') return false;
    const started = this.#state === 'running';
    this.#state = state;
    this.#onEnd();
    if (this.#signal) offAbort(this.#signal, this.#onAbort);
    return started;
  }
}
