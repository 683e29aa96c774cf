/**
 * Makes the tables of TPC-DS as Parquet files, and its 99 queries, once. Prints both folders:
 *
 *     node scripts/tpcds.mjs 1
 *
 * The first one has a folder for each table, the second one has `q01.sql` to `q99.sql`. The licence of the queries does not allow
 * copies in this repository, so they come from DuckDB's extension `tpcds`, a package of PyPI.
 *
 * @module
 */

import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { targetDir } from './cargo.mjs';
import { benchmarkTables } from './lib/benchmark-tables.mjs';
import { PYTHON, pipInstall } from './lib/python.mjs';
import { capture, Failure, main } from './lib/shell.mjs';

/** The newest version of DuckDB whose extension is on PyPI. */
const DUCKDB = '1.5.5';
const PACKAGES = [`duckdb==${DUCKDB}`, `duckdb-extension-tpcds==${DUCKDB}`];

/**
 * @param {number} scale 1 is a gigabyte of text, or a third of this as Parquet
 * @returns {Promise<string>} the folder of the tables
 */
export function tpcdsTables(scale) {
  return benchmarkTables('tpcds', ['tpcdsgen', 'tpcdsgen-arrow'], scale);
}

/**
 * The queries, with the parameters that the specification uses to validate them. If a query has two statements, only the first
 * one is used.
 *
 * @returns {Promise<string>} the folder of the queries
 */
export async function tpcdsQueries() {
  const folder = join(targetDir, 'tpcds', `queries-duckdb-${DUCKDB}`);
  if (existsSync(folder)) return folder;
  const temporary = `${folder}.${process.pid}.tmp`;
  const packages = join(temporary, 'packages');
  try {
    mkdirSync(packages, { recursive: true });
    for (const [name, text] of Object.entries(await fromDuckDb(packages))) writeFileSync(join(temporary, name), text);
    rmSync(packages, { recursive: true });
    renameSync(temporary, folder);
  } catch (error) {
    rmSync(temporary, { recursive: true, force: true });
    if (!existsSync(folder)) throw error;
  }
  return folder;
}

/**
 * @param {string} packages an empty folder, to install in
 * @returns {Promise<Record<string, string>>} the text of each query by the name of its file
 */
async function fromDuckDb(packages) {
  await pipInstall(packages, PACKAGES, 'get the queries of TPC-DS');
  const output = await capture(PYTHON, ['scripts/tpcds-queries.py'], { env: { PYTHONPATH: packages } });
  const queries = JSON.parse(output ?? '{}');
  const count = Object.keys(queries).length;
  if (count !== 99) throw new Failure(`DuckDB's extension has ${count} queries, expected 99`);
  return queries;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  main(async () => {
    console.log(await tpcdsTables(Number(process.argv[2])));
    console.log(await tpcdsQueries());
  });
}
