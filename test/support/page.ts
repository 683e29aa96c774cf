export { writeBetween } from '../../scripts/lib/write-between.mjs';

/** The rows of a table as cells by column. */
export type Rows = readonly Readonly<Record<string, string>>[];

export function markdown(rows: Rows): string {
  const columns = Object.keys(rows[0] ?? {});
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const cell = (text = '') => text.replaceAll('|', '\\|').replaceAll('\n', ' ');
  const body = rows.map((row) => line(columns.map((column) => cell(row[column]))));
  return [line(columns), line(columns.map(() => '---')), ...body].join('\n');
}

/** The page that has the results of the programs. */
export const RELIABILITY = 'docs/reliability.md';
