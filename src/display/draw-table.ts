/**
 * Draws results as the ASCII table that DataFusion prints.
 *
 * The table libraries on npm cannot reproduce DataFusion's layout (left-aligned, one rule under the header, none between
 * rows). Only the width of text comes from a library, because it is hard to compute.
 *
 * @module
 */

import type { DataType, RecordBatch, Schema } from 'apache-arrow';

import { type Cell, toCell } from './cell.js';
import { fitColumns, GAP } from './fit.js';
import { formatter } from './format-value.js';
import { type Ruler, rulerOf } from './ruler.js';

/** Limits of a table. */
export interface TableOptions {
  /** The maximum number of rows to draw. Default: all. */
  maxRows?: number | undefined;
  /** The maximum width of the table, in terminal cells. Default: unlimited. */
  maxWidth?: number | undefined;
}

/** A drawn table. */
interface DrawnTable {
  readonly text: string;
  /** What was left out, one sentence per line. */
  readonly notes: readonly string[];
}

/** Cells are not cut below the first width. Column names up to the second width are not cut at all. */
const [LEAST_CELL, MOST_HEADER] = [8, 24];

/** Draws batches as a table. */
export async function drawTable(
  batches: readonly RecordBatch[],
  schema: Schema,
  { maxRows = Infinity, maxWidth }: TableOptions = {},
): Promise<DrawnTable> {
  const notes: string[] = [];
  const total = batches.reduce((sum, batch) => sum + batch.numRows, 0);
  const columns = schema.fields.map((field, i) => [
    toCell(field.name),
    ...columnCells(batches, i, field.type as DataType, Math.min(total, maxRows)),
  ]);
  if (total > maxRows) notes.push(`(the first ${maxRows} rows; there are more)`);
  const ruler = await rulerOf(columns.flat(2));
  const cellWidth = (cell: Cell): number => Math.max(0, ...cell.map((line) => ruler.width(line)));
  const widths = columns.map(([header = [], ...cells]) => {
    const full = cells.reduce((width, cell) => Math.max(width, cellWidth(cell)), cellWidth(header));
    return { full, least: Math.min(full, Math.max(LEAST_CELL, Math.min(MOST_HEADER, cellWidth(header)))) };
  });
  const fitted = fitColumns(widths, maxWidth);
  const kept = fitted.columns.map((column) => ({
    width: column.width,
    cells:
      column.index === GAP
        ? (columns[0] ?? []).map((): Cell => ['…'])
        : (columns[column.index] as Cell[]).map((cell) => cell.map((line) => ruler.clip(line, column.width))),
  }));
  if (fitted.hidden.length > 0) {
    const names = fitted.hidden.map((i) => schema.fields[i]?.name).join(', ');
    notes.push(
      `(${fitted.hidden.length} of ${columns.length} columns left out to fit the terminal: ${ruler.clip(names, 200)})`,
    );
  }
  if (fitted.cut) notes.push('(… marks text cut to fit the terminal)');
  return { text: draw(kept, ruler), notes };
}

function columnCells(batches: readonly RecordBatch[], index: number, type: DataType, limit: number): Cell[] {
  const bind = formatter(type);
  const cells: Cell[] = [];
  for (const batch of batches) {
    const data = batch.data.children[index];
    if (!data || cells.length >= limit) break;
    const read = bind(data);
    for (let row = 0; row < batch.numRows && cells.length < limit; row++) cells.push(toCell(read(row)));
  }
  return cells;
}

function draw(columns: readonly { width: number; cells: readonly Cell[] }[], ruler: Ruler): string {
  const pad = (text: string, width: number): string => text + ' '.repeat(Math.max(0, width - ruler.width(text)));
  const rule = `+${columns.map(({ width }) => '-'.repeat(width + 2)).join('+')}+`;
  const rows = columns[0]?.cells.length ?? 0;
  const lines = [rule];
  for (let row = 0; row < rows; row++) {
    const height = Math.max(...columns.map(({ cells }) => cells[row]?.length ?? 0));
    for (let line = 0; line < height; line++) {
      lines.push(`|${columns.map(({ width, cells }) => ` ${pad(cells[row]?.[line] ?? '', width)} `).join('|')}|`);
    }
    if (row === 0) lines.push(rule);
  }
  lines.push(rule);
  return lines.join('\n');
}
