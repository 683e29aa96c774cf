/**
 * Runs cargo with the project's target folder: `npm run cargo -- test`. All scripts call cargo through this file. They share one
 * folder and one environment, so none of them rebuilds what another one has built.
 *
 * @module
 */

import { accessSync, constants, existsSync, mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { capture, Failure, main, root, run } from './lib/shell.mjs';

/** The cargo target folder: outside the checkout, so that every clone shares the 400 compiled dependencies. */
export const targetDir = process.env.CARGO_TARGET_DIR ?? writable(cacheDir()) ?? join(root, 'target');

/** Where `#[napi]` writes the addon's types while it compiles. A change of this variable would rebuild the addon. */
export const typeDefDir = join(targetDir, 'ballista-types', root.replace(/[^A-Za-z0-9]+/g, '-'));

/** Development, tests and benchmarks run optimised code without LTO. */
export const PROFILE = 'release';

/** What npm gets: smaller and faster, at the price of a very long link. */
export const PUBLISH_PROFILE = 'npm';

/** Cargo takes the compiler from this variable, too. */
const COMPILER = process.env.RUSTC ?? 'rustc';

/** In CI, Cargo.lock must not change. Elsewhere, a changed Cargo.toml may change it. */
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

/** @type {Record<string, string> | undefined} */
let environment;

async function prepare() {
  mkdirSync(typeDefDir, { recursive: true });
  environment ??= {
    CARGO_TARGET_DIR: targetDir,
    NAPI_TYPE_DEF_TMP_FOLDER: typeDefDir,
    PROTOC: process.env.PROTOC ?? (await protoc()),
  };
  return environment;
}

/**
 * The protobuf compiler that the crate `substrait` runs when it is built. A crate provides it, so that you need not install
 * one. A change of this variable would rebuild what depends on it.
 */
async function protoc() {
  const metadata = await capture('cargo', ['metadata', '--format-version', '1', ...locked]);
  const os = process.platform === 'darwin' ? 'macos' : process.platform;
  const arch = process.platform === 'win32' ? '' : `-${process.arch === 'arm64' ? 'aarch_64' : 'x86_64'}`;
  const name = `protoc-bin-vendored-${os}${arch}`;
  /** @type {{ name: string, manifest_path: string }[]} */
  const packages = JSON.parse(metadata ?? '{"packages":[]}').packages;
  const found = packages.find((candidate) => candidate.name === name);
  if (!found)
    throw new Failure(
      `cargo metadata failed, or the crate ${name} was not found: set PROTOC to the path of a protobuf compiler`,
    );
  return join(dirname(found.manifest_path), 'bin', process.platform === 'win32' ? 'protoc.exe' : 'protoc');
}

/** @param {readonly string[]} args */
export async function cargo(...args) {
  await run('cargo', args, { env: await prepare() });
}

/** Lints the project's crates. Fails if there is a warning. */
export async function clippy() {
  const env = { ...(await prepare()), RUSTC_WORKSPACE_WRAPPER: join(root, 'scripts', 'clippy-driver.mjs') };
  await run('cargo', ['build', '--profile', PROFILE, ...locked, '--workspace', '--lib', '--bins'], { env });
}

/**
 * @typedef {object} Artifact
 * @property {string[]} filenames
 * @property {string | null} executable
 * @property {boolean} fresh
 */

/**
 * Builds a target.
 *
 * @param {string} target the target to build
 * @param {readonly string[]} args the arguments for cargo
 * @param {object} [options]
 * @param {string} [options.profile] default: the profile for development
 * @param {readonly [string, ...string[]]} [options.command] what to run instead of `cargo build`
 * @param {Record<string, string>} [options.env] in addition to the environment of the other builds
 * @returns {Promise<Artifact>}
 */
export async function artifact(target, args, { profile = PROFILE, command = ['cargo', 'build'], env = {} } = {}) {
  const [program, ...first] = command;
  const format = ['--message-format', 'json-render-diagnostics'];
  const all = [...first, '--profile', profile, ...args, ...locked, ...format];
  const lines = (await capture(program, all, { env: { ...(await prepare()), ...env } })) ?? '';
  for (const line of lines.split('\n')) {
    if (!line.startsWith('{')) continue;
    const message = JSON.parse(line);
    if (message.reason === 'compiler-artifact' && message.target.name === target) return message;
  }
  throw new Failure(`cargo did not build ${target}`);
}

/** The crate of the addon. */
export const ADDON_CRATE = 'ballista-node';

/**
 * Builds the addon. Cargo names its file by the rules of the platform.
 *
 * @param {readonly string[]} [args] as for {@link artifact}, like the options
 * @param {Parameters<typeof artifact>[2]} [options]
 * @returns {Promise<{ file: string, recompiled: boolean }>}
 */
export async function addonArtifact(args = [], options = {}) {
  const all = ['--package', ADDON_CRATE, '--lib', ...args];
  const { filenames, fresh } = await artifact(ADDON_CRATE.replaceAll('-', '_'), all, options);
  const file = filenames.find((name) => /\.(so|dylib|dll)$/.test(name));
  if (!file) throw new Failure(`cargo did not build a library for ${ADDON_CRATE}`);
  return { file, recompiled: !fresh };
}

/**
 * Fails if something is missing that is needed to compile Rust. The message names it in one line.
 *
 * @returns {Promise<string>} the compiler's version
 */
export async function checkRust() {
  const version = await capture(COMPILER, ['--version']);
  if (version === undefined || !hasCommand('cargo')) {
    throw new Failure(
      'cargo was not found, but Rust is needed to build the native addon: install it from https://rustup.rs',
    );
  }
  if (process.platform !== 'win32' && !hasCommand('cc')) {
    const remedy =
      process.platform === 'darwin' ? 'xcode-select --install' : 'for example, apt-get install build-essential';
    throw new Failure(`cc was not found, but a C compiler is needed to build the native addon: ${remedy}`);
  }
  return version.trim();
}

/**
 * Fails if the compiler cannot compile for a target. Cargo would say so after it has compiled many crates for this machine.
 *
 * @param {string} target the name of a platform in Rust
 */
export async function checkTarget(target) {
  const folder = await capture(COMPILER, ['--print', 'target-libdir', '--target', target]);
  if (folder !== undefined && existsSync(folder.trim())) return;
  throw new Failure(
    `the compiler has no standard library for ${target}: run "rustup target add ${target}", or set RUSTC to a compiler that has it`,
  );
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
