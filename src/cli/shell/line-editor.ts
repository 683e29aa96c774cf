/**
 * Reads lines of SQL from a terminal: with history, completion and colours.
 *
 * @module
 */

import { createInterface, cursorTo, type Interface, moveCursor } from 'node:readline';
import type { ReadStream, WriteStream } from 'node:tty';

import { UNICODE } from '../../display/unicode-ruler.js';
import type { Completions } from './complete.js';
import { highlight } from './highlight.js';
import { HISTORY_LIMIT, isKept } from './history.js';

/** What the editor asks and tells. */
export interface EditorOptions {
  readonly input: ReadStream;
  readonly output: WriteStream;
  /** Newest first. */
  readonly history: readonly string[];
  readonly colours: boolean;
  /** The lines of the statement before the current one. */
  before(): string;
  complete(before: string, after: string): Promise<Completions>;
  /** Ctrl-C. */
  onInterrupt(): void;
}

/** A line editor on a terminal. */
export class LineEditor {
  readonly #options: EditorOptions;
  readonly #readline: Interface;
  readonly #lines: string[] = [];
  #waiting: ((line: string | undefined) => void) | undefined;
  #ended = false;

  constructor(options: EditorOptions) {
    this.#options = options;
    const { input, output, history } = options;
    this.#readline = createInterface({
      input,
      output,
      terminal: true,
      history: [...history],
      historySize: HISTORY_LIMIT,
      removeHistoryDuplicates: true,
      completer: (line: string, callback: (error: null, result: [string[], string]) => void) => {
        options.complete(line, this.#readline.line.slice(this.#readline.cursor)).then(
          ({ candidates, partial }) => callback(null, [[...candidates], partial]),
          () => callback(null, [[], line]),
        );
      },
    });
    this.#readline
      .on('line', (line) => this.#take(line))
      .on('close', () => this.#take(undefined))
      .on('SIGINT', () => options.onInterrupt())
      // Before `line`: statements are added as a whole, by `remember`.
      .on('history', (entries: string[]) => {
        entries.shift();
      });
    if (options.colours) input.on('keypress', (_text, key: { name?: string }) => this.#colour(key.name));
  }

  /** Shows a prompt, and reads a line. Undefined at the end of the input: Ctrl-D. */
  async read(prompt: string): Promise<string | undefined> {
    this.#readline.setPrompt(prompt);
    if (this.#lines.length > 0) return this.#lines.shift();
    if (this.#ended) return undefined;
    this.#readline.prompt();
    return new Promise((resolve) => {
      this.#waiting = resolve;
    });
  }

  /** Adds a statement to the history. */
  remember(entry: string): void {
    const { history } = this.#readline as unknown as { history: string[] };
    if (!isKept(entry)) return;
    const same = history.indexOf(entry);
    if (same >= 0) history.splice(same, 1);
    history.unshift(entry);
    if (history.length > HISTORY_LIMIT) history.pop();
  }

  /** Forgets the line that is being typed, and shows a prompt. */
  clear(prompt: string): void {
    this.#options.output.write('^C\n');
    this.#readline.write(null, { ctrl: true, name: 'e' });
    this.#readline.write(null, { ctrl: true, name: 'u' });
    this.#readline.setPrompt(prompt);
    this.#readline.prompt();
  }

  /** Leaves the keys to another program. */
  release(): void {
    this.#readline.pause();
    this.#options.input.setRawMode(false);
  }

  takeBack(): void {
    this.#options.input.setRawMode(true);
    this.#readline.resume();
  }

  close(): void {
    this.#readline.close();
  }

  #take(line: string | undefined): void {
    if (line === undefined) this.#ended = true;
    const waiting = this.#waiting;
    this.#waiting = undefined;
    if (waiting) waiting(line);
    else if (line !== undefined) this.#lines.push(line);
  }

  /** Writes the current line again, in colours. The text takes the same cells, so only colours change. */
  #colour(key: string | undefined): void {
    if (this.#waiting === undefined || key === 'return' || key === 'enter') return;
    const { output, before } = this.#options;
    const { line } = this.#readline;
    const prompt = this.#readline.getPrompt();
    const width = UNICODE.width(prompt) + UNICODE.width(line);
    // A text that fills the terminal has scrolled: its beginning cannot be reached.
    if (line === '' || width >= output.columns * (output.rows - 1)) return;
    const cursor = this.#readline.getCursorPos();
    moveCursor(output, 0, -cursor.rows);
    cursorTo(output, 0);
    output.write(prompt + highlight(line, before()));
    // At the last column, terminals wait with the next line.
    if (width % output.columns === 0) output.write(' \b');
    moveCursor(output, 0, cursor.rows - Math.floor(width / output.columns));
    cursorTo(output, cursor.cols);
  }
}
