/**
 * Running commands and failing politely. No dependencies: these scripts start in a clone with nothing installed.
 *
 * @module
 */

import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The checkout. */
export const root = fileURLToPath(new URL('../../', import.meta.url));

/** A failure whose message is all that a person needs to see. */
export class Failure extends Error {}

/**
 * Runs a script's body: a {@link Failure} becomes one line and exit code 1, anything else keeps its stack.
 *
 * @param {() => Promise<void>} body
 */
export function main(body) {
  body().catch((error) => {
    console.error(error instanceof Failure ? error.message : error);
    process.exit(1);
  });
}

/**
 * @typedef {object} RunOptions
 * @property {string} [cwd] absent: the checkout
 * @property {Record<string, string>} [env] besides the present environment
 * @property {boolean} [shell]
 * @property {number} [timeoutMs] after which it is killed
 */

/**
 * Runs a command to its end, its output passed through.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {RunOptions} [options]
 * @returns {Promise<void>} rejects with a {@link Failure} when the command fails
 */
export async function run(command, args, options = {}) {
  await ended(start(command, args, options, ['ignore', 'inherit', 'inherit']), command, args);
}

/**
 * Runs a command to its end and returns what it wrote to standard output; `undefined` when there is no such command.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {RunOptions & { onOutput?: (text: string) => void }} [options] `onOutput` gets standard output and standard
 *   error as they come, which otherwise passes through
 * @returns {Promise<string | undefined>}
 */
export async function capture(command, args, options = {}) {
  const { onOutput } = options;
  const child = start(command, args, options, ['ignore', 'pipe', onOutput ? 'pipe' : 'inherit']);
  let output = '';
  child.stdout?.setEncoding('utf8').on('data', (text) => {
    output += text;
    onOutput?.(text);
  });
  child.stderr?.setEncoding('utf8').on('data', (text) => onOutput?.(text));
  try {
    await ended(child, command, args);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
  return output;
}

/**
 * @param {string} command
 * @param {readonly string[]} args
 * @param {RunOptions} options
 * @param {import('node:child_process').StdioOptions} stdio
 */
function start(command, args, { cwd = root, env = {}, shell = false, timeoutMs }, stdio) {
  return spawn(command, args, {
    cwd,
    env: { ...process.env, ...env },
    shell,
    stdio,
    timeout: timeoutMs,
    killSignal: 'SIGKILL',
  });
}

/**
 * @param {import('node:child_process').ChildProcess} child
 * @param {string} command
 * @param {readonly string[]} args
 * @returns {Promise<void>}
 */
function ended(child, command, args) {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => {
      if (code === 0) resolve();
      else reject(new Failure(`failed (${signal ?? `exit code ${code}`}): ${[command, ...args].join(' ')}`));
    });
  });
}

/**
 * The file behind a command of an installed package, to be run with `node`: no shell, the same on every platform.
 *
 * @param {string} packageName
 * @param {string} [command] as in the package's `bin`; absent: its only one
 */
export function tool(packageName, command) {
  const manifest = join(root, 'node_modules', packageName, 'package.json');
  /** @type {{ bin: string | Record<string, string> }} */
  const { bin } = createRequire(import.meta.url)(manifest);
  const file = typeof bin === 'string' ? bin : command ? bin[command] : Object.values(bin)[0];
  if (!file) throw new Failure(`${packageName} has no command ${command}`);
  return join(dirname(manifest), file);
}

/**
 * Runs npm: the very one that started this script, where there is one.
 *
 * @param {readonly string[]} args
 * @param {string} cwd
 */
export async function npm(args, cwd) {
  const running = process.env.npm_execpath;
  if (running?.endsWith('npm-cli.js')) await run(process.execPath, [running, ...args], { cwd });
  else await run('npm', args, { cwd, shell: process.platform === 'win32' });
}
