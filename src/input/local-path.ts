/**
 * Local paths, and how they differ from URLs.
 *
 * @module
 */

import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

import { invalid } from '../errors.js';
import { describe } from './describe.js';

/** Whether a string is a URL and not a path. A scheme has at least two letters: one letter is a drive. */
export function isUrl(text: string): boolean {
  return /^[a-z][a-z0-9+.-]+:\/\//iu.test(text);
}

/**
 * Converts a path or a `file:` URL to an absolute path, because the addon and other processes may have another working
 * directory.
 *
 * @param where - the name of the value, for the error
 * @throws BallistaError `INVALID_ARGUMENT`
 */
export function toLocalPath(path: string | URL, where: string): string {
  if (typeof path === 'string' && path !== '' && !path.includes('\0')) return resolve(path);
  if (!(path instanceof URL)) {
    const given =
      path === '' ? 'an empty string' : typeof path === 'string' ? 'a string with a NUL character' : describe(path);
    throw invalid(`${where} must be a path or a file: URL, not ${given}.`);
  }
  try {
    return fileURLToPath(path);
  } catch (cause) {
    throw invalid(`${where} must be a path or a file: URL on this machine.`, cause);
  }
}
