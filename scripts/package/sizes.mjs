/**
 * The sizes of the archives, which users download, and their limits.
 *
 * @module
 */

import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Failure, root } from '../lib/shell.mjs';

/** In MB. An addon has a limit for each profile. */
const LIMITS = 'scripts/package/limits.json';

/**
 * The size of an archive in MB, with one digit after the point.
 *
 * @param {string} file relative to the checkout
 */
export function megabytes(file) {
  return Number((statSync(join(root, file)).size / 1e6).toFixed(1));
}

/**
 * Fails if an archive is larger than its limit.
 *
 * @param {readonly import('./pack.mjs').Archive[]} archives
 */
export function checkSizes(archives) {
  /** @type {{ main: number, addon: Record<string, number> }} */
  const limits = JSON.parse(readFileSync(join(root, LIMITS), 'utf8'));
  for (const { name, file, addon } of archives) {
    const limit = addon ? limits.addon[addon.profile] : limits.main;
    if (limit === undefined) throw new Failure(`${LIMITS} has no limit for ${name}`);
    if (megabytes(file) > limit)
      throw new Failure(`the archive of ${name} has ${megabytes(file)} MB, but ${LIMITS} allows ${limit} MB`);
  }
}
