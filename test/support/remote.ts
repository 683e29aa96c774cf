import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** The programs of the tests, built. Commands and vitest run in the root of the checkout. */
const BUILT = 'build/test';

/** The longest end of standard error that is kept. */
const STDERR_BYTES = 8_000;

/** How long a process may take to end by itself. */
const CLOSING_MS = 40_000;

/** Processes must not outlive this one, even if they are stopped. */
const running = new Set<Remote>();
process.once('exit', () => {
  for (const remote of running) remote.signal('SIGKILL');
});

/** An error of another process. */
export interface RemoteError {
  readonly name: string;
  /** Of a `BallistaError`. */
  readonly code?: string;
  readonly message: string;
}

/** The answer of a process to a request. */
export type Answer<T> = { readonly value: T } | { readonly error: RemoteError };

/** A process that ended before it answered. */
export class Gone extends Error {}

export interface RemoteOptions {
  readonly cwd?: string;
  readonly nodeArgs?: readonly string[];
  readonly env?: Record<string, string>;
}

/** A program of `test/` in its own process, which answers requests: `support/answer.ts` is its other side. */
export class Remote {
  /** Resolves with the exit code or the signal, and the end of standard error. */
  readonly ended: Promise<string>;
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, (answer: Answer<unknown> | Gone) => void>();
  #requests = 0;
  #stderr = '';
  #over = false;

  private constructor(program: string, argument: object, { cwd, nodeArgs = [], env }: RemoteOptions) {
    const file = join(process.cwd(), BUILT, `${program}.mjs`);
    this.#child = spawn(process.execPath, [...nodeArgs, file, JSON.stringify(argument)], {
      cwd,
      env: { ...process.env, ...env },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    running.add(this);
    this.#child.stderr?.setEncoding('utf8').on('data', (text) => {
      this.#stderr = (this.#stderr + text).slice(-STDERR_BYTES);
    });
    // Ignored: `ended` tells that it has ended.
    this.#child.stdin?.on('error', () => undefined);
    if (this.#child.stdout) createInterface({ input: this.#child.stdout }).on('line', (line) => this.#take(line));
    this.ended = once(this.#child, 'close').then(([code, signal]) => {
      this.#over = true;
      running.delete(this);
      const how = `${program} ended with ${signal ?? `exit code ${code}`}${this.#stderr && `\n${this.#stderr}`}`;
      for (const resolve of this.#waiting.values()) resolve(new Gone(how));
      this.#waiting.clear();
      return how;
    });
    this.ended.catch(() => undefined);
  }

  /** Starts a program, `faults/client` for example, and waits until it is ready. Returns what it reports then. */
  static async start<T = unknown>(
    program: string,
    argument: object,
    options: RemoteOptions = {},
  ): Promise<{ remote: Remote; ready: T }> {
    const remote = new Remote(program, argument, options);
    const answer = await remote.#answer<T>(remote.#requests++);
    if ('value' in answer) return { remote, ready: answer.value };
    throw new Error(`${program}: ${answer.error.name}: ${answer.error.message}`);
  }

  get pid(): number {
    return this.#child.pid ?? -1;
  }

  get alive(): boolean {
    return !this.#over;
  }

  get stderr(): string {
    return this.#stderr;
  }

  /** @throws Gone if the process ends before it answers */
  ask<T = unknown>(request: object): Promise<Answer<T>> {
    const id = this.#requests++;
    const answer = this.#answer<T>(id);
    if (this.alive) this.#child.stdin?.write(`${JSON.stringify({ ...request, id })}\n`);
    return answer;
  }

  /** The value of an answer. Anything else throws. */
  async get<T = unknown>(request: object): Promise<T> {
    const answer = await this.ask<T>(request);
    if ('value' in answer) return answer.value;
    const { code, name, message } = answer.error;
    throw new Error(`${JSON.stringify(request).slice(0, 500)}: ${code ?? name}: ${message}`);
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  async kill(): Promise<void> {
    this.signal('SIGKILL');
    await this.ended;
  }

  /** Lets the process end by itself. Returns false if it had to be killed. */
  async close(): Promise<boolean> {
    this.#child.stdin?.end();
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      this.signal('SIGKILL');
    }, CLOSING_MS);
    await this.ended;
    clearTimeout(timer);
    return !late;
  }

  async #answer<T>(id: number): Promise<Answer<T>> {
    const answer = await new Promise<Answer<unknown> | Gone>((resolve) => {
      if (this.#over) this.ended.then((how) => resolve(new Gone(how)));
      else this.#waiting.set(id, resolve);
    });
    if (answer instanceof Gone) throw answer;
    return answer as Answer<T>;
  }

  #take(line: string): void {
    const { id, ...answer } = JSON.parse(line) as Answer<unknown> & { id: number };
    this.#waiting.get(id)?.(answer);
    this.#waiting.delete(id);
  }
}
