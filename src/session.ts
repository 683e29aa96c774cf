/**
 * What a DataFrame and a stream need to know of the context they belong to.
 *
 * @module
 */

import type { ConvertOptions } from './arrow/values.js';

/** The context behind a DataFrame. */
export interface Session {
  /** The defaults of row actions. */
  readonly convert: ConvertOptions | undefined;
  /** Gives up a native call by the number it was started with. */
  abandon(task: number): void;
  /** @throws BallistaError `CLOSED` */
  assertOpen(): void;
}

/** Options of every action. */
export interface ActionOptions {
  /** Aborts the action: it rejects with the reason of the signal, and the job is cancelled on the scheduler. */
  signal?: AbortSignal | undefined;
}
