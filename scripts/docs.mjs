/**
 * Builds the documentation site:
 *
 *     npm run docs
 *
 * @module
 */

import { fileURLToPath } from 'node:url';
import { install } from './install.mjs';
import { main } from './lib/shell.mjs';

export async function docs() {
  await install();
  const { buildSite } = await import('./docs/site.mjs');
  await buildSite();
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  main(docs);
}
