/**
 * Lists of texts as a table, for commands that do not run a query.
 *
 * @module
 */

import { Table, Utf8, vectorFromArray } from 'apache-arrow';

import { drawTable, type TableOptions } from '../../display/draw-table.js';

/** The text of a table with these columns. */
export async function listText(
  columns: Readonly<Record<string, readonly string[]>>,
  limits: TableOptions = {},
): Promise<string> {
  const vectors = Object.entries(columns).map(([name, values]) => [name, vectorFromArray(values, new Utf8())]);
  const table = new Table(Object.fromEntries(vectors));
  const { text, notes } = await drawTable(table.batches, table.schema, limits);
  return `${[text, ...notes].join('\n')}\n`;
}
