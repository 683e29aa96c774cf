/**
 * Runs commands, and reports failures in one line. It has no dependencies, because scripts start before anything is installed.
 *
 * @module
 */

import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The checkout. */
export const root = fileURLToPath(new URL('../../', import.meta.url));

/** A failure that needs no stack, only its message. */
export class Failure extends Error {}

/**
 * Runs the body of a script. After a {@link Failure} it prints one line, after another error the stack. The exit code is then 1.
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
 * @property {string} [cwd] default: the checkout
 * @property {Record<string, string>} [env] in addition to the environment of this process
 * @property {boolean} [shell]
 * @property {number} [timeoutMs] the command is killed after this time
 */

/**
 * Runs a command to its end, and passes its output through.
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
 * Runs a command to its end, and returns its standard output, or `undefined` if the command does not exist.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {RunOptions & { onOutput?: (text: string) => void }} [options] `onOutput` gets standard output and standard error
 *   immediately. Without it, standard error is passed through
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
 * The file of a command of an installed package. Run with `node`, it needs no shell and works on every platform.
 *
 * @param {string} packageName
 * @param {string} [command] a name in the package's `bin`; default: its only one
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
 * Runs npm. If npm has started this script, it is the same npm.
 *
 * @param {readonly string[]} args
 * @param {string} cwd
 */
export async function npm(args, cwd) {
  const running = process.env.npm_execpath;
  if (running?.endsWith('npm-cli.js')) await run(process.execPath, [running, ...args], { cwd });
  else await run('npm', args, { cwd, shell: process.platform === 'win32' });
}
