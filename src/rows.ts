/**
 * The result of a query row by row.
 *
 * @module
 */

import type { Converter } from './arrow/values.js';
import type { RecordBatchStream } from './stream.js';

/** One array of all the parts. `flat()` takes several times as long, and `concat()` at times even more. */
export function joinArrays<T>(parts: readonly (readonly T[])[]): T[] {
  const all: T[] = [];
  for (const part of parts) for (const value of part) all.push(value);
  return all;
}

/**
 * Plain objects, one by one, in bounded memory: the next batch is fetched when the rows of the last are used up. Leaving a
 * `for await` loop, {@link cancel}, an abort and `Symbol.asyncDispose` cancel the job on the scheduler. From
 * `DataFrame.rows()`, over DataFusion's `SendableRecordBatchStream`.
 *
 * Not an async generator: that costs several times as much a row.
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

  /** @internal Made by `DataFrame.rows()`. */
  constructor(stream: RecordBatchStream, convert: () => Converter<T>) {
    this.#stream = stream;
    this.#convert = convert;
  }

  /**
   * The next row.
   *
   * @throws BallistaError `UNSAFE_INTEGER`, `SCHEMA`, and what ends the job; the reason of the signal after an abort
   */
  next(): Promise<IteratorResult<T, undefined>> {
    const value = this.#rows[this.#next];
    if (value === undefined || this.#stream.closed) return this.#refill();
    this.#next++;
    return Promise.resolve({ done: false, value });
  }

  async #refill(): Promise<IteratorResult<T, undefined>> {
    const batch = await this.#stream.next();
    // With several next() at once, rows may be left that another one fetched.
    if (batch.done) return this.#next < this.#rows.length ? this.next() : batch;
    try {
      // Appended: another next() may be waiting for rows of the batch before.
      this.#rows = [...this.#rows.slice(this.#next), ...this.#convert().rows(batch.value)];
      this.#next = 0;
    } catch (failure) {
      await this.return();
      throw failure;
    }
    return this.next();
  }

  /** Ends the iteration: the job is cancelled if it still runs. */
  async return(): Promise<IteratorResult<T, undefined>> {
    this.#rows = [];
    await this.#stream.return();
    return { done: true, value: undefined };
  }

  /**
   * Cancels the job on the scheduler and waits until it is over there. Idempotent.
   *
   * @throws BallistaError `CONNECTION` where the scheduler cannot be reached
   */
  async cancel(): Promise<void> {
    this.#rows = [];
    await this.#stream.cancel();
  }

  /** As {@link cancel}. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.cancel();
  }

  /** The stream itself: it can be iterated once. */
  [Symbol.asyncIterator](): this {
    return this;
  }
}
