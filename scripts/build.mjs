/**
 * Makes everything that a program needs to run in this checkout: the npm packages, the native addon, the files generated from
 * it, and the TypeScript. A step runs only when something has changed.
 *
 *     node scripts/build.mjs [native]
 *
 * @module
 */

import { fileURLToPath } from 'node:url';
import { checkRust } from './cargo.mjs';
import { generate } from './generate.mjs';
import { install } from './install.mjs';
import { main } from './lib/shell.mjs';
import { buildNative } from './native.mjs';
import { generateOptions } from './options.mjs';
import { generateParity } from './parity.mjs';
import { buildTypeScript } from './typescript.mjs';

/** @param {{ only?: 'native' }} [options] */
export async function build(options = {}) {
  const compiler = await checkRust();
  await install();
  await buildNative(compiler);
  if (options.only === 'native') return;
  await generate();
  await generateOptions();
  await buildTypeScript();
  await generateParity();
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  main(() => build(process.argv[2] === 'native' ? { only: 'native' } : {}));
}
