/**
 * The tables of TPC-H as Parquet files, made once; prints their folder, which holds a folder per table:
 *
 *     node scripts/tpch.mjs 0.1
 *
 * They lie in the target folder, so that every clone shares them. Several processes may ask at the same time.
 *
 * @module
 */

import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { artifact, targetDir } from './cargo.mjs';
import { Failure, main, root, run } from './lib/shell.mjs';

const PROGRAM = 'bench/stock/src/bin/tpch.rs';

/**
 * Makes the tables unless they are there; the first time, cargo compiles what makes them.
 *
 * @param {number} scale 1 is a gigabyte of text, a third of it as Parquet
 * @returns {Promise<string>} their folder
 */
export async function tpch(scale) {
  if (!(scale > 0 && scale < Infinity)) throw new Failure('usage: node scripts/tpch.mjs <scale factor>');
  const folder = join(targetDir, 'tpch', `sf${scale}-${generator()}`);
  if (!existsSync(folder)) {
    // The whole workspace: see scripts/stock.mjs.
    const { executable } = await artifact('tpch', '--workspace', '--bins');
    if (!executable) throw new Failure('cargo built no program');
    await run(executable, [String(scale), folder]);
  }
  return folder;
}

/** What decides the data besides the scale, as a hash: the program and the versions of its generators. */
function generator() {
  const program = readFileSync(join(root, PROGRAM), 'utf8');
  const lock = readFileSync(join(root, 'Cargo.lock'), 'utf8');
  const crates = lock.match(/name = "tpchgen(-arrow)?"\r?\nversion = .*/g) ?? [];
  if (crates.length !== 2) throw new Failure('Cargo.lock does not tell the versions of tpchgen and tpchgen-arrow');
  return createHash('sha256')
    .update([program, ...crates].join('\0'))
    .digest('hex')
    .slice(0, 12);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  main(async () => console.log(await tpch(Number(process.argv[2]))));
}
