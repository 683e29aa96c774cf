/**
 * The tables of a benchmark, made once by a program of `bench/stock` and kept in the target folder, so that every clone
 * shares them.
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
 * Makes the tables unless they exist; the first time, cargo compiles the program. Several processes may ask at once.
 *
 * @param {string} program its name; it is `bench/stock/src/bin/<program>.rs`
 * @param {readonly string[]} crates what generates the rows
 * @param {number} scale 1 is a gigabyte of text, a third of it as Parquet
 * @returns {Promise<string>} their folder, which holds a folder per table
 */
export async function benchmarkTables(program, crates, scale) {
  if (!(scale > 0 && scale < Infinity)) throw new Failure(`usage: node scripts/${program}.mjs <scale factor>`);
  const folder = join(targetDir, program, `sf${scale}-${generator(program, crates)}`);
  if (!existsSync(folder)) {
    // The whole workspace: see scripts/stock.mjs.
    const { executable } = await artifact(program, '--workspace', '--bins');
    if (!executable) throw new Failure('cargo did not build the program');
    await run(executable, [String(scale), folder]);
  }
  return folder;
}

/**
 * What decides the data besides the scale, as a hash: the program and the versions of its generators.
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
