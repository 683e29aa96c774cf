/**
 * The progress of one query, for callbacks and readers.
 *
 * @module
 */

import { offAbort, onAbort } from '../../abort.js';
import type { NativeDataFrame, NativeProgress, NativeSeen } from '../../binding.cjs';
import type { ActionOptions } from '../../config/action-options.js';
import type { QueryProgress, QueryState } from '../../config/query-progress.js';
import { BallistaError } from '../../errors.js';
import { callSync } from '../../native.js';
import { type PlanStage, readStages } from '../../plan/execution-plan.js';

/** The shortest time between two snapshots. */
const GAP_MS = 100;
/** After this time there is a new snapshot even if only the time has changed. */
const TICK_MS = 1000;
/** An estimate needs so much of the work. */
const LEAST_FRACTION = 0.1;

/** The states of a query that has ended. */
type FinalState = Extract<QueryState, 'succeeded' | 'failed' | 'cancelled'>;

const NOTHING: NativeSeen = { begun: false, dropped: false, rows: 0, bytes: 0 };

/**
 * Asks the native side for the progress of a query, as long as someone listens. The native side follows the job; asking takes
 * microseconds. Every reader gets the newest snapshot when it asks for the next one, so a slow reader skips the others.
 */
export class ProgressFeed {
  /** Aborts the query: the caller's signal, or an error of its callback. */
  readonly signal: AbortSignal | undefined;
  readonly #native: NativeProgress;
  readonly #link: Link | undefined;
  #onProgress: ActionOptions['onProgress'];
  /** When the query began, and when its first task did. */
  #since: number | undefined;
  #runs: number | undefined;
  #latest: QueryProgress = progressOf('planning', NOTHING, 0, undefined);
  #latestAt = 0;
  /** The number of the latest snapshot. */
  #version = 0;
  /** The number of the snapshot that the callback got last. */
  #called = 0;
  #ended = false;
  #timer: NodeJS.Timeout | undefined;
  /** Wakes the readers that wait for the next snapshot. */
  #waiting: (() => void)[] = [];

  /** @param measured - whether {@link metrics} will be called */
  constructor({ signal, onProgress }: ActionOptions, measured = false) {
    signal?.throwIfAborted();
    this.#native = callSync((binding) => new binding.NativeProgress(measured));
    this.#onProgress = onProgress;
    this.#link = onProgress && new Link(signal);
    this.signal = this.#link?.signal ?? signal;
  }

