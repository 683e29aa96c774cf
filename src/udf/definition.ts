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
  /** Of a function of batches: the most rows of a call. */
  readonly batchSize?: number;
  readonly showArguments: boolean;
  /** Of an aggregate: whether its state is a value of an Arrow type. */
  readonly typed?: boolean;
}

/** What of the engine a function is. */
export type Kind = 'scalar' | 'aggregate' | 'window' | 'table';

/** Which part of a function is called, if not all of it: see native/src/udf/{groups,window,table}.rs. */
export type Part = 'update' | 'merge' | 'finish' | 'over' | 'rows';

/** What Rust reads of it: types by name, `code` a module. */
export interface Definition {
  readonly kind: Kind;
  readonly name: string;
  readonly args: readonly string[];
  readonly returns: string;
  /** Of an aggregate: the type of its state. */
  readonly state?: string;
  /** Of what a worker is called with. */
  readonly part?: Part;
  readonly volatility: Volatility;
  readonly timeoutMs?: number;
  /** Whether a call is the better the more rows it has: not where each row waits. */
  readonly gathers: boolean;
  readonly hash: string;
  /** Names `code`, `origin` and `values`, which may travel by themselves. */
  readonly module: string;
  readonly code: string;
  /** Values that the code captures, in base64. */
  readonly values?: string;
  /** JSON of `Origin`: where the code is from. */
  readonly origin?: string;
  /** JSON of {@link CallSettings}. */
  readonly call: string;
}
