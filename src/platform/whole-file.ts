/**
 * Writes files atomically.
 *
 * @module
 */

import { open, realpath, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { BallistaError, invalid } from '../errors.js';
import { describe } from '../input/describe.js';

/**
 * Converts the path of a local file.
 *
 * @throws BallistaError `INVALID_ARGUMENT`
 */
export function toFilePath(path: string | URL, where: string): string {
  if (typeof path === 'string' && path !== '') return path;
  if (path instanceof URL && path.protocol === 'file:') return fileURLToPath(path);
  const what = path === '' ? 'an empty string' : path instanceof URL ? path.href : describe(path);
  throw invalid(`${where} takes the path of a file, as a string or a file: URL, not ${what}.`);
}

/**
 * Writes a file next to its target and renames it, so that readers see either the old file or the complete new one.
 *
 * @throws BallistaError `IO`
 */
export async function writeWhole(path: string, content: string | Uint8Array): Promise<void> {
  try {
    // Keep a link as a link; a device or a folder is not replaced.
    const target = await realpath(path).catch(() => path);
    const known = await stat(target).catch(() => undefined);
    if (known && !known.isFile()) throw new Error(`${path} exists, but is not a file.`);
    await replace(target, content);
  } catch (cause) {
    throw new BallistaError('IO', `The file cannot be written: ${(cause as Error).message}`, { cause });
  }
}

async function replace(target: string, content: string | Uint8Array): Promise<void> {
  const beside = join(dirname(target), `.${crypto.randomUUID()}.tmp`);
  try {
    const file = await open(beside, 'wx');
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(beside, target);
  } catch (failure) {
    await rm(beside, { force: true });
    throw failure;
  }
}
