/**
 * How far a query is, as a line of text and on a terminal.
 *
 * @module
 */

import type { WriteStream } from 'node:tty';
import type { QueryProgress } from 'ballista';

import { countText, rowsText } from '../../plan/amount.js';
import { barText } from '../output/bar.js';
import { terminalWidth } from '../output/terminal-width.js';

/** What is known of the progress of a query. */
export type Progress = Pick<QueryProgress, 'elapsedMs'> & Partial<QueryProgress>;

/** One line, without a line end. */
export function progressText({ state, elapsedMs, rows, scannedRows, tasks, fraction, remainingMs }: Progress): string {
  const parts = [`${(elapsedMs / 1000).toFixed(1)} s`];
  if (state === 'queued') parts.push(state);
  if (fraction !== undefined) parts.push(barText(fraction));
  // One task says nothing before its end.
  if (tasks !== undefined && tasks.total > 1) parts.push(`${tasks.done}/${tasks.total} tasks`);
  if (scannedRows) parts.push(`${countText(scannedRows)} rows read`);
  if (rows) parts.push(rowsText(rows));
  if (remainingMs !== undefined) parts.push(`about ${Math.ceil(remainingMs / 1000)} s left`);
  return parts.join(' · ');
}

const DELAY_MS = 1000;
const REDRAW_MS = 200;

/** Draws the progress of a query on a terminal, from one second on, and removes it at the end. */
export class ProgressLine {
  readonly #terminal: WriteStream;
  readonly #timer: NodeJS.Timeout;
  #drawn = false;

  /** @param read - returns the current progress */
  constructor(terminal: WriteStream, read: () => Progress) {
    this.#terminal = terminal;
    this.#timer = setInterval(() => {
      const progress = read();
      if (progress.elapsedMs >= DELAY_MS) this.#draw(progress);
    }, REDRAW_MS);
  }

  #draw(progress: Progress): void {
    const text = progressText(progress).slice(0, terminalWidth(this.#terminal) - 1);
    this.#terminal.write(`\r${text}\u001b[K`);
    this.#drawn = true;
  }

  /** Removes the line, as other output follows. It is drawn again unless {@link stop} was called. */
  clear(): void {
    if (this.#drawn) this.#terminal.write('\r\u001b[K');
    this.#drawn = false;
  }

  /** Removes the line for good. */
  stop(): void {
    clearInterval(this.#timer);
    this.clear();
  }
}
