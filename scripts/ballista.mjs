/**
 * Builds what has changed, then runs the command `ballista`:
 *
 *     npm run ballista -- sql "select count(*) from 'flights.parquet'"
 *
 * Relative paths begin at the folder where npm was called.
 *
 * @module
 */

import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from './build.mjs';
import { main, root } from './lib/shell.mjs';

main(async () => {
  await build();
  // npm has changed to the checkout.
  process.chdir(process.env.INIT_CWD ?? process.cwd());
  await import(pathToFileURL(join(root, 'dist', 'cli.mjs')).href);
});
