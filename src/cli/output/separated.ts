/**
 * Results as CSV and TSV.
 *
 * @module
 */

import { TEXT_LEAVES } from '../../display/format-value.js';
import { type CellText, type Result, textOf } from './rows.js';

/** RFC 4180, with lines that end in `\n`. A null is an empty field, and an empty string is `""`. */
export function csv(result: Result, { header }: { readonly header: boolean }): AsyncGenerator<string> {
  return separated(result, header, ',', csvField);
}

/** One line for each row: tabs, line ends and backslashes in values are written as `\t`, `\n`, `\r` and `\\`. */
export function tsv(result: Result, { header }: { readonly header: boolean }): AsyncGenerator<string> {
  return separated(result, header, '\t', tsvField);
}

function separated(
  result: Result,
  header: boolean,
  separator: string,
  field: (cell: CellText) => string,
): AsyncGenerator<string> {
  const line = (cells: CellText[]): string => `${cells.map(field).join(separator)}\n`;
  return textOf(result, TEXT_LEAVES, {
    row: line,
    ...(header && { header: line(result.schema.fields.map(({ name }) => name)) }),
  });
}

function csvField(cell: CellText): string {
  if (cell === null) return '';
  return cell === '' || /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}

const ESCAPES: Readonly<Record<string, string>> = { '\t': '\\t', '\n': '\\n', '\r': '\\r', '\\': '\\\\' };

function tsvField(cell: CellText): string {
  return cell === null ? '' : cell.replace(/[\t\n\r\\]/g, (character) => ESCAPES[character] as string);
}
