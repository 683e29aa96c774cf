/**
 * Installs the npm packages if those that are installed differ from the lock file.
 *
 * @module
 */

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Failure, npm, root } from './lib/shell.mjs';

/** The development tools need this version. The package itself runs on every Node 20. */
const OLDEST_NODE = [20, 19];

/**
 * @param {string} [folder] with a package.json and its lock, relative to the checkout
 */
export async function install(folder = '.') {
  checkNode();
  const path = join(root, folder);
  if (isInstalled(path)) return;
  console.error(`Installing the npm packages of ${folder === '.' ? 'the project' : folder}`);
  // `npm ci` rejects lock files without the optional packages of other platforms, and this one may lack them.
  await npm(['install', '--no-save', '--no-audit', '--no-fund', '--loglevel=error'], path);
}

function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const [oldestMajor = 0, oldestMinor = 0] = OLDEST_NODE;
  if (major < oldestMajor || (major === oldestMajor && minor < oldestMinor)) {
    throw new Failure(`Node ${OLDEST_NODE.join('.')} or newer is needed, but this is Node ${process.versions.node}.`);
  }
}

/**
 * npm writes `node_modules/.package-lock.json` at the end of every install. It lists what is installed.
 *
 * @param {string} folder
 */
function isInstalled(folder) {
  const present = packages(join(folder, 'node_modules', '.package-lock.json'));
  const wanted = packages(join(folder, 'package-lock.json'));
  return Object.entries(wanted).every(([path, { version, integrity, optional }]) => {
    if (path === '') return true;
    const found = present[path];
    return found ? found.version === version && found.integrity === integrity : optional;
  });
}

/**
 * @param {string} lockFile
 * @returns {Record<string, { version?: string, integrity?: string, optional?: boolean }>}
 */
function packages(lockFile) {
  return existsSync(lockFile) ? JSON.parse(readFileSync(lockFile, 'utf8')).packages : {};
}
