import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** The root of the checkout. */
export const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** A server in a child process. It ends when its standard input closes. */
export class ServerProcess {
  readonly #child: ChildProcess;
  readonly #exit: Promise<unknown>;
  /** The port that it printed. */
  readonly port: number;

  private constructor(child: ChildProcess, exit: Promise<unknown>, port: number) {
    this.#child = child;
    this.#exit = exit;
    this.port = port;
  }

  /** Starts a Node program and waits until it has printed `{"port":N}`. */
  static start(...args: string[]): Promise<ServerProcess> {
    return ServerProcess.launch(args);
  }

  /** Like {@link start}, but logs to a file. */
  static async launch(args: string[], log?: { file: string; level: string }): Promise<ServerProcess> {
    const env = { ...process.env, ...(log && { BALLISTA_LOG: log.level, RUST_LOG: log.level }) };
    const stderr = log ? openSync(log.file, 'a') : 'inherit';
    const child = spawn(process.execPath, args, { cwd: ROOT, env, stdio: ['pipe', 'pipe', stderr] });
    if (typeof stderr === 'number') closeSync(stderr);
    if (child.stdout === null) throw new Error('the output is piped');
    const exit = once(child, 'exit');
    const lines = createInterface({ input: child.stdout });
    const [line] = await Promise.race([
      once(lines, 'line'),
      exit.then(([code]) => {
        throw new Error(`node ${args.join(' ')} ended with ${code} before it served`);
      }),
    ]);
    const { port } = JSON.parse(String(line)) as { port: unknown };
    if (typeof port !== 'number') throw new Error(`node ${args.join(' ')} printed ${String(line)}`);
    return new ServerProcess(child, exit, port);
  }

  /** The id of the process. */
  get pid(): number {
    if (this.#child.pid === undefined) throw new Error('the process did not start');
    return this.#child.pid;
  }

  /** Whether the process runs. */
  get alive(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** Kills the process, like a power cut. */
  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#exit;
  }

  /** Lets the process exit normally. */
  async close(): Promise<void> {
    this.#child.stdin?.end();
    await this.#exit;
  }
}
