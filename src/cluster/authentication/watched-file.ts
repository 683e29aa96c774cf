/**
 * A file that is read again when it changes.
 *
 * @module
 */

import { readFile, stat } from 'node:fs/promises';

import { BallistaError } from '../../errors.js';

/** The content of a file. If a later version is broken, the last good one stays, and a warning is written. */
export class WatchedFile<T> {
  readonly #path: string;
  readonly #parse: (text: string) => T;
  #version: string;
  #content: T;

  private constructor(path: string, parse: (text: string) => T, version: string, content: T) {
    this.#path = path;
    this.#parse = parse;
    this.#version = version;
    this.#content = content;
  }

  /**
   * @param parse - throws if the file is broken; the error must not quote the file, which may hold secrets
   * @throws BallistaError `IO`, and what `parse` throws
   */
  static async open<T>(path: string, parse: (text: string) => T): Promise<WatchedFile<T>> {
    const version = await versionOf(path);
    return new WatchedFile(path, parse, version, parse(await read(path)));
  }

  /** The content of the newest version that is not broken. */
  async current(): Promise<T> {
    const version = await versionOf(this.#path);
    if (version === this.#version) return this.#content;
    this.#version = version;
    try {
      this.#content = this.#parse(await read(this.#path));
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      process.emitWarning(`${reason} The version from before stays in use.`, 'BallistaWarning');
    }
    return this.#content;
  }
}

/** Differs for each version of a file, and if the file is missing. */
async function versionOf(path: string): Promise<string> {
  try {
    const { mtimeMs, size, ino } = await stat(path);
    return `${mtimeMs} ${size} ${ino}`;
  } catch (cause) {
    return String(cause);
  }
}

async function read(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    const reason = (cause as NodeJS.ErrnoException).code ?? String(cause);
    throw new BallistaError('IO', `The file ${path} cannot be read: ${reason}.`, { cause });
  }
}
