import { readFileSync, writeFileSync } from 'node:fs';

/** The rows of a table as cells by column. */
export type Rows = readonly Readonly<Record<string, string>>[];

export function markdown(rows: Rows): string {
  const columns = Object.keys(rows[0] ?? {});
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const cell = (text = '') => text.replaceAll('|', '\\|').replaceAll('\n', ' ');
  const body = rows.map((row) => line(columns.map((column) => cell(row[column]))));
  return [line(columns), line(columns.map(() => '---')), ...body].join('\n');
}

/** Replaces what a page has between `<!-- name -->` and `<!-- /name -->`. */
export function writeBetween(page: string, name: string, text: string): void {
  const before = readFileSync(page, 'utf8');
  const [start, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const [from, to] = [before.indexOf(start), before.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`${page} has no place for the table "${name}"`);
  writeFileSync(page, `${before.slice(0, from + start.length)}\n\n${text}\n\n${before.slice(to)}`);
}

/** The page that has the results of the programs. */
export const RELIABILITY = 'docs/reliability.md';
