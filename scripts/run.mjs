/**
 * Builds what has changed, then runs a TypeScript program:
 *
 *     node scripts/run.mjs mine.ts [arguments]
 *
 * The path may be any path. A program imports the package of this checkout as `ballista`. Programs of `bench/` and `test/` run as
 * built in `build/`, because they start other built programs.
 *
 * @module
 */

import { existsSync } from 'node:fs';
import { isAbsolute, join, relative, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from './build.mjs';
import { Failure, main, root } from './lib/shell.mjs';

main(async () => {
  const [program, ...args] = process.argv.slice(2);
  if (!program) throw new Failure('usage: node scripts/run.mjs <program.ts> [arguments]');
  const source = resolve(program);
  if (!existsSync(source)) throw new Failure(`the program ${source} does not exist`);
  await build();
  const file = built(source) ?? source;
  if (file === source) await import('./run/register.mjs');
  process.argv = [process.execPath, file, ...args];
  await import(pathToFileURL(file).href);
});

/**
 * The built file of a program of this checkout.
 *
 * @param {string} source
 */
function built(source) {
  const path = relative(root, source);
  if (isAbsolute(path) || !/^(bench|test)[\\/]/u.test(path)) return undefined;
  const file = join(root, 'build', path.replace(/\.ts$/u, '.mjs'));
  return existsSync(file) ? file : undefined;
}
