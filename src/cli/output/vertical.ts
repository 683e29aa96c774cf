/**
 * Results as one block of lines for each row, for rows with many columns.
 *
 * @module
 */

import { toCell } from '../../display/cell.js';
import { TEXT_LEAVES } from '../../display/format-value.js';
import { rulerOf } from '../../display/ruler.js';
import { type CellText, type Result, textOf } from './rows.js';

/** A line `name | value` for each column of each row, as psql's expanded display. */
export async function* vertical(result: Result): AsyncGenerator<string> {
  const names = result.schema.fields.map(({ name }) => toCell(name).join(' '));
  const ruler = await rulerOf(names);
  const width = Math.max(0, ...names.map((name) => ruler.width(name)));
  const labels = names.map((name) => name + ' '.repeat(width - ruler.width(name)));
  const record = (cells: readonly CellText[], index: number): string => {
    const title = `-[ row ${index + 1} ]`;
    const lines = labels.flatMap((label, i) => {
      const [first = '', ...more] = toCell(cells[i] ?? '');
      return [`${label} | ${first}`, ...more.map((line) => `${' '.repeat(width)} | ${line}`)];
    });
    return `${[title.padEnd(width + 3, '-'), ...lines].join('\n')}\n`;
  };
  yield* textOf(result, TEXT_LEAVES, { row: record });
}
