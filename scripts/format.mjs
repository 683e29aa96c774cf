/**
 * Formats both languages and applies the linter's safe fixes.
 *
 * @module
 */

import { cargo } from './cargo.mjs';
import { install } from './install.mjs';
import { main, run, tool } from './lib/shell.mjs';

main(async () => {
  await install();
  await run(process.execPath, [tool('@biomejs/biome'), 'check', '--write', '.']);
  await cargo('fmt', '--all');
});
