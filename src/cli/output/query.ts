/**
 * A query whose result is written.
 *
 * @module
 */

import type { DataFrame } from 'ballista';

/** A query that can be encoded. */
export interface Query {
  readonly frame: DataFrame;
  /** Whether it runs in this process, so that files that it writes are on this machine. */
  readonly local: boolean;
  readonly signal: AbortSignal;
  /** Is called with the number of rows of each batch. */
  readonly onRows: (rows: number) => void;
}
