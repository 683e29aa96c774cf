import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { stripVTControlCharacters } from 'node:util';

import { COMMAND } from './command.js';

/** Whether this machine can run a program on a terminal: the tool `script` of util-linux. */
export const HAS_TERMINAL =
  spawnSync('script', ['--version'], { encoding: 'utf8' }).stdout?.includes('util-linux') ?? false;
if (!HAS_TERMINAL) console.warn('Skipped: tests on a terminal, because util-linux `script` is missing.');

/** `ballista` on a terminal of 80 columns and 24 rows. */
export class Terminal {
  readonly #child: ChildProcess;
  /** Everything that it wrote, with its control sequences. */
  output = '';
  #onOutput: () => void = () => undefined;
  /** Its exit code. */
  readonly ended: Promise<number>;

  constructor(args: readonly string[], env: Record<string, string>) {
    const call = [process.execPath, COMMAND, ...args].map((part) => `'${part.replaceAll("'", "'\\''")}'`).join(' ');
    // `script` can lose the last output of a shell that ends. So the shell stays (`cat`) until its last output was read here.
    // Ctrl-C reaches the shell, too. Without the trap, `dash` ends then (and `script` uses it where SHELL is not set).
    this.#child = spawn(
      'script',
      ['-qfec', `trap : INT; stty cols 80 rows 24; ${call}; echo "[ended $?]"; cat`, '/dev/null'],
      {
        env: { ...process.env, TERM: 'xterm', ...env },
      },
    );
    this.ended = new Promise((resolve, reject) => {
      this.#child
        .once('error', reject)
        .once('close', () => reject(new Error(`the terminal has ended\n${this.output}`)));
      this.#child.stdout?.setEncoding('utf8').on('data', (text) => {
        this.output += text;
        const code = /\[ended (\d+)\]/.exec(this.output)?.[1];
        if (code !== undefined) {
          resolve(Number(code));
          this.kill();
        }
        this.#onOutput();
      });
    });
    // Callers that wait for text get the end there.
    this.ended.catch(() => undefined);
  }

  /** Types keys. */
  type(text: string): void {
    this.#child.stdin?.write(text);
  }

  /** Waits for text after a position of the output, and returns the position behind it. */
  async see(pattern: string | RegExp, from = 0): Promise<number> {
    for (;;) {
      const shown = this.output.slice(from);
      const plain = stripVTControlCharacters(shown);
      if (typeof pattern === 'string' ? plain.includes(pattern) : pattern.test(shown)) return this.output.length;
      const over = await Promise.race([
        this.ended.then(() => true),
        new Promise<boolean>((resolve) => {
          this.#onOutput = () => resolve(false);
        }),
      ]);
      if (over) throw new Error(`ended without ${pattern}\n${plain}`);
    }
  }

  /** Types a line, and waits for text that follows. */
  async enter(line: string, pattern: string | RegExp): Promise<string> {
    const from = this.output.length;
    this.type(`${line}\r`);
    const to = await this.see(pattern, from);
    return stripVTControlCharacters(this.output.slice(from, to));
  }

  kill(): void {
    this.#child.kill('SIGKILL');
  }
}
