/**
 * The definition of a TypeScript UDF, as sent to Rust and as part of plans.
 *
 * @module
 */

import type { Conversion } from '../arrow/values/convert-options.js';

/** What the optimiser may assume about a function; see `UdfOptions.volatility`. */
export type Volatility = 'immutable' | 'stable' | 'volatile';

/** How a worker calls the function. Only workers read it. */
export interface CallSettings extends Pick<Conversion, 'int64' | 'decimal' | 'timestamp' | 'date'> {
  /** The name of the export. */
  readonly from: string;
  readonly batch: boolean;
  readonly skipNulls: boolean;
  readonly concurrency: number;
  /** For batch functions: the maximum number of rows per call. */
  readonly batchSize?: number;
  readonly showArguments: boolean;
  /** For aggregates: whether the state has an Arrow type. */
  readonly typed?: boolean;
}

/** The kind of function in the engine. */
export type Kind = 'scalar' | 'aggregate' | 'window' | 'table';

/** The part of a function to call; absent for the whole function. See native/src/udf/function/{groups,window,table_scan}.rs. */
export type Part = 'update' | 'merge' | 'finish' | 'over' | 'rows';

/** The fields that Rust reads. Types are given by name; `code` is a module. */
export interface Definition {
  readonly kind: Kind;
  readonly name: string;
  readonly args: readonly string[];
  readonly returns: string;
  /** For aggregates: the type of the state. */
  readonly state?: string;
  /** In the definition that a worker gets: the part to call. */
  readonly part?: Part;
  readonly volatility: Volatility;
  readonly timeoutMs?: number;
  /** Whether larger batches make calls cheaper. False if each row waits separately. */
  readonly gathers: boolean;
  /** The hash of `code`, `origin` and `values`, which may be sent separately. */
  readonly module: string;
  readonly code: string;
  /** The captured values, in base64. */
  readonly values?: string;
  /** JSON of `Origin`: the source location of the code. */
  readonly origin?: string;
  /** JSON of {@link CallSettings}. */
  readonly call: string;
}
