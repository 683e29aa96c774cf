/**
 * The tables of a benchmark. A program of `bench/stock` makes them once. They are kept in the target folder, so that all clones
 * share them.
 *
 * @module
 */

import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { artifact, targetDir } from '../cargo.mjs';
import { Failure, root, run } from './shell.mjs';

const SHARED = 'bench/stock/src/table_files.rs';

/**
 * Makes the tables unless they exist. The first time, cargo compiles the program. Several processes may call this at once.
 *
 * @param {string} program the name of `bench/stock/src/bin/<program>.rs`
 * @param {readonly string[]} crates the crates that generate the rows
 * @param {number} scale 1 is a gigabyte of text, or a third of this as Parquet
 * @returns {Promise<string>} the folder of the tables, with a folder for each table
 */
export async function benchmarkTables(program, crates, scale) {
  if (!(scale > 0 && scale < Infinity)) throw new Failure(`usage: node scripts/${program}.mjs <scale factor>`);
  const folder = join(targetDir, program, `sf${scale}-${generator(program, crates)}`);
  if (!existsSync(folder)) {
    // The whole workspace: see scripts/stock.mjs.
    const { executable } = await artifact(program, ['--workspace', '--bins']);
    if (!executable) throw new Failure('cargo did not build the program');
    await run(executable, [String(scale), folder]);
  }
  return folder;
}

/**
 * A hash of everything except the scale that the data depends on: the program, and the versions of its generators.
 *
 * @param {string} program
 * @param {readonly string[]} crates
 */
function generator(program, crates) {
  const sources = [SHARED, `bench/stock/src/bin/${program}.rs`].map((path) => readFileSync(join(root, path), 'utf8'));
  const lock = readFileSync(join(root, 'Cargo.lock'), 'utf8');
  const versions = crates.map((crate) => {
    const [version] = lock.match(new RegExp(`name = "${crate}"\r?\nversion = .*`)) ?? [];
    if (!version) throw new Failure(`the crate ${crate} is not in Cargo.lock`);
    return version;
  });
  return createHash('sha256')
    .update([...sources, ...versions].join('\0'))
    .digest('hex')
    .slice(0, 12);
}
