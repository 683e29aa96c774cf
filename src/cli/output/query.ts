/**
 * A query whose result is written.
 *
 * @module
 */

import type { ActionOptions, DataFrame } from 'ballista';

/** A query that can be encoded. */
export interface Query {
  readonly frame: DataFrame;
  /** Whether it runs in this process, so that files that it writes are on this machine. */
  readonly local: boolean;
  /** The options of its actions: what cancels it, and who hears of its progress. */
  readonly action: ActionOptions;
  /** Is called with the number of rows of each batch. */
  readonly onRows: (rows: number) => void;
}
