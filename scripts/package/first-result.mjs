/**
 * Installs the packed packages in an empty folder, as a user does, and runs a first query:
 *
 *     node scripts/package/first-result.mjs [archive …]
 *
 * Without arguments, it takes the archives in `build/packages` for this machine.
 *
 * @module
 */

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { capture, Failure, main, npm, root } from '../lib/shell.mjs';
import { ownManifest } from './manifests.mjs';
import { host, packageName } from './platforms.mjs';

const PROGRAM = `
import { SessionContext } from 'ballista';
const ctx = SessionContext.local();
console.log(await (await ctx.sql('SELECT 1 AS one')).toArray());
await ctx.close();
`;

const RESULT = '[ { one: 1n } ]';

/**
 * @typedef {object} Times
 * @property {number} installed milliseconds from the empty folder to the end of the installation
 * @property {number} result milliseconds from the empty folder to the first result
 */

/**
 * @param {string} folder an empty or missing folder
 * @param {readonly string[]} archives
 * @returns {Promise<Times>}
 */
export async function firstResult(folder, archives) {
  const start = performance.now();
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
  const quiet = ['--no-audit', '--no-fund', '--loglevel=error'];
  // The peer dependency apache-arrow comes from npm's cache if it is there.
  await npm(['install', '--prefer-offline', ...quiet, ...archives.map((file) => resolve(root, file))], folder);
  const installed = performance.now() - start;
  writeFileSync(join(folder, 'first.mjs'), PROGRAM);
  const output = await capture(process.execPath, ['first.mjs'], { cwd: folder });
  if (output?.trim() !== RESULT) throw new Failure(`the first query printed ${output}`);
  return { installed, result: performance.now() - start };
}

/** @param {Times} times */
export function describeTimes({ installed, result }) {
  const seconds = (/** @type {number} */ ms) => `${(ms / 1000).toFixed(1)} s`;
  return `from an empty folder to the first result: ${seconds(result)}, of which npm install takes ${seconds(installed)}`;
}

/** The archives in `build/packages` that this machine installs. */
function ownArchives() {
  const { name, version } = ownManifest();
  return [name, packageName(host())].map((name) => `build/packages/${name}-${version}.tgz`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  main(async () => {
    const archives = process.argv.slice(2);
    const folder = mkdtempSync(join(tmpdir(), 'ballista-install-'));
    try {
      console.log(describeTimes(await firstResult(folder, archives.length > 0 ? archives : ownArchives())));
    } finally {
      rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
    }
  });
}
