import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Folders of Parquet files, by table name. */
export type Tables = Readonly<Record<string, string>>;

/** The TPC-H tables at a scale factor. They are generated if they do not exist yet, which may take minutes. */
export function tpchTables(scale: number): Tables {
  const output = execFileSync(process.execPath, ['scripts/tpch.mjs', String(scale)], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const folder = output.trim().split('\n').at(-1) ?? '';
  return Object.fromEntries(readdirSync(folder).map((name) => [name, join(folder, name)]));
}

/** The SQL of a TPC-H query. */
export function tpchQuery(number: number): string {
  return readFileSync(`test/tpch/queries/q${String(number).padStart(2, '0')}.sql`, 'utf8');
}

/** The query numbers, 1 to 22. */
export const TPCH_NUMBERS: readonly number[] = Array.from({ length: 22 }, (_, index) => index + 1);

/** A small query: 25 rows. */
export const NATIONS = 'SELECT n_regionkey, count(*) AS n FROM nation GROUP BY n_regionkey';
