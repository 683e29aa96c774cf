/**
 * A query result as a stream of rows.
 *
 * @module
 */

import type { Converter } from '../../arrow/values/values.js';
import type { RecordBatchStream } from './record-batch-stream.js';

/** Joins arrays. `flat()` takes several times as long, and `concat()` sometimes even longer. */
export function joinArrays<T>(parts: readonly (readonly T[])[]): T[] {
  const all: T[] = [];
  for (const part of parts) for (const value of part) all.push(value);
  return all;
}

/**
 * A stream of plain objects, in bounded memory: only some megabytes are fetched ahead of the reader. Leaving a `for await`
 * loop, {@link cancel}, an abort and `Symbol.asyncDispose` all cancel the query, and its job on the scheduler. From
 * `DataFrame.rows()`, over DataFusion's `SendableRecordBatchStream`.
 *
 * Not an async generator, which costs several times as much per row.
 *
 * @example
 * ```ts
 * for await (const row of df.rows()) {
 *   console.log(row);
 *   break; // cancels the job
 * }
 * ```
 */
export class RowStream<T extends object> implements AsyncIterableIterator<T>, AsyncDisposable {
  readonly #stream: RecordBatchStream;
  readonly #convert: () => Converter<T>;
  #rows: T[] = [];
  #next = 0;

  /** @internal Created by `DataFrame.rows()`. */
  constructor(stream: RecordBatchStream, convert: () => Converter<T>) {
    this.#stream = stream;
    this.#convert = convert;
  }

  /**
   * The next row.
   *
   * @throws BallistaError `UNSAFE_INTEGER`, `SCHEMA`, and the error that ended the job; the reason of the signal after an abort
   */
  next(): Promise<IteratorResult<T, undefined>> {
    const value = this.#rows[this.#next];
    if (value === undefined || this.#stream.closed) return this.#refill();
    this.#next++;
    return Promise.resolve({ done: false, value });
  }

  async #refill(): Promise<IteratorResult<T, undefined>> {
    const batch = await this.#stream.next();
    // With concurrent next() calls, rows that another call fetched may be left.
    if (batch.done) return this.#next < this.#rows.length ? this.next() : batch;
    try {
      // Append: another next() may still wait for rows of the previous batch.
      this.#rows = [...this.#rows.slice(this.#next), ...this.#convert().rows(batch.value)];
      this.#next = 0;
    } catch (failure) {
      await this.return();
      throw failure;
    }
    return this.next();
  }

  /** Ends the iteration and cancels the job if it still runs. */
  async return(): Promise<IteratorResult<T, undefined>> {
    this.#rows = [];
    await this.#stream.return();
    return { done: true, value: undefined };
  }

  /**
   * Cancels the job on the scheduler and waits until it has stopped. Idempotent.
   *
   * @throws BallistaError `CONNECTION` if the scheduler cannot be reached
   */
  async cancel(): Promise<void> {
    this.#rows = [];
    await this.#stream.cancel();
  }

  /** Same as {@link cancel}. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.cancel();
  }

  /** Returns the stream itself. It can be iterated only once. */
  [Symbol.asyncIterator](): this {
    return this;
  }
}
