/**
 * A query result as a stream of record batches.
 *
 * @module
 */

import type { RecordBatch, Schema } from 'apache-arrow';

import { readBatches, readSchema } from '../../arrow/ipc/decode.js';
import { type ConvertOptions, toConversion } from '../../arrow/values/convert-options.js';
import type { NativeDataFrame } from '../../binding.cjs';
import { ACTION_SETTINGS, type ActionOptions } from '../../config/action-options.js';
import type { SessionHandle } from '../../engine/session-handle.js';
import { resolve } from '../../input/settings.js';
import { ProgressFeed } from '../progress/progress-feed.js';
import { ipcMessages, jsonLines } from './bytes.js';
import {
  type BatchStreamOptions,
  FORMAT_SETTINGS,
  type IpcStreamOptions,
  type NdjsonStreamOptions,
  READABLE_STREAM_SETTINGS,
  type ReadableStreamOptions,
} from './readable-stream-options.js';
import { ResultChunks } from './result-chunks.js';

/**
 * A stream of the record batches of a result. Only some megabytes are fetched ahead of the reader, so a result of any size
 * needs only bounded memory. The query starts at the first `next()`. From DataFusion's `SendableRecordBatchStream`.
 *
 * Leaving a `for await` loop, {@link cancel}, an abort and `Symbol.asyncDispose` all cancel the query, and its job on the
 * scheduler.
 *
 * @example
 * ```ts
 * import { BallistaSessionContext } from 'ballista';
 *
 * const ctx = await BallistaSessionContext.standalone();
 * const df = await ctx.sql('select * from (values (1), (2), (3)) as t(a)');
 * let rows = 0;
 * for await (const batch of df.stream()) rows += batch.numRows;
 * console.log(rows); // 3
 * await ctx.close();
 * ```
 */
export class RecordBatchStream implements AsyncIterableIterator<RecordBatch>, AsyncDisposable {
  readonly #chunks: ResultChunks;
  readonly #session: SessionHandle;
  readonly #batches: RecordBatch[] = [];
  #schema: Schema | undefined;

  /** @internal Created by `DataFrame.stream()`. */
  constructor(
    df: NativeDataFrame,
    session: SessionHandle,
    operation: string,
    options: ActionOptions,
    feed?: ProgressFeed,
  ) {
    const action = resolve<ActionOptions>('this action', ACTION_SETTINGS, options);
    const watching = feed ?? (action.onProgress && new ProgressFeed(action));
    this.#session = session;
    const onEnd = (): void => {
      this.#batches.length = 0;
    };
    this.#chunks = new ResultChunks(df, session, operation, (watching ?? action).signal, onEnd, watching);
  }

  /** The schema of the batches. Available before the first batch. */
  get schema(): Schema {
    this.#schema ??= readSchema(this.#chunks.schemaBytes);
    return this.#schema;
  }

  /** The id of the job on the scheduler, once it has one. A query that lost an executor runs again with a new job id. */
  get jobId(): string | undefined {
    return this.#chunks.jobId;
  }

  /** @internal Whether it was cancelled or aborted. Rows of a batch fetched before that must not be returned. */
  get closed(): boolean {
    return this.#chunks.state === 'closed';
  }

