import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';

/** A child process that exchanges JSON lines with this one, and exits when its standard input closes. */
export class Child {
  readonly #name: string;
  readonly #child: ChildProcess & { stdin: Writable; stdout: Readable };
  readonly #lines: AsyncIterator<string>;
  readonly #exit: Promise<unknown>;

  constructor(command: string, args: readonly string[]) {
    this.#name = [command, ...args].join(' ');
    this.#child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
    this.#exit = once(this.#child, 'exit');
    // Ignored here: `next()` reports that the process has ended.
    this.#child.stdin.on('error', () => undefined);
  }

  /** Returns the next line that it prints. */
  async next(): Promise<unknown> {
    const { value, done } = await this.#lines.next();
    if (done) throw new Error(`${this.#name} has ended`);
    return JSON.parse(value);
  }

  /** Sends a line and returns the next line that it prints. */
  ask(request: unknown): Promise<unknown> {
    this.#child.stdin.write(`${JSON.stringify(request)}\n`);
    return this.next();
  }

  /** Closes its standard input and waits until it exits. */
  async close(): Promise<void> {
    this.#child.stdin.end();
    await this.#exit;
  }

  /** Kills it. */
  kill(): void {
    this.#child.kill('SIGKILL');
  }
}
