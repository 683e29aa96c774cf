/**
 * A terminal as a screen whose whole text is drawn again and again.
 *
 * @module
 */

import type { WriteStream } from 'node:tty';

/** The alternate screen, which leaves the lines of the terminal as they were, without cursor and without line wrap. */
const OPEN = '\u001b[?1049h\u001b[?25l\u001b[?7l';
const CLOSE = '\u001b[?7h\u001b[?25h\u001b[?1049l';

/** Draws on a terminal until {@link close}. */
export class Screen {
  readonly #terminal: WriteStream;
  /** The process may end without {@link close}. */
  readonly #restore = (): boolean => this.#terminal.write(CLOSE);

  constructor(terminal: WriteStream) {
    this.#terminal = terminal;
    process.once('exit', this.#restore);
    terminal.write(OPEN);
  }

  /** Replaces the text. Lines below the last one of the terminal are left out. */
  draw(text: string): void {
    const lines = text.trimEnd().split('\n').slice(0, this.#terminal.rows);
    this.#terminal.write(`\u001b[H${lines.map((line) => `${line}\u001b[K`).join('\r\n')}\u001b[J`);
  }

  /** Shows what the terminal showed before. */
  close(): void {
    process.off('exit', this.#restore);
    this.#restore();
  }
}
