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
  /** Variables besides those of this process. Variables of this package come only from here. */
  env?: Readonly<Record<string, string>>;
  cwd?: string;
  /** What it reads from standard input; `'later'`: what {@link Program.type} writes. Default: nothing. */
  input?: string;
  timeoutMs?: number;
  /** A shell command of bash, in which `"$@"` stands for the program and its arguments. */
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
  #closed = false;
  /** Look at the output again when there is more. */
  readonly #waiting = new Set<() => void>();

  constructor(
    fixture: string,
    { args = [], nodeArgs = [], env, cwd, input = '', timeoutMs = TIMEOUT_MS, shell }: ProgramOptions = {},
  ) {
    const folder = mkdtempSync(join(tmpdir(), 'ballista-test-'));
    const call = [process.execPath, ...nodeArgs, resolvePath(FIXTURES, fixture), ...args];
    // Without SHLVL, bash takes the socket of its input for a remote login, and reads ~/.bashrc.
    const [command = '', ...rest] = shell ? ['bash', '--norc', '-c', shell, 'bash', ...call] : call;
    this.#child = spawn(command, rest, {
      cwd,
      env: { ...withoutSettings(process.env), ...env, TMPDIR: folder, TEMP: folder, TMP: folder },
    });
    this.#child.stdout?.setEncoding('utf8').on('data', (text) => {
      this.#stdout += text;
      this.#look();
    });
    this.#child.stderr?.setEncoding('utf8').on('data', (text) => {
      this.#stderr += text;
      this.#look();
    });
    // A program may end before it has read its input.
    this.#child.stdin?.on('error', () => undefined);
    if (input !== 'later') this.#child.stdin?.end(input);
    this.ended = new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#child.kill('SIGKILL');
        reject(new Error(`${fixture} had to be killed after ${timeoutMs} ms\n${this.#stdout}${this.#stderr}`));
      }, timeoutMs);
      this.#child.once('error', reject).once('close', (code, signal) => {
        clearTimeout(timer);
        this.#closed = true;
        const left = readdirSync(folder);
        rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
        resolve({ code, signal, stdout: this.#stdout, stderr: this.#stderr, left });
        this.#look();
      });
    });
    // Callers that wait for output get the error of an early exit there.
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

  /** What it has written to standard output so far. */
  get stdout(): string {
    return this.#stdout;
  }

  /** What it has written to standard error so far. */
  get stderr(): string {
    return this.#stderr;
  }

  /** Whether the process runs. */
  get alive(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Writes to its standard input. */
  type(text: string): void {
    this.#child.stdin?.write(text);
  }

  /** Ends its standard input. */
  endInput(): void {
    this.#child.stdin?.end();
  }

  /** Closes its standard output, as `head` does. */
  closeOutput(): void {
    this.#child.stdout?.destroy();
  }

  /** Waits for the first line that starts with `word`, and returns the rest of it. */
  async line(word: string): Promise<string> {
    return this.found(`the line "${word}"`, () => {
      const lines = this.#stdout.split('\n').slice(0, -1);
      return lines
        .find((line) => line.startsWith(word))
        ?.slice(word.length)
        .trim();
    });
  }

  /** Waits until the output has what `find` looks for. */
  protected async found<T>(what: string, find: () => T | undefined): Promise<T> {
    return new Promise((resolve, reject) => {
      const look = (): void => {
        const found = find();
        if (found !== undefined) resolve(found);
        else if (this.#closed) reject(new Error(`ended without ${what}\n${this.#stdout}${this.#stderr}`));
        else return;
        this.#waiting.delete(look);
      };
      this.#waiting.add(look);
      look();
    });
  }

  #look(): void {
    for (const look of [...this.#waiting]) look();
  }
}

/** The environment without settings of this package. */
function withoutSettings(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('BALLISTA_')));
}

/** Runs a program of test/process/fixtures until it exits. */
export function runProgram(fixture: string, ...args: string[]): Promise<Ended> {
  return new Program(fixture, { args }).ended;
}
