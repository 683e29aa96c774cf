/**
 * A query that runs in the background.
 *
 * @module
 */

import type { RecordBatch, Schema } from 'apache-arrow';

import type { NativeDataFrame } from '../binding.cjs';
import type { ActionOptions } from '../config/action-options.js';
import type { QueryProgress, QueryState } from '../config/query-progress.js';
import type { SessionHandle } from '../engine/session-handle.js';
import { BallistaError } from '../errors.js';
import type { PlanStage } from '../plan/execution-plan.js';
import { ProgressFeed } from './progress/progress-feed.js';
import { RecordBatchStream, toBatches } from './stream/record-batch-stream.js';

/**
 * A query that runs: its progress, its result, its metrics, and how to cancel it. Created by `DataFrame.execute()`, which starts
 * the query. The query runs to its end even if the handle is dropped. `await using` cancels it at the end of the block.
 *
 * @example
 * ```ts
 * const query = df.aggregate('origin', f.count().alias('n')).execute();
 * for await (const { state, tasks } of query.progress) console.log(state, tasks?.done, tasks?.total);
 * const batches = await query.result;
 * console.log(batches.reduce((rows, batch) => rows + batch.numRows, 0));
 * ```
 */
export class QueryHandle implements AsyncDisposable {
  /** The newest progress, until the final one. Any number of readers; a slow one skips what it did not read in time. */
  readonly progress: AsyncIterable<QueryProgress>;
  /**
   * The result, as of `DataFrame.collect()`. Rejects with `JOB_FAILED`, `JOB_CANCELLED`, `NO_EXECUTORS`, `CONNECTION` or `CLOSED`, or
   * with the reason of the signal after an abort. A rejection that you do not handle does not end the process.
   */
  readonly result: Promise<RecordBatch[]>;
  readonly #stream: RecordBatchStream;
  readonly #feed: ProgressFeed;

  /** @internal Created by `DataFrame.execute()`. */
  constructor(df: NativeDataFrame, session: SessionHandle, options: ActionOptions) {
    const feed = new ProgressFeed(options, true);
    this.#feed = feed;
    this.#stream = new RecordBatchStream(df, session, 'execute', { signal: feed.signal }, feed);
    this.progress = Object.freeze({ [Symbol.asyncIterator]: () => feed[Symbol.asyncIterator]() });
    this.result = collect(this.#stream);
    this.result.catch(() => undefined);
  }

  /** The schema of the result. */
  get schema(): Schema {
    return this.#stream.schema;
  }

  /** The id of the job on the scheduler, once it has one. A query that lost an executor runs again, with a new job id. */
  get jobId(): string | undefined {
    return this.#stream.jobId;
  }

  /** The state of the query now. */
  get state(): QueryState {
    return this.#feed.latest.state;
  }

  /**
   * Cancels the query and waits until its job has stopped. {@link result} then rejects with `JOB_CANCELLED`. Idempotent; does nothing
   * after the end.
   *
   * @throws BallistaError `CONNECTION` if the scheduler cannot be reached
   */
  async cancel(): Promise<void> {
    await this.#stream.cancel();
  }

  /**
   * The metrics of every operator in every stage, as of `DataFrame.analyze()`, after the query has succeeded. Waits for
   * {@link result}, and rejects as it does.
   *
   * @example
   * ```ts
   * const query = df.filter('delay > 600').execute();
   * for (const { stage, plan } of await query.metrics()) console.log(stage, plan.metrics()?.outputRows);
   * ```
   */
  async metrics(): Promise<readonly PlanStage[]> {
    await this.result;
    return this.#feed.metrics();
  }

  /** Same as {@link cancel}. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.cancel();
  }

  /** A short description, for logs. Never shows data and never runs anything. */
  toString(): string {
    return `QueryHandle (${this.state}${this.jobId === undefined ? '' : `, job ${this.jobId}`})`;
  }

  /** @internal */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString();
  }
}

async function collect(stream: RecordBatchStream): Promise<RecordBatch[]> {
  try {
    return await toBatches(stream);
  } catch (failure) {
    // It was cancelled before it had a job.
    if (stream.closed && BallistaError.is(failure) && failure.code === 'CLOSED')
      throw new BallistaError('JOB_CANCELLED', 'The query was cancelled before it started.', { cause: failure });
    throw failure;
  }
}
