/**
 * Makes the tables of TPC-H as Parquet files, once. Prints their folder, which has a folder for each table:
 *
 *     node scripts/tpch.mjs 0.1
 *
 * @module
 */

import { fileURLToPath } from 'node:url';
import { benchmarkTables } from './lib/benchmark-tables.mjs';
import { main } from './lib/shell.mjs';

/**
 * @param {number} scale 1 is a gigabyte of text, or a third of this as Parquet
 * @returns {Promise<string>} the folder of the tables
 */
export function tpch(scale) {
  return benchmarkTables('tpch', ['tpchgen', 'tpchgen-arrow'], scale);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  main(async () => console.log(await tpch(Number(process.argv[2]))));
}
