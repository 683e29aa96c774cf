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

/** Milliseconds; `between` runs before each, off the clock. */
export async function measure(runs: number, work: () => Promise<unknown>, between?: () => void): Promise<number[]> {
  await work(); // not measured: caches fill
  const times: number[] = [];
  for (let run = 0; run < runs; run++) {
    between?.();
    const started = performance.now();
    await work();
    times.push(performance.now() - started);
  }
  return times;
}

export const ms = (value: number): string => `${value.toFixed(value < 10 ? 1 : 0)} ms`;

/** Prints the table and keeps it in `bench/results/<name>.md`. */
export function report(name: string, about: string, table: Table): void {
  const columns = Object.keys(table[0] ?? {});
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const rows = table.map((row) => line(columns.map((column) => row[column] ?? '')));
  const text = [line(columns), line(columns.map(() => '---')), ...rows].join('\n');
  const machine = `${cpus().length} cores, Node ${process.versions.node}`;
  const page = `# ${name}\n\n${about}\n\n${text}\n\n${machine}. Made by \`npm run bench -- ${name}\`.\n`;
  console.log(page);
  mkdirSync('bench/results', { recursive: true });
  writeFileSync(`bench/results/${name}.md`, page);
}