  /**
   * The next batch. Concurrent calls are served one after the other.
   *
   * @throws BallistaError `CLOSED` after {@link cancel}, and the error that ended the job; the reason of the signal after an
   * abort
   */
  async next(): Promise<IteratorResult<RecordBatch, undefined>> {
    return this.#chunks.inTurn(async () => {
      for (;;) {
        const value = this.#batches.shift();
        if (value) return { done: false, value };
        const bytes = await this.#chunks.next();
        if (!bytes) return { done: true, value: undefined };
        const batches = readBatches(bytes, this.schema);
        this.#schema = batches[0]?.schema ?? this.#schema;
        this.#batches.push(...batches);
      }
    });
  }

  /**
   * Ends the iteration and cancels the job if it still runs. A `for await` loop calls this when it is left early. Does not fail
   * if the scheduler is already gone.
   */
  async return(): Promise<IteratorResult<RecordBatch, undefined>> {
    await this.#chunks.return();
    return { done: true, value: undefined };
  }

  /**
   * Cancels the job on the scheduler and waits until it has stopped, even if an abort or {@link return} has begun to cancel it.
   * Idempotent; does nothing after the last batch.
   *
   * @throws BallistaError `CONNECTION` if the scheduler cannot be reached
   */
  async cancel(): Promise<void> {
    await this.#chunks.cancel();
  }

  /** Same as {@link cancel}. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.cancel();
  }

  /** Returns the stream itself. It can be iterated only once. */
  [Symbol.asyncIterator](): this {
    return this;
  }

  /**
   * The rest of the result as a web stream of batches, or of bytes. A `Response` accepts the stream of bytes.
   *
   * Rows are fetched only as fast as they are read, with some megabytes ahead of the reader. Cancelling the web stream cancels
   * the query, even while a batch is awaited. So an HTTP server that forwards the stream runs at the speed of its client and
   * stops with it. Errors of {@link next} become errors of the web stream.
   *
   * @throws BallistaError `INVALID_ARGUMENT`. Through the web stream: the errors of {@link next}; with `format: 'ndjson'` also
   * `UNSAFE_INTEGER`, and `SCHEMA` if two columns share a name
   *
   * @example
   * ```ts
   * const lines = df.limit(2).stream().toReadableStream({ format: 'ndjson' });
   * const response = new Response(lines, { headers: { 'content-type': 'application/x-ndjson' } });
   * console.log(await response.text());
   * // {"date":"2001-…","delay":"…","distance":"…","origin":"…","destination":"…"}
   * // …
   * ```
   */
  toReadableStream(options?: BatchStreamOptions): ReadableStream<RecordBatch>;
  toReadableStream(options: IpcStreamOptions | NdjsonStreamOptions): ReadableStream<Uint8Array>;
  toReadableStream(options: ReadableStreamOptions = {}): ReadableStream<RecordBatch | Uint8Array> {
    const pieces = this.#pieces(options);
    return new ReadableStream<RecordBatch | Uint8Array>(
      {
        pull: async (controller) => {
          const result = await pieces.next();
          if (result.done) controller.close();
          else controller.enqueue(result.value);
        },
        // Not through the generator: it could be left only after the batch it waits for.
        cancel: () => this.cancel(),
      },
      { highWaterMark: 0 },
    );
  }

  /**
   * The result as the bytes of one Arrow IPC stream, in chunks, not decoded. Use it instead of iterating over batches, not
   * together with it. Leaving a `for await` loop cancels the job.
   *
   * @throws BallistaError as {@link next}
   *
   * @example
   * ```ts
   * import { open } from 'node:fs/promises';
   *
   * const file = await open('flights.arrows', 'w');
   * for await (const piece of df.limit(1000).stream().ipc()) await file.write(piece);
   * await file.close();
   * ```
   */
  ipc(): AsyncIterableIterator<Uint8Array> {
    const messages = ipcMessages(this.#chunks);
    let left = false;
    return {
      next: async () => (left ? { done: true, value: undefined } : messages.next()),
      // Not through the generator, for the same reason as above.
      return: async () => {
        left = true;
        await this.return();
        return { done: true, value: undefined };
      },
      [Symbol.asyncIterator]() {
        return this;
      },
    };
  }

  /** A short description, for logs. Never shows data and never runs anything. */
  toString(): string {
    return `RecordBatchStream (${this.#chunks.state}${this.jobId === undefined ? '' : `, job ${this.jobId}`})`;
  }

  /** @internal */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString();
  }

  #pieces(options: ReadableStreamOptions): AsyncIterator<RecordBatch | Uint8Array, undefined> {
    const ndjson = (options as Partial<NdjsonStreamOptions> | null)?.format === 'ndjson';
    const { format, ...convert } = resolve<{ format: string } & ConvertOptions>(
      'toReadableStream',
      ndjson ? READABLE_STREAM_SETTINGS : FORMAT_SETTINGS,
      options as { format: string },
    );
    if (format === 'ipc') return ipcMessages(this.#chunks);
    return ndjson ? jsonLines(this, toConversion(this.#session.convert, convert, { json: true })) : this;
  }
}

/** The rest of a result as record batches. */
export async function toBatches(stream: RecordBatchStream): Promise<RecordBatch[]> {
  const batches: RecordBatch[] = [];
  for await (const batch of stream) batches.push(batch);
  return batches;
}
