/**
 * Cargo with the project's target folder: `npm run cargo -- test`. Every cargo command of the scripts goes through here,
 * so that all of them share one folder and one environment, and none rebuilds what another built.
 *
 * @module
 */

import { accessSync, constants, existsSync, mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { capture, Failure, main, root, run } from './lib/shell.mjs';

/** The cargo target folder: outside the checkout, so that every clone shares the 400 compiled dependencies. */
export const targetDir = process.env.CARGO_TARGET_DIR ?? writable(cacheDir()) ?? join(root, 'target');

/** Where `#[napi]` writes the addon's types while it compiles. A change of this variable would rebuild the addon. */
export const typeDefDir = join(targetDir, 'ballista-types', root.replace(/[^A-Za-z0-9]+/g, '-'));

/** Optimised, no LTO: what development, tests and benchmarks run. */
export const PROFILE = 'release';

/** CI builds what is committed; elsewhere a changed Cargo.toml may change Cargo.lock. */
export const locked = process.env.CI ? ['--locked'] : [];

function cacheDir() {
  const home = homedir();
  const base =
    process.platform === 'win32'
      ? (process.env.LOCALAPPDATA ?? join(home, 'AppData', 'Local'))
      : process.platform === 'darwin'
        ? join(home, 'Library', 'Caches')
        : (process.env.XDG_CACHE_HOME ?? join(home, '.cache'));
  return join(base, 'ballista', 'target');
}

/** @param {string} folder */
function writable(folder) {
  try {
    mkdirSync(folder, { recursive: true });
    accessSync(folder, constants.W_OK);
    return folder;
  } catch {
    return undefined;
  }
}

/** @returns {Record<string, string>} */
function environment() {
  return { CARGO_TARGET_DIR: targetDir, NAPI_TYPE_DEF_TMP_FOLDER: typeDefDir };
}

/** @param {readonly string[]} args */
export async function cargo(...args) {
  mkdirSync(typeDefDir, { recursive: true });
  await run('cargo', args, { env: environment() });
}

/**
 * @param {readonly string[]} args
 * @returns {Promise<string>} standard output
 */
export async function captureCargo(...args) {
  mkdirSync(typeDefDir, { recursive: true });
  return (await capture('cargo', args, { env: environment() })) ?? '';
}

/**
 * Builds with the profile of the day.
 *
 * @param {string} target whose artifact is wanted
 * @param {readonly string[]} args what cargo builds
 * @returns {Promise<{ filenames: string[], executable: string | null, fresh: boolean }>}
 */
export async function artifact(target, ...args) {
  const lines = await captureCargo(
    'build',
    '--profile',
    PROFILE,
    ...args,
    ...locked,
    '--message-format',
    'json-render-diagnostics',
  );
  for (const line of lines.split('\n')) {
    if (!line.startsWith('{')) continue;
    const message = JSON.parse(line);
    if (message.reason === 'compiler-artifact' && message.target.name === target) return message;
  }
  throw new Failure(`cargo built no ${target}`);
}

/**
 * Says in one line what is missing to compile Rust, if anything.
 *
 * @returns {Promise<string>} the compiler's version
 */
export async function checkRust() {
  const version = await capture('rustc', ['--version']);
  if (version === undefined || !hasCommand('cargo')) {
    throw new Failure(
      'Rust is needed to build the native addon, and cargo was not found: install it from https://rustup.rs',
    );
  }
  if (process.platform !== 'win32' && !hasCommand('cc')) {
    const remedy =
      process.platform === 'darwin' ? 'xcode-select --install' : 'apt-get install build-essential, or the like';
    throw new Failure(`A C compiler is needed to build the native addon, and cc was not found: ${remedy}`);
  }
  return version.trim();
}

/** @param {string} name */
function hasCommand(name) {
  const file = process.platform === 'win32' ? `${name}.exe` : name;
  return (process.env.PATH ?? '').split(delimiter).some((folder) => existsSync(join(folder, file)));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  main(async () => {
    await checkRust();
    await cargo(...process.argv.slice(2));
  });
}
