/**
 * The part of a context that its DataFrames and streams use.
 *
 * @module
 */

import type { ConvertOptions } from '../arrow/values/convert-options.js';
import type { SessionTracing } from './session-tracing.js';

/** The context behind a DataFrame. */
export interface SessionHandle {
  /** The default conversion options of row actions. */
  readonly convert: ConvertOptions | undefined;
  /** The spans of actions. */
  readonly tracing: SessionTracing;
  /** Abandons a native call, by the number it was started with. */
  abandon(task: number): void;
  /** @throws BallistaError `CLOSED` */
  assertOpen(): void;
}
