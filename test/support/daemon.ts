import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { COMMAND } from './command.js';

/** A line of a log in JSON. */
export interface LogLine {
  readonly level: string;
  readonly message: string;
  readonly [field: string]: unknown;
}

/** How a process has ended. */
export interface DaemonEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  /** The files that it left in its temporary folder. */
  readonly left: readonly string[];
}

/** A command of `ballista` in its own process, with its own temporary folder. Its log is in JSON. */
export class Daemon {
  readonly ended: Promise<DaemonEnd>;
  readonly #child: ChildProcess;
  #stdout = '';
  #stderr = '';
  readonly #waiting = new Set<() => void>();

  constructor(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
    const folder = mkdtempSync(join(tmpdir(), 'ballista-test-'));
    const logFormat = args[0] === 'config' ? [] : ['--log-format', 'json'];
    this.#child = spawn(process.execPath, [COMMAND, ...args, ...logFormat], {
      env: { ...clean(process.env), ...env, TMPDIR: folder, TEMP: folder, TMP: folder },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child.stdout?.setEncoding('utf8').on('data', (text) => {
      this.#stdout += text;
      this.#wake();
    });
    this.#child.stderr?.setEncoding('utf8').on('data', (text) => {
      this.#stderr += text;
      this.#wake();
    });
    this.ended = new Promise((resolve, reject) => {
      this.#child.once('error', reject).once('close', (code, signal) => {
        const left = readdirSync(folder);
        rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
        resolve({ code, signal, stdout: this.#stdout, stderr: this.#stderr, left });
        this.#wake();
      });
    });
  }

  get pid(): number {
    if (this.#child.pid === undefined) throw new Error('the process did not start');
    return this.#child.pid;
  }

  /** Whether the process runs. */
  get alive(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  get stderr(): string {
    return this.#stderr;
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Ends the process if it still runs. */
  async close(): Promise<void> {
    if (this.alive) this.kill('SIGTERM');
    await this.ended;
  }

  /** The lines of the log so far. */
  lines(): LogLine[] {
    const complete = this.#stderr.split('\n').slice(0, -1);
    return complete.map((line) => JSON.parse(line) as LogLine);
  }

  /** Waits for the line with this message, and these fields. */
  async line(message: string, fields: Readonly<Record<string, unknown>> = {}, count = 1): Promise<LogLine> {
    return this.#found(`the log line "${message}"`, () => {
      const found = this.lines().filter((line) => {
        return line.message.includes(message) && Object.entries(fields).every(([name, value]) => line[name] === value);
      });
      return found[count - 1];
    });
  }

  /** Waits for the first line of the standard output. */
  async firstLine(): Promise<string> {
    return this.#found('a line of output', () =>
      this.#stdout.includes('\n') ? this.#stdout.split('\n')[0] : undefined,
    );
  }

  async #found<T>(what: string, find: () => T | undefined): Promise<T> {
    return new Promise((resolve, reject) => {
      const look = (): void => {
        const found = find();
        if (found !== undefined) resolve(found);
        else if (!this.alive) reject(new Error(`ended without ${what}\n${this.#stdout}${this.#stderr}`));
        else return;
        this.#waiting.delete(look);
      };
      this.#waiting.add(look);
      look();
    });
  }

  #wake(): void {
    for (const look of [...this.#waiting]) look();
  }
}

/** The environment without settings. */
function clean(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('BALLISTA_')));
}

/** The samples of the admin port: `name{labels}` and value. */
export async function scrape(port: number): Promise<Map<string, number>> {
  const response = await fetch(`http://127.0.0.1:${port}/metrics`);
  const text = await response.text();
  const samples = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    samples.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ') + 1))]),
  );
}
