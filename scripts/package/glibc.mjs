/**
 * The versions of glibc that a library for Linux needs.
 *
 * @module
 */

import { capture, Failure } from '../lib/shell.mjs';

/**
 * The newest version of glibc whose symbols a library uses: the oldest one that can load it.
 *
 * @param {string} file
 * @returns {Promise<string>} such as `2.28`
 */
export async function neededGlibc(file) {
  const output = await capture('readelf', ['--version-info', '--wide', file]);
  if (output === undefined) throw new Failure('readelf was not found, but it reads which glibc the addon needs');
  const versions = [...output.matchAll(/\bGLIBC_(\d+(?:\.\d+)+)/g)].map(([, version = '']) => version);
  const newest = versions.sort(compareVersions).at(-1);
  if (newest === undefined) throw new Failure(`${file} names no version of glibc`);
  return newest;
}

/**
 * @param {string} a
 * @param {string} b
 */
export function compareVersions(a, b) {
  return a.localeCompare(b, 'en', { numeric: true });
}
