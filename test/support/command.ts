import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

import { ROOT } from './child.js';

/** The program of the command `ballista`. */
export const COMMAND = join(ROOT, 'dist', 'cli.mjs');

/** How the command ended. */
export interface CommandResult {
  code: number | null;
  stdout: string;
  stderr: string;
}

export interface CommandOptions {
  /** What it reads from standard input. Default: nothing. */
  input?: string;
  env?: Record<string, string>;
  cwd?: string;
  nodeArgs?: readonly string[];
  /** A shell command of bash, in which `"$@"` stands for the call of `ballista`. */
  shell?: string;
}

/** Starts `ballista`. */
export function startCommand(args: readonly string[], options: CommandOptions = {}): ChildProcess {
  const call = [process.execPath, ...(options.nodeArgs ?? []), COMMAND, ...args];
  const [program = '', ...rest] = options.shell ? ['bash', '-c', options.shell, 'bash', ...call] : call;
  const { BALLISTA_URL: _url, BALLISTA_TOKEN_FILE: _token, ...env } = process.env;
  return spawn(program, rest, { cwd: options.cwd, env: { ...env, ...options.env } });
}

/** Waits until a command has ended. */
export async function endOf(child: ChildProcess): Promise<CommandResult> {
  const code = new Promise<number | null>((resolve, reject) => child.once('error', reject).once('close', resolve));
  const [stdout, stderr] = await Promise.all(
    [child.stdout, child.stderr].map((stream) => (stream ? text(stream) : '')),
  );
  return { code: await code, stdout: stdout ?? '', stderr: stderr ?? '' };
}

/** Runs `ballista` to its end. */
export function ballista(args: readonly string[], options: CommandOptions = {}): Promise<CommandResult> {
  const child = startCommand(args, options);
  child.stdin?.end(options.input ?? '');
  return endOf(child);
}
