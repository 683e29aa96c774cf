/**
 * Builds and runs the Rust program `bench/stock`: stock Ballista, for tests and benchmarks.
 *
 *     node scripts/stock.mjs serve
 *
 * @module
 */

import { spawn } from 'node:child_process';
import { artifact } from './cargo.mjs';
import { Failure, main } from './lib/shell.mjs';

main(async () => {
  // Builds the whole workspace: cargo joins the features of crates that it builds together. If it built only the program, it
  // would compile every dependency again.
  const { executable } = await artifact('stock', ['--workspace', '--bins']);
  if (!executable) throw new Failure('cargo did not build the program');
  const child = spawn(executable, process.argv.slice(2), { stdio: 'inherit' });
  child.once('exit', (code) => process.exit(code ?? 1));
});
