/**
 * Results as a Markdown table.
 *
 * @module
 */

import { DataType, type Schema } from 'apache-arrow';

import { toCell } from '../../display/cell.js';
import { TEXT_LEAVES } from '../../display/format-value.js';
import { type CellText, type Result, textOf } from './rows.js';

/** A table of GitHub's Markdown. Numbers are on the right. */
export function markdown(result: Result): AsyncGenerator<string> {
  return textOf(result, TEXT_LEAVES, { header: head(result.schema), row: line });
}

function head({ fields }: Schema): string {
  const rules = fields.map(({ type }) => (isNumber(type as DataType) ? '---:' : '---'));
  return `${line(fields.map(({ name }) => name))}|${rules.join('|')}|\n`;
}

function isNumber(type: DataType): boolean {
  return DataType.isInt(type) || DataType.isFloat(type) || DataType.isDecimal(type);
}

function line(cells: readonly CellText[]): string {
  return `|${cells.map((cell) => ` ${field(cell ?? '')} `).join('|')}|\n`;
}

function field(text: string): string {
  return toCell(text)
    .map((part) => part.replace(/[\\|<]/g, '\\$&'))
    .join('<br>');
}
