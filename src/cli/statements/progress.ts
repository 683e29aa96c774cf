/**
 * How far a query is, as a line of text and on a terminal.
 *
 * @module
 */

import type { WriteStream } from 'node:tty';

/** How far a query is. */
export interface Progress {
  readonly elapsedMs: number;
  /** Rows of the result that have arrived. */
  readonly rows: number;
  /** Tasks of the cluster; undefined if that is not known. */
  readonly tasks?: { readonly done: number; readonly total: number } | undefined;
  /** From 0 to 1; undefined if that is not known. */
  readonly fraction?: number | undefined;
  readonly remainingMs?: number | undefined;
}

const BAR = 20;

/** One line, without a line end. */
export function progressText({ elapsedMs, rows, tasks, fraction, remainingMs }: Progress): string {
  const parts = [`${(elapsedMs / 1000).toFixed(1)} s`];
  if (fraction !== undefined) {
    const full = Math.round(fraction * BAR);
    parts.push(`[${'#'.repeat(full)}${'.'.repeat(BAR - full)}] ${Math.floor(fraction * 100)} %`);
  }
  if (tasks !== undefined) parts.push(`${tasks.done}/${tasks.total} tasks`);
  if (rows > 0) parts.push(`${rows.toLocaleString('en-US')} rows`);
  if (remainingMs !== undefined) parts.push(`about ${Math.ceil(remainingMs / 1000)} s left`);
  return parts.join(' · ');
}

const DELAY_MS = 1000;
const REDRAW_MS = 200;

/** Draws the progress of a query on a terminal, from one second on, and removes it at the end. */
export class ProgressLine {
  readonly #terminal: WriteStream;
  readonly #read: () => Progress;
  readonly #timer: NodeJS.Timeout;
  #drawn = false;

  /** @param read - returns the current progress */
  constructor(terminal: WriteStream, read: () => Progress) {
    this.#terminal = terminal;
    this.#read = read;
    this.#timer = setInterval(() => {
      const progress = read();
      if (progress.elapsedMs >= DELAY_MS) this.#draw(progress);
    }, REDRAW_MS);
  }

  #draw(progress: Progress): void {
    const text = progressText(progress).slice(0, Math.max(1, this.#terminal.columns - 1));
    this.#terminal.write(`\r${text}\u001b[K`);
    this.#drawn = true;
  }

  /** Removes the line, as other output follows. It is drawn again unless {@link stop} was called. */
  clear(): void {
    if (this.#drawn) this.#terminal.write('\r\u001b[K');
    this.#drawn = false;
  }

  /** Removes the line for good. Returns the final progress. */
  stop(): Progress {
    clearInterval(this.#timer);
    this.clear();
    return this.#read();
  }
}
