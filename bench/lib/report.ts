import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';

/** Columns of a report; the first one names the row. */
export type Table = readonly Record<string, string>[];

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const [low, high] = [sorted[Math.ceil(sorted.length / 2) - 1], sorted[middle]];
  if (low === undefined || high === undefined) throw new RangeError('no values to take the median of');
  return (low + high) / 2;
}

/** Milliseconds. */
export async function measure(runs: number, work: () => Promise<unknown>): Promise<number[]> {
  await work(); // not measured: caches fill
  const times: number[] = [];
  for (let run = 0; run < runs; run++) {
    const started = performance.now();
    await work();
    times.push(performance.now() - started);
  }
  return times;
}

export const ms = (value: number): string => `${grouped(value, value < 10 ? 1 : 0)} ms`;

/** With a comma at thousands. */
export function grouped(value: number, digits = 0): string {
  return value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

/** How a report is kept. */
export interface Keeping {
  /** Absent: `npm run bench -- <name>`. */
  command?: string;
  /** Whether it is written to `bench/results/<name>.md`, and not only printed. Default `true`. */
  keep?: boolean;
}

/** Prints paragraphs and tables, and keeps them in `bench/results/<name>.md`. */
export function report(name: string, parts: readonly (string | Table)[], keeping: Keeping = {}): void {
  const { command = `npm run bench -- ${name}`, keep = true } = keeping;
  const body = parts.map((part) => (typeof part === 'string' ? part : markdown(part)));
  const machine = `${cpus().length} cores, Node ${process.versions.node}. Made by \`${command}\`.`;
  const page = `${[`# ${name}`, ...body, machine].join('\n\n')}\n`;
  console.log(page);
  if (!keep) return;
  mkdirSync('bench/results', { recursive: true });
  writeFileSync(`bench/results/${name}.md`, page);
}

function markdown(table: Table): string {
  const columns = Object.keys(table[0] ?? {});
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const rows = table.map((row) => line(columns.map((column) => row[column] ?? '')));
  return [line(columns), line(columns.map(() => '---')), ...rows].join('\n');
}
