import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Folders of Parquet files, by the names of their tables. */
export type Tables = Readonly<Record<string, string>>;

/** The tables of TPC-H at a scale; made the first time, which may take minutes. */
export function tpchTables(scale: number): Tables {
  const output = execFileSync(process.execPath, ['scripts/tpch.mjs', String(scale)], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const folder = output.trim().split('\n').at(-1) ?? '';
  return Object.fromEntries(readdirSync(folder).map((name) => [name, join(folder, name)]));
}

/** The text of a query of TPC-H. */
export function tpchQuery(number: number): string {
  return readFileSync(`test/tpch/queries/q${String(number).padStart(2, '0')}.sql`, 'utf8');
}

/** From 1 to 22. */
export const TPCH_NUMBERS: readonly number[] = Array.from({ length: 22 }, (_, index) => index + 1);

/** A small query: 25 rows. */
export const NATIONS = 'SELECT n_regionkey, count(*) AS n FROM nation GROUP BY n_regionkey';
