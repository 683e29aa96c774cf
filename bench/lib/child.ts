import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';

/** A program that is spoken to in lines of JSON, and ends with its standard input. */
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
    // Whoever waits for a line learns that it has ended.
    this.#child.stdin.on('error', () => undefined);
  }

  /** The next line that it prints. */
  async next(): Promise<unknown> {
    const { value, done } = await this.#lines.next();
    if (done) throw new Error(`${this.#name} has ended`);
    return JSON.parse(value);
  }

  /** Sends a line and waits for one. */
  ask(request: unknown): Promise<unknown> {
    this.#child.stdin.write(`${JSON.stringify(request)}\n`);
    return this.next();
  }

  /** Lets it end by itself. */
  async close(): Promise<void> {
    this.#child.stdin.end();
    await this.#exit;
  }

  /** Ends it at once. */
  kill(): void {
    this.#child.kill('SIGKILL');
  }
}
