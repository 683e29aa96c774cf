/**
 * Checks the files of `deploy/`: what only this project knows, and with linters and validators from the registries.
 *
 *     npm run deploy:check
 *
 * @module
 */

import { build } from './build.mjs';
import { main } from './lib/shell.mjs';

main(async () => {
  await build();
  // They need packages.
  const [{ ownChecks }, { toolChecks }] = await Promise.all([
    import('./deploy/own-checks.mjs'),
    import('./deploy/tools.mjs'),
  ]);
  const own = await ownChecks();
  console.error('  settings, ports and metrics: no complaint');
  console.log(`${own + (await toolChecks())} passed, 0 failed`);
});
