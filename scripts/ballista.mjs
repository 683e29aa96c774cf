/**
 * Builds what has changed, then runs the command `ballista`:
 *
 *     npm run ballista -- sql "select 1"
 *
 * @module
 */

import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from './build.mjs';
import { main, root } from './lib/shell.mjs';

main(async () => {
  await build();
  await import(pathToFileURL(join(root, 'dist', 'cli.mjs')).href);
});
