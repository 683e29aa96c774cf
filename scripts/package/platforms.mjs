/**
 * The platforms whose addons are published. `src/platforms.json` lists them, because the package names them in an error.
 *
 * @module
 */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../lib/shell.mjs';

/**
 * @typedef {object} Platform
 * @property {string} name such as `linux-x64-gnu`
 * @property {string} [target] the name of the platform in Rust. Without it, the package is for this machine only
 * @property {string} os the values of the fields of package.json that tell npm where a package can be installed
 * @property {string} cpu
 * @property {'glibc' | 'musl'} [libc]
 */

/** @type {Record<string, string>} */
const targets = JSON.parse(readFileSync(join(root, 'src', 'platforms.json'), 'utf8'));

/** @type {readonly Platform[]} */
export const platforms = Object.entries(targets).map(([name, target]) => ({ ...parse(name), target }));

/**
 * The package with the addon for a platform.
 *
 * @param {Platform} platform
 */
export function packageName({ name }) {
  return `ballista-${name}`;
}

/** This machine, whether its addon is published or not. */
export function host() {
  const name = [process.platform, process.arch, ...abi()].join('-');
  return platforms.find((platform) => platform.name === name) ?? parse(name);
}

function abi() {
  if (process.platform === 'win32') return ['msvc'];
  if (process.platform !== 'linux') return [];
  const { header } = /** @type {{ header: { glibcVersionRuntime?: string } }} */ (process.report.getReport());
  return [header.glibcVersionRuntime === undefined ? 'musl' : 'gnu'];
}

/**
 * @param {string} name
 * @returns {Platform}
 */
function parse(name) {
  const [os = '', cpu = '', abi] = name.split('-');
  if (abi === 'gnu') return { name, os, cpu, libc: 'glibc' };
  if (abi === 'musl') return { name, os, cpu, libc: 'musl' };
  return { name, os, cpu };
}
