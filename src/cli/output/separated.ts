/**
 * Results as CSV and TSV.
 *
 * @module
 */

import { TEXT_LEAVES } from '../../display/format-value.js';
import { type CellText, type Result, textOf } from './rows.js';

/** RFC 4180, with lines that end in `\n`. A null is an empty field, or `""` in a result with one column. An empty string is `""`. */
export function csv(result: Result, { header }: { readonly header: boolean }): AsyncGenerator<string> {
  return separated(result, header, ',');
}

/** As {@link csv}, with tabs between the fields. */
export function tsv(result: Result, { header }: { readonly header: boolean }): AsyncGenerator<string> {
  return separated(result, header, '\t');
}

function separated(result: Result, header: boolean, separator: ',' | '\t'): AsyncGenerator<string> {
  const special = new RegExp(`["\r\n${separator}]`);
  // Readers skip empty lines.
  const none = result.schema.fields.length === 1 ? '""' : '';
  const field = (cell: CellText): string => {
    if (cell === null) return none;
    return cell === '' || special.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
  };
  const line = (cells: CellText[]): string => `${cells.map(field).join(separator)}\n`;
  return textOf(result, TEXT_LEAVES, {
    row: line,
    ...(header && { header: line(result.schema.fields.map(({ name }) => name)) }),
  });
}
