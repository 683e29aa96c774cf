/**
 * The result of a query as a stream of record batches.
 *
 * @module
 */

import type { RecordBatch, Schema } from 'apache-arrow';

import { bodyMessages, END_OF_STREAM, schemaMessage } from './arrow/ipc.js';
import { readBatches, readSchema } from './arrow/read.js';
import {
  CONVERT_SETTINGS,
  type Conversion,
  type Converter,
  type ConvertOptions,
  converter,
  type Row,
  toConversion,
} from './arrow/values.js';
import type { NativeDataFrame, NativeStream } from './binding.cjs';
import { ACTION_SETTINGS } from './config/options.js';
import { resolve, type SettingTable } from './config/settings.js';
import { BallistaError } from './errors.js';
import { call, callSync } from './native.js';
import type { ActionOptions, Session } from './session.js';

/** A web stream of record batches. */
export interface BatchStreamOptions {
  /** Default. */
  format?: 'batches';
}

/** A web stream of the bytes of one Arrow IPC stream: what `tableFromIPC` of apache-arrow reads. */
export interface IpcStreamOptions {
  /** Bytes of Arrow IPC. */
  format: 'ipc';
}

/**
 * A web stream of UTF-8 text with one JSON object a line. Values are those of `json: true`; the other options of
 * {@link ConvertOptions} still count where they are JSON-safe.
 */
export interface NdjsonStreamOptions extends Omit<ConvertOptions, 'json'> {
  /** JSON lines. */
  format: 'ndjson';
}

/** What a web stream is to be of. */
export type ReadableStreamOptions = BatchStreamOptions | IpcStreamOptions | NdjsonStreamOptions;

const FORMAT_SETTINGS = {
  format: {
    type: 'choice',
    choices: ['batches', 'ipc', 'ndjson'],
    default: 'batches',
    doc: 'What the pieces are: batches, or bytes of an Arrow IPC stream or of JSON lines.',
  },
} as const satisfies SettingTable;

const { json: _, ...JSON_SETTINGS } = CONVERT_SETTINGS;

/** Options of web streams of any format. */
export const READABLE_STREAM_SETTINGS = { ...FORMAT_SETTINGS, ...JSON_SETTINGS };

