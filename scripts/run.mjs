/**
 * Builds what has changed, then runs a program of `examples/`, `bench/` or `test/`:
 *
 *     node scripts/run.mjs examples/quickstart.ts [arguments]
 *
 * @module
 */

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from './build.mjs';
import { Failure, main, root } from './lib/shell.mjs';

main(async () => {
  const [program, ...args] = process.argv.slice(2);
  if (!program) throw new Failure('usage: node scripts/run.mjs <program.ts> [arguments]');
  if (!existsSync(join(root, program))) throw new Failure(`the program ${program} does not exist`);
  await build();
  const file = join(root, 'build', program.replace(/\.ts$/, '.mjs'));
  process.argv = [process.execPath, file, ...args];
  await import(pathToFileURL(file).href);
});
