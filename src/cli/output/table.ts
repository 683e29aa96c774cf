/**
 * Results as a table for people.
 *
 * @module
 */

import type { RecordBatch } from 'apache-arrow';

import { drawTable } from '../../display/draw-table.js';
import type { Result } from './rows.js';

/** Limits of a table. */
export interface TableLimits {
  /** The most rows to show. */
  readonly maxRows: number;
  /** The width of the terminal; undefined: no limit. */
  readonly maxWidth?: number | undefined;
}

/** The table that `DataFrame.show` prints. Rows after the limit are not fetched. */
export async function* table(result: Result, limits: TableLimits): AsyncGenerator<string> {
  const batches: RecordBatch[] = [];
  let rows = 0;
  for await (const batch of result) {
    batches.push(batch);
    rows += batch.numRows;
    // One row more than shown says that there are more.
    if (rows > limits.maxRows) break;
  }
  const { text, notes } = await drawTable(batches, result.schema, limits);
  yield `${[text, ...notes].join('\n')}\n`;
}