/**
 * The record batches of a result, one by one: the next is fetched when it is asked for, so a result of any size passes
 * through bounded memory. The job starts at the first `next()`. From DataFusion's `SendableRecordBatchStream`.
 *
 * Leaving a `for await` loop, {@link cancel}, an abort and `Symbol.asyncDispose` cancel the job on the scheduler.
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
  readonly #native: NativeStream;
  readonly #session: Session;
  readonly #signal: AbortSignal | undefined;
  readonly #schemaBytes: Uint8Array;
  readonly #batches: RecordBatch[] = [];
  #schema: Schema | undefined;
  #state: 'new' | 'running' | 'ended' | 'closed' = 'new';
  #last: Promise<void> = Promise.resolve();

  /** @internal Made by `DataFrame.stream()`. */
  constructor(df: NativeDataFrame, session: Session, options: ActionOptions) {
    const { signal } = resolve<ActionOptions>('this action', ACTION_SETTINGS, options);
    signal?.throwIfAborted();
    session.assertOpen();
    this.#session = session;
    this.#signal = signal;
    this.#schemaBytes = callSync(() => df.schema());
    this.#native = callSync(() => df.execute());
  }

  /** The schema of the batches; known before the first. */
  get schema(): Schema {
    this.#schema ??= readSchema(this.#schemaBytes);
    return this.#schema;
  }

  /** The id of the job on the scheduler, once it has one. A query that lost an executor runs again as another job. */
  get jobId(): string | undefined {
    return this.#native.jobId ?? undefined;
  }

  /** @internal Whether it was cancelled or aborted: rows of a batch that was fetched before are no longer wanted. */
  get closed(): boolean {
    return this.#state === 'closed';
  }

  /**
   * The next batch. Calls are served one after the other.
   *
   * @throws BallistaError `CLOSED` after {@link cancel}, and whatever ends the job; the reason of the signal after an abort
   */
  async next(): Promise<IteratorResult<RecordBatch, undefined>> {
    return this.#inTurn(async () => {
      for (;;) {
        const value = this.#batches.shift();
        if (value) return { done: false, value };
        const bytes = await this.#pull();
        if (!bytes) return { done: true, value: undefined };
        const batches = readBatches(bytes, this.schema);
        this.#schema = batches[0]?.schema ?? this.#schema;
        this.#batches.push(...batches);
      }
    });
  }

  /**
   * Ends the iteration: the job is cancelled if it still runs. A `for await` loop calls this when it is left early; a
   * scheduler that is gone by then is no failure of the loop.
   */
  async return(): Promise<IteratorResult<RecordBatch, undefined>> {
    if (this.#end('ended')) await this.#native.cancel().catch(() => undefined);
    return { done: true, value: undefined };
  }

  /**
   * Cancels the job on the scheduler and waits until it is over there. Idempotent; does nothing after the last batch.
   *
   * @throws BallistaError `CONNECTION` where the scheduler cannot be reached
   */
  async cancel(): Promise<void> {
    if (this.#end('closed')) await call(() => this.#native.cancel());
  }

  /** As {@link cancel}. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.cancel();
  }

  /** The stream itself: it can be iterated once. */
  [Symbol.asyncIterator](): this {
    return this;
  }

  /**
   * The rest of the result as a web stream: of batches, or of bytes, which a `Response` takes. The next batch is fetched
   * when the reader asks for more, and cancelling the web stream cancels the job, also while it waits: an HTTP server that
   * passes it on is as fast as its client, and stops with it. What {@link next} would throw errors the web stream.
   *
   * @throws BallistaError `INVALID_ARGUMENT`. Through the web stream, as {@link next}, and with `format: 'ndjson'`
   * `UNSAFE_INTEGER` and `SCHEMA`, where two columns share a name
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
        // Not through the pieces: a generator that waits for a batch would be left only after that.
        cancel: () => this.cancel(),
      },
      { highWaterMark: 0 },
    );
  }

  /**
   * The result as the bytes of one Arrow IPC stream, in pieces, undecoded. Use it instead of the iteration over batches,
   * not beside it. Leaving a `for await` loop cancels the job.
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
    const messages = this.#messages();
    let left = false;
    return {
      next: async () => (left ? { done: true, value: undefined } : messages.next()),
      // Not through the generator, as above.
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

  /** Never shows data, and never runs anything. */
  toString(): string {
    return `RecordBatchStream (${this.#state}${this.jobId === undefined ? '' : `, job ${this.jobId}`})`;
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
    if (format === 'ipc') return this.#messages();
    return ndjson ? this.#lines(toConversion(this.#session.convert, convert, { json: true })) : this;
  }

  async *#messages(): AsyncGenerator<Uint8Array, undefined, undefined> {
    let started = false;
    try {
      for (;;) {
        const bytes = await this.#inTurn(() => this.#pull());
        if (!started) yield schemaMessage(bytes ?? this.#schemaBytes);
        started = true;
        if (!bytes) break;
        yield bodyMessages(bytes);
      }
      yield END_OF_STREAM.slice();
    } finally {
      await this.return();
    }
  }

  async *#lines(conversion: Conversion): AsyncGenerator<Uint8Array, undefined, undefined> {
    const encoder = new TextEncoder();
    let convert: Converter<Row> | undefined;
    for await (const batch of this) {
      convert ??= converter(this.schema, conversion);
      const lines = convert.rows(batch).map((row) => `${JSON.stringify(row)}\n`);
      yield encoder.encode(lines.join(''));
    }
    return undefined;
  }

  /** The next piece of the result; undefined at its end. */
  async #pull(): Promise<Uint8Array | undefined> {
    if (this.#state === 'ended') return undefined;
    this.#signal?.throwIfAborted();
    if (this.#state === 'closed') throw new BallistaError('CLOSED', 'the stream was cancelled');
    if (this.#state === 'new') this.#start();
    try {
      const bytes = await call(() => this.#native.next(), this.#signal);
      if (bytes) return bytes;
      this.#end('ended');
      return undefined;
    } catch (failure) {
      this.#end('ended');
      throw failure;
    }
  }

  #start(): void {
    this.#session.assertOpen();
    this.#state = 'running';
    this.#signal?.addEventListener('abort', this.#onAbort, { once: true });
  }

  /** Also reached between two `next()`: a reader that has stopped reading must not keep the job. */
  readonly #onAbort = (): void => {
    // The reader learns of the abort itself; a scheduler that is gone needs no cancelling.
    if (this.#end('closed')) this.#native.cancel().catch(() => undefined);
  };

  /** Whether this call ended the stream, so that the job may have to be cancelled. */
  #end(state: 'ended' | 'closed'): boolean {
    if (this.#state === 'ended' || this.#state === 'closed') return false;
    const started = this.#state === 'running';
    this.#state = state;
    this.#batches.length = 0;
    this.#signal?.removeEventListener('abort', this.#onAbort);
    return started;
  }

  /** The native side takes one `next()` at a time. */
  async #inTurn<T>(task: () => Promise<T>): Promise<T> {
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
}
