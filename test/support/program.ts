import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve as resolvePath } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The result of a program. */
export interface Ended {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
  /** The files that it left in its temporary folder. */
  left: string[];
}

export interface ProgramOptions {
  args?: readonly string[];
  nodeArgs?: readonly string[];
  env?: Record<string, string>;
  timeoutMs?: number;
  /** A shell command, in which `"$@"` stands for the program and its arguments. */
  shell?: string;
}

const FIXTURES = fileURLToPath(new URL('../process/fixtures/', import.meta.url));
const TIMEOUT_MS = 150_000;

/** A program of test/process/fixtures, or one with an absolute path, in its own process with its own temporary folder. */
export class Program {
  /** Rejects if the program was killed after a timeout. */
  readonly ended: Promise<Ended>;
  readonly #child: ChildProcess;
  #stdout = '';
  #stderr = '';
  #onOutput: () => void = () => undefined;

  constructor(fixture: string, { args = [], nodeArgs = [], env, timeoutMs = TIMEOUT_MS, shell }: ProgramOptions = {}) {
    const folder = mkdtempSync(join(tmpdir(), 'ballista-test-'));
    const call = [process.execPath, ...nodeArgs, resolvePath(FIXTURES, fixture), ...args];
    const [command = '', ...rest] = shell ? ['sh', '-c', shell, 'sh', ...call] : call;
    this.#child = spawn(command, rest, {
      env: { ...process.env, ...env, TMPDIR: folder, TEMP: folder, TMP: folder },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child.stdout?.setEncoding('utf8').on('data', (text) => {
      this.#stdout += text;
      this.#onOutput();
    });
    this.#child.stderr?.setEncoding('utf8').on('data', (text) => {
      this.#stderr += text;
    });
    this.ended = new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#child.kill('SIGKILL');
        reject(new Error(`${fixture} had to be killed after ${timeoutMs} ms\n${this.#stdout}${this.#stderr}`));
      }, timeoutMs);
      this.#child.once('error', reject).once('close', (code, signal) => {
        clearTimeout(timer);
        const left = readdirSync(folder);
        rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
        resolve({ code, signal, stdout: this.#stdout, stderr: this.#stderr, left });
        this.#onOutput();
      });
    });
    // Callers that wait for a line get the error of an early exit there.
    this.ended.catch(() => undefined);
  }

  /** An executor with one slot on free ports. It prints `ready` and its work folder. */
  static executor(options: object, program: ProgramOptions = {}): Program {
    return new Program('executor.mjs', { ...program, args: [JSON.stringify(options)] });
  }

  get pid(): number {
    if (this.#child.pid === undefined) throw new Error('the program did not start');
    return this.#child.pid;
  }

  /** What it has written to the standard error until now. */
  get stderr(): string {
    return this.#stderr;
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Waits for the first line that starts with `word`, and returns the rest of it. */
  async line(word: string): Promise<string> {
    const over = this.ended.then(({ code, signal }) => {
      const found = this.#find(word);
      if (found !== undefined) return found;
      throw new Error(`ended (${signal ?? code}) without "${word}"\n${this.#stdout}${this.#stderr}`);
    });
    const written = new Promise<string>((resolve) => {
      this.#onOutput = () => {
        const found = this.#find(word);
        if (found !== undefined) resolve(found);
      };
      this.#onOutput();
    });
    return Promise.race([written, over]);
  }

  #find(word: string): string | undefined {
    const lines = this.#stdout.split('\n').slice(0, -1);
    return lines
      .find((line) => line.startsWith(word))
      ?.slice(word.length)
      .trim();
  }
}

/** Runs a program of test/process/fixtures until it exits. */
export function runProgram(fixture: string, ...args: string[]): Promise<Ended> {
  return new Program(fixture, { args }).ended;
}
