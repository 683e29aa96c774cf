/**
 * A function of TypeScript as it crosses to Rust and travels with plans.
 *
 * @module
 */

import type { Conversion } from '../arrow/values.js';

/** What an optimiser may assume of a function: see `UdfOptions.volatility`. */
export type Volatility = 'immutable' | 'stable' | 'volatile';

/** How a worker calls it; nobody else reads it. */
export interface CallSettings extends Pick<Conversion, 'int64' | 'decimal' | 'timestamp' | 'date'> {
  /** The name of the export. */
  readonly from: string;
  readonly batch: boolean;
  readonly skipNulls: boolean;
  readonly concurrency: number;
  readonly showArguments: boolean;
}

/** What Rust reads of it: types by name, `code` a module. */
export interface Definition {
  readonly name: string;
  readonly args: readonly string[];
  readonly returns: string;
  readonly volatility: Volatility;
  readonly timeoutMs?: number;
  /** Whether a call is the better the more rows it has: not where each row waits. */
  readonly gathers: boolean;
  readonly hash: string;
  readonly code: string;
  /** JSON of {@link CallSettings}. */
  readonly call: string;
}
