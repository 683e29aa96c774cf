/**
 * The history of the shell, in a file.
 *
 * @module
 */

import { appendFile, readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';

import { createFolder } from '../../platform/folder.js';
import { writeWhole } from '../../platform/whole-file.js';

/** How many entries are kept. */
export const HISTORY_LIMIT = 1000;

/** `$XDG_STATE_HOME/ballista/history`, by default in `~/.local/state`. */
export function historyFile(env: NodeJS.ProcessEnv = process.env): string {
  return join(env['XDG_STATE_HOME'] || join(homedir(), '.local', 'state'), 'ballista', 'history');
}

/**
 * The entries of earlier shells, and those of this one. A failure of the file is no reason to end the shell: then the history
 * lasts as long as the shell.
 */
export class History {
  readonly #file: string;
  #last: Promise<unknown> = Promise.resolve();

  private constructor(file: string) {
    this.#file = file;
  }

  /** Opens the history. Returns the newest entries, newest first, too. */
  static async open(file: string): Promise<{ history: History; entries: string[] }> {
    const lines = (await readFile(file, 'utf8').catch(() => '')).split('\n').filter((line) => line !== '');
    const kept = lines.slice(-HISTORY_LIMIT);
    // Several shells append to the file. It shrinks when one starts.
    if (lines.length > 2 * HISTORY_LIMIT) await writeWhole(file, `${kept.join('\n')}\n`).catch(() => undefined);
    return { history: new History(file), entries: kept.reverse() };
  }

  /** Adds an entry of one line. */
  add(entry: string): void {
    this.#last = this.#last.then(() => this.#append(entry)).catch(() => undefined);
  }

  /** Waits until all entries are written. */
  async flush(): Promise<void> {
    await this.#last;
  }

  async #append(entry: string): Promise<void> {
    await createFolder(dirname(this.#file), 0o700);
    // Statements can hold secrets, so only the user can read them.
    await appendFile(this.#file, `${entry}\n`, { mode: 0o600 });
  }
}

/** Whether a line is kept: not if it is empty, or begins with a space, as in shells of the system. */
export function isKept(line: string): boolean {
  return line.trim() !== '' && !line.startsWith(' ');
}