  /** A DataFrame whose actions report to this feed. Its jobs belong to the span of `traceparent`. */
  watch(df: NativeDataFrame, traceparent?: string): NativeDataFrame {
    return callSync(() => df.watched(this.#native, traceparent));
  }

  /** The newest snapshot. */
  get latest(): QueryProgress {
    if (!this.#ended && this.#since !== undefined) this.#look();
    return this.#latest;
  }

  /** Called when the query begins. From then on, {@link signal} follows the caller's signal. */
  start(): void {
    this.#link?.follow();
    this.#since = performance.now();
    if (this.#onProgress || this.#waiting.length > 0) this.#schedule();
  }

  /** Called when the query has ended. Only the first call counts. Throws what the callback throws after a success. */
  end(state: FinalState): void {
    if (this.#ended) return;
    this.#ended = true;
    clearTimeout(this.#timer);
    this.#link?.leave();
    this.#publish(
      this.#snapshot(
        state,
        callSync(() => this.#native.end()),
      ),
    );
    const onProgress = this.#onProgress;
    this.#onProgress = undefined;
    try {
      this.#tell(onProgress);
    } catch (failure) {
      // The failure of the query itself is more important.
      if (state === 'succeeded') throw failure;
    }
  }

  /** The final state of a query that rejected. */
  endedBy(failure: unknown): FinalState {
    const code = BallistaError.is(failure) ? failure.code : undefined;
    return this.signal?.aborted || code === 'JOB_CANCELLED' || code === 'CLOSED' ? 'cancelled' : 'failed';
  }

  /** The metrics of a query that has succeeded. */
  metrics(): readonly PlanStage[] {
    const json = callSync(() => this.#native.metrics());
    if (json === null) throw new BallistaError('INTERNAL', 'The query has no metrics.');
    return readStages(json);
  }

  /** The newest snapshots, until the final one. */
  [Symbol.asyncIterator](): AsyncIterableIterator<QueryProgress> {
    let read = -1;
    let left = false;
    return {
      next: async () => {
        while (read === this.#version && !this.#ended && !left) await this.#next();
        if (left || read === this.#version) return { done: true, value: undefined };
        read = this.#version;
        return { done: false, value: this.#latest };
      },
      return: async () => {
        left = true;
        this.#wake();
        return { done: true, value: undefined };
      },
      [Symbol.asyncIterator]() {
        return this;
      },
    };
  }

  #next(): Promise<void> {
    const next = new Promise<void>((resolve) => this.#waiting.push(resolve));
    if (this.#since !== undefined) this.#schedule();
    return next;
  }

  /** The timer does not keep the process alive; the query does. */
  #schedule(): void {
    this.#timer ??= setTimeout(() => this.#tick(), GAP_MS).unref();
  }

  #tick(): void {
    this.#timer = undefined;
    this.#look();
    if (this.#ended) return;
    if (this.#called !== this.#version) this.#call();
    if (this.#onProgress || this.#waiting.length > 0) this.#schedule();
  }

  #call(): void {
    this.#called = this.#version;
    try {
      this.#tell(this.#onProgress);
    } catch (failure) {
      this.#fail(failure);
    }
  }

  /** An `async` callback rejects instead of throwing. */
  #tell(onProgress: ((progress: QueryProgress) => unknown) | undefined): void {
    Promise.resolve(onProgress?.(this.#latest)).catch((failure: unknown) => this.#fail(failure));
  }

  #fail(failure: unknown): void {
    this.#onProgress = undefined;
    this.#link?.fail(failure);
  }

  #look(): void {
    const seen = callSync(() => this.#native.seen());
    // Its rows were not read to the end, and cannot be any more.
    if (seen.dropped) {
      this.end('cancelled');
      return;
    }
    const state = seen.begun ? 'running' : seen.jobId === undefined ? 'planning' : 'queued';
    const next = this.#snapshot(state, seen);
    if (next.elapsedMs - this.#latestAt >= TICK_MS || differs(this.#latest, next)) this.#publish(next);
  }

  #snapshot(state: QueryState, seen: NativeSeen): QueryProgress {
    const now = performance.now();
    if (state === 'running') this.#runs ??= now;
    const since = this.#since ?? now;
    return progressOf(state, seen, now - since, this.#runs === undefined ? undefined : now - this.#runs);
  }

  #publish(next: QueryProgress): void {
    this.#latest = next;
    this.#latestAt = next.elapsedMs;
    this.#version++;
    this.#wake();
  }

  #wake(): void {
    for (const wake of this.#waiting.splice(0)) wake();
  }
}

/** A signal that aborts with the caller's, or by `fail`. Not `AbortSignal.any`, which takes no signals of other realms. */
class Link {
  readonly #controller = new AbortController();
  readonly #followed: AbortSignal | undefined;
  readonly #follow = (): void => this.#controller.abort(this.#followed?.reason);

  constructor(followed: AbortSignal | undefined) {
    this.#followed = followed;
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Not in the constructor, because a query that never begins would leave a listener on the caller's signal. */
  follow(): void {
    if (!this.#followed) return;
    onAbort(this.#followed, this.#follow);
    if (this.#followed.aborted) this.#follow();
  }

  leave(): void {
    if (this.#followed) offAbort(this.#followed, this.#follow);
  }

  fail(reason: unknown): void {
    this.#controller.abort(reason);
  }
}

function progressOf(
  state: QueryState,
  seen: NativeSeen,
  elapsedMs: number,
  runningMs: number | undefined,
): QueryProgress {
  const { jobId, rows, bytes, scannedRows, stageRows, stageBytes } = seen;
  // The scheduler may not have told the end of the last tasks yet.
  const [stages, tasks] = [seen.stages, seen.tasks].map((count) =>
    state === 'succeeded' && count ? { ...count, done: count.total, running: 0 } : count,
  );
  const fraction = state === 'succeeded' ? 1 : tasks && tasks.total > 1 ? tasks.done / tasks.total : undefined;
  const known = state === 'running' && fraction !== undefined && fraction >= LEAST_FRACTION;
  const estimate = known && runningMs !== undefined && runningMs >= TICK_MS;
  return Object.freeze({
    state,
    jobId,
    elapsedMs: Math.round(elapsedMs),
    stages: stages && Object.freeze(stages),
    tasks: tasks && Object.freeze(tasks),
    rows,
    bytes,
    scannedRows,
    stageRows,
    stageBytes,
    fraction,
    remainingMs: estimate ? Math.round((runningMs * (1 - fraction)) / fraction) : undefined,
  });
}

/** Whether anything but the time has changed. */
function differs(a: QueryProgress, b: QueryProgress): boolean {
  const without = (progress: QueryProgress) => JSON.stringify({ ...progress, elapsedMs: 0, remainingMs: 0 });
  return without(a) !== without(b);
}
