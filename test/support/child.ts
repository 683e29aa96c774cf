import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** The root of the checkout. */
export const ROOT = fileURLToPath(new URL('../../', import.meta.url));

const MEMBER = 'test/support/server.mjs';

/** The options of executors that the test does not name. */
const EXECUTOR = { vcores: 2, udf: true, udfMemoryLimitBytes: 64 * 2 ** 20 };

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

  /** Starts a scheduler. */
  static scheduler(options: object = {}): Promise<ServerProcess> {
    return ServerProcess.member('scheduler', options);
  }

  /** Starts an executor with two slots, which runs UDFs. The options may say otherwise. */
  static executor(schedulerPort: number, options: object = {}): Promise<ServerProcess> {
    return ServerProcess.member('executor', { schedulerPort, ...EXECUTOR, ...options });
  }

  /** Starts a scheduler or an executor with these options only, or with those in a file. */
  static member(
    role: 'scheduler' | 'executor',
    options: object | string,
    log?: { file: string; level: string },
  ): Promise<ServerProcess> {
    return ServerProcess.launch([MEMBER, role, typeof options === 'string' ? options : JSON.stringify(options)], log);
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
