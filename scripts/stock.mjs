/**
 * Builds and runs the Rust program `bench/stock`: stock Ballista, for tests and benchmarks.
 *
 *     node scripts/stock.mjs serve
 *
 * @module
 */

import { spawn } from 'node:child_process';
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { artifact, checkRust, PROFILE } from './cargo.mjs';
import { kept } from './lib/kept.mjs';
import { Failure, main } from './lib/shell.mjs';

/** The program uses nothing of the addon, but shares the features of its dependencies. */
const INPUTS = ['bench/stock', 'native/Cargo.toml', 'Cargo.toml', 'Cargo.lock'];

main(async () => {
  const name = process.platform === 'win32' ? 'stock.exe' : 'stock';
  const folder = await kept('stock', { inputs: INPUTS, extra: [await checkRust(), PROFILE] }, async (folder) => {
    // Builds the whole workspace: cargo joins the features of crates that it builds together. If it built only the program, it
    // would compile every dependency again.
    const { executable } = await artifact('stock', ['--workspace', '--bins']);
    if (!executable) throw new Failure('cargo did not build the program');
    copyFileSync(executable, join(folder, name));
  });
  const child = spawn(join(folder, name), process.argv.slice(2), { stdio: 'inherit' });
  child.once('exit', (code) => process.exit(code ?? 1));
});
