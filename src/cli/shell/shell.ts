/**
 * The interactive shell of `ballista sql`.
 *
 * @module
 */

import { createWriteStream, type WriteStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { finished } from 'node:stream/promises';

import type { SessionContext } from 'ballista';

import { type CommandContext, UsageError } from '../base/command.js';
import { sentence } from '../base/report.js';
import type { OutputOptions } from '../output/encode.js';
import type { Format } from '../output/formats.js';
import { type Pieces, writeTo } from '../output/target.js';
import { located } from '../statements/located.js';
import { type Outcome, runStatement } from '../statements/run-statement.js';
import type { SqlSession } from '../statements/session.js';
import { allStatements, type Statement, splitStatements } from '../statements/split.js';
import { type Completions, complete } from './complete.js';
import { History, historyFile, isKept } from './history.js';
import { LineEditor } from './line-editor.js';
import { META_COMMANDS, runMetaCommand, type ShellActions } from './meta-commands.js';
import { PagerClosed, writePaged } from './pager.js';
import { SessionNames } from './session-names.js';

/** Runs the shell until its end. Returns the exit code. */
export async function runShell(session: SqlSession, output: OutputOptions, context: CommandContext): Promise<number> {
  const { history, entries } = await History.open(historyFile());
  const shell = new Shell(session, output, history, entries);
  const end = (): void => shell.stop(context.signal.reason);
  context.signal.addEventListener('abort', end, { once: true });
  // While a pager has the terminal, Ctrl-C arrives as a signal.
  const forget = context.onInterrupt(() => shell.interrupt());
  try {
    await shell.run();
    context.signal.throwIfAborted();
    return 0;
  } finally {
    forget();
    context.signal.removeEventListener('abort', end);
    await history.flush();
  }
}

/** The reason of an abort by Ctrl-C. */
class Cancelled extends Error {}

const PROMPT = 'ballista> ';
const MORE = '     ...> ';

/** Words that are commands, as in psql. */
const META: Readonly<Record<string, string>> = { exit: '\\q', quit: '\\q', help: '\\?' };

class Shell implements ShellActions {
  readonly #session: SqlSession;
  readonly #history: History;
  readonly #names: SessionNames;
  readonly #editor: LineEditor;
  #output: OutputOptions;
  #statement = '';
  #running: AbortController | undefined;
  #file: WriteStream | undefined;
  #ended = false;
  timing = true;

  constructor(session: SqlSession, output: OutputOptions, history: History, entries: readonly string[]) {
    this.#session = session;
    this.#output = output;
    this.#history = history;
    this.#names = new SessionNames(session);
    this.#editor = new LineEditor({
      input: process.stdin,
      output: process.stdout,
      history: entries,
      colours: !process.env['NO_COLOR'],
      before: () => this.#statement,
      complete: (before, after) => this.#complete(before, after),
      onInterrupt: () => this.interrupt(),
    });
  }

  get context(): SessionContext {
    return this.#session.context;
  }

  get format(): Format {
    return this.#output.format;
  }

  set format(format: Format) {
    this.#output = { ...this.#output, format };
  }

  /** Reads and runs statements until `\q`, Ctrl-D or {@link stop}. */
  async run(): Promise<void> {
    await this.print(`${this.context}. \\? shows help.\n`);
    while (!this.#ended) {
      const line = await this.#editor.read(this.#statement === '' ? PROMPT : MORE);
      if (line === undefined) break;
      await this.#take(line);
    }
    if (!this.#ended) await this.print('\n');
    this.end();
    await this.redirect(undefined);
  }

  /** Ctrl-C: cancels what runs. If nothing runs, forgets what is typed. */
  interrupt(): void {
    if (this.#running) {
      this.#running.abort(new Cancelled('The statement was cancelled.'));
      return;
    }
    this.#statement = '';
    this.#editor.clear(PROMPT);
  }

  /** Ends the shell, and what it runs. */
  stop(reason: unknown): void {
    this.#running?.abort(reason);
    this.end();
  }

  end(): void {
    this.#ended = true;
    this.#editor.close();
  }

  async print(text: string): Promise<void> {
    await writeTo(process.stdout, [text]);
  }

  async redirect(file: string | undefined): Promise<void> {
    const before = this.#file;
    this.#file = undefined;
    if (before) {
      before.end();
      await finished(before);
    }
    if (file === undefined) return;
    const stream = createWriteStream(file);
    await new Promise((resolve, reject) => stream.once('open', resolve).once('error', reject));
    this.#file = stream;
  }

  async runFile(file: string): Promise<void> {
    let text: string;
    try {
      text = await readFile(file, 'utf8');
    } catch (error) {
      throw new UsageError(`${file}: the file cannot be read (${(error as NodeJS.ErrnoException).code}).`);
    }
    await this.runText(text, file);
  }

  async runText(text: string, file?: string): Promise<void> {
    for (const statement of allStatements(text)) if (!(await this.#run(statement, file))) break;
  }

  async #take(line: string): Promise<void> {
    const word = line.trim();
    // As in psql, also within a statement.
    if (word === '\\q') this.#statement = '';
    if (this.#statement === '') {
      if (word === '') return;
      const command = META[word.replace(/\s*;$/, '').toLowerCase()] ?? word;
      if (command.startsWith('\\')) {
        this.#remember(line);
        await this.#guard(() => runMetaCommand(this, command));
        return;
      }
    }
    this.#statement += `${line}\n`;
    const { complete, rest } = splitStatements(this.#statement);
    if (complete.length === 0) return;
    const typed = this.#statement;
    this.#statement = rest.trim() === '' ? '' : rest;
    this.#remember(typed);
    for (const statement of complete) if (!(await this.#run(statement))) break;
  }

  /** Adds what was typed to the history, as one line. A line comment would hide what follows it, so its lines stay apart. */
  #remember(typed: string): void {
    const lines = typed.trimEnd().split('\n');
    for (const entry of typed.includes('--') ? lines : [lines.join(' ')]) {
      this.#editor.remember(entry);
      if (isKept(entry)) this.#history.add(entry);
    }
  }

  /** Runs a statement, of a file perhaps, and prints its result or its error. Returns whether it succeeded. */
  #run(statement: Statement, file?: string): Promise<boolean> {
    return this.#guard(async (controller) => {
      let outcome: Outcome | undefined;
      const { signal } = controller;
      const options = { output: this.#output, signal, terminal: process.stderr, sharesTerminal: !this.#file };
      const session = this.#session;
      async function* pieces(): Pieces {
        outcome = yield* runStatement(session, statement.text, options);
      }
      const results = file === undefined ? pieces() : located(pieces(), statement, file);
      if (this.#file) await writeTo(this.#file, results, signal);
      else await writePaged(this.#terminal, results, controller);
      if (outcome) await this.print(this.#summary(outcome));
    });
  }

  /** Runs something that Ctrl-C cancels, and prints its error. */
  async #guard(run: (controller: AbortController) => Promise<void> | void): Promise<boolean> {
    const controller = new AbortController();
    const outer = this.#running;
    this.#running = controller;
    try {
      await run(controller);
      return true;
    } catch (error) {
      if (error instanceof PagerClosed) return true;
      process.stderr.write(`${error instanceof Cancelled ? 'Cancelled.' : sentence(error)}\n`);
      return false;
    } finally {
      this.#running = outer;
      this.#names.forget();
    }
  }

  get #terminal() {
    return {
      output: process.stdout,
      release: () => this.#editor.release(),
      takeBack: () => this.#editor.takeBack(),
    };
  }

  #summary({ hasRows, rows, elapsedMs }: Outcome): string {
    const time = this.timing ? ` (${(elapsedMs / 1000).toFixed(3)} s)` : '';
    if (!hasRows) return `OK${time}\n`;
    // A table that is cut has said so.
    if (rows > this.#output.maxRows) return time === '' ? '' : `${time.trim()}\n`;
    return `${rows} ${rows === 1 ? 'row' : 'rows'}${time}\n`;
  }

  async #complete(before: string, after: string): Promise<Completions> {
    const call = /^\s*(\\\S*)$/.exec(before);
    if (this.#statement === '' && call) {
      const partial = call[1] as string;
      return { candidates: Object.keys(META_COMMANDS).filter((name) => name.startsWith(partial)), partial };
    }
    return complete(this.#statement + before, after, this.#names);
  }
}
