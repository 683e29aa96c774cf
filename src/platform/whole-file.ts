/**
 * Writes files atomically.
 *
 * @module
 */

import { open, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
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

/** The content of a file, all at once or in pieces. */
export type FileContent = string | Uint8Array | AsyncIterable<string | Uint8Array>;

/**
 * Writes a file next to its target and renames it, so that readers see either the old file or the complete new one. If the
 * content comes in pieces and fails, the error is passed on, and the old file stays.
 *
 * @param mode - the permissions of the file; default: those of new files
 * @throws BallistaError `IO`
 */
export async function writeWhole(path: string, content: FileContent, mode?: number): Promise<void> {
  const source = new Source(content);
  try {
    // Keep a link as a link; a device or a folder is not replaced.
    const target = await realpath(path).catch(() => path);
    const known = await stat(target).catch(() => undefined);
    if (known && !known.isFile()) throw new Error(`${path} exists, but is not a file.`);
    await replace(target, source.content, mode);
  } catch (cause) {
    if (source.failure) throw source.failure.error;
    throw new BallistaError('IO', `The file cannot be written: ${(cause as Error).message}`, { cause });
  }
}

/** Remembers the failure of a content, to tell it from a failure of the file. */
class Source {
  readonly content: FileContent;
  failure: { readonly error: unknown } | undefined;

  constructor(content: FileContent) {
    this.content = typeof content === 'string' || ArrayBuffer.isView(content) ? content : this.#pieces(content);
  }

  async *#pieces(pieces: AsyncIterable<string | Uint8Array>): AsyncGenerator<string | Uint8Array> {
    try {
      yield* pieces;
    } catch (error) {
      this.failure = { error };
      throw error;
    }
  }
}

async function replace(target: string, content: FileContent, mode: number | undefined): Promise<void> {
  const beside = join(dirname(target), `.${crypto.randomUUID()}.tmp`);
  try {
    const file = await open(beside, 'wx', mode);
    try {
      await writeFile(file, content);
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
