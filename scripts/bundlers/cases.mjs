/**
 * The tools that bundle or run programs, with the configuration that each of them needs.
 *
 * @module
 */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  copyFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { capture, Failure } from '../lib/shell.mjs';

/**
 * @typedef {object} Case
 * @property {string} name the tool, and what is special
 * @property {string} write what users write or do, in one cell of a table
 * @property {readonly string[]} [files] the files of `app/` that it needs; a configuration is the first one
 * @property {string} [tool] the package whose version the table shows
 * @property {(folder: string) => Promise<void>} [build]
 * @property {(folder: string) => Promise<string>} run the program after its project has moved; returns what it printed
 */

/** The command of a package of the project, run by Node. */
function bin(/** @type {string} */ folder, /** @type {string} */ name, command = name) {
  const manifest = join(folder, 'node_modules', name, 'package.json');
  /** @type {{ bin: string | Record<string, string> }} */
  const { bin: found } = JSON.parse(readFileSync(manifest, 'utf8'));
  const file = typeof found === 'string' ? found : found[command];
  if (!file) throw new Failure(`${name} has no command ${command}`);
  return join(dirname(manifest), file);
}

/** Builds with the command of a package. */
const build =
  (/** @type {string} */ name, /** @type {readonly string[]} */ args, /** @type {string} */ command = name) =>
  async (/** @type {string} */ folder) => {
    const file = bin(folder, name, command);
    // esbuild replaces its script by its binary.
    const isScript = readFileSync(file).subarray(0, 2).toString() === '#!';
    if (isScript) await quietly(process.execPath, [file, ...args], folder);
    else await quietly(file, args, folder);
  };

/** Runs a command, and shows its output only if it fails. */
async function quietly(
  /** @type {string} */ command,
  /** @type {readonly string[]} */ args,
  /** @type {string} */ cwd,
) {
  let output = '';
  try {
    await capture(command, args, { cwd, env: ENV, timeoutMs: 300_000, onOutput: (text) => (output += text) });
  } catch (error) {
    throw new Failure(`${error instanceof Error ? error.message : error}\n${output}`);
  }
}

const ENV = { NEXT_TELEMETRY_DISABLED: '1', DO_NOT_TRACK: '1', NODE_ENV: 'production' };

/** Runs a program in a folder above the project: it must not depend on the working folder. */
const program =
  (
    /** @type {string} */ file,
    /** @type {(folder: string) => readonly string[]} */ before = () => [process.execPath],
  ) =>
  async (/** @type {string} */ folder) => {
    const [command = '', ...args] = [...before(folder), join(folder, file)];
    let errors = '';
    try {
      const child = spawn(command, args, { cwd: dirname(folder), env: { ...process.env, ...ENV }, timeout: 120_000 });
      child.stderr.setEncoding('utf8').on('data', (text) => (errors += text));
      let output = '';
      child.stdout.setEncoding('utf8').on('data', (text) => (output += text));
      const [code, signal] = await once(child, 'close');
      if (code !== 0) throw new Failure(`exit code ${code ?? signal}`);
      return output.trim();
    } catch (error) {
      throw new Failure(`${error instanceof Error ? error.message : error}\n${errors}`);
    }
  };

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  server.close();
  return port;
}

/** Starts a server of Next.js, and asks its route. */
const route =
  (/** @type {(folder: string) => readonly string[]} */ command) => async (/** @type {string} */ folder) => {
    const port = String(await freePort());
    const server = spawn(process.execPath, command(folder), {
      cwd: folder,
      env: { ...process.env, ...ENV, PORT: port, HOSTNAME: '127.0.0.1' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const exit = once(server, 'exit');
    let output = '';
    for (const stream of [server.stdout, server.stderr])
      stream.setEncoding('utf8').on('data', (text) => (output += text));
    try {
      while (server.exitCode === null) {
        const response = await fetch(`http://127.0.0.1:${port}/answer`).catch(() => undefined);
        if (response?.ok) return await response.text();
        if (response) throw new Failure(`status ${response.status}\n${output}`);
        await pause(100);
      }
      throw new Failure(`next start ended\n${output}`);
    } finally {
      server.kill();
      await exit;
    }
  };

const nextStart = route((folder) => [bin(folder, 'next'), 'start']);

const node = program('main.mjs');
const built = program('out/main.mjs');

const EXTERNAL = "`external: ['ballista', 'apache-arrow']`";
const INSIDE = "`external: ['rolldown']`; the package is bundled, and `node_modules` shipped";

/** @type {readonly Case[]} */
export const CASES = [
  {
    name: 'esbuild, ESM',
    tool: 'esbuild',
    write: `${EXTERNAL}, or \`packages: 'external'\``,
    files: ['esbuild.mjs'],
    build: (folder) => quietly(process.execPath, ['esbuild.mjs'], folder),
    run: built,
  },
  {
    name: 'esbuild, CommonJS',
    tool: 'esbuild',
    write: EXTERNAL,
    build: build('esbuild', [
      'main.mjs',
      '--bundle',
      '--platform=node',
      '--packages=external',
      '--outfile=out/main.cjs',
    ]),
    run: program('out/main.cjs'),
  },
  {
    name: 'esbuild, minified',
    tool: 'esbuild',
    write: `${EXTERNAL}; the names of captured variables change, so use \`udf.fromModule\` for UDFs that capture`,
    build: build('esbuild', [
      ...['main.mjs', '--bundle', '--platform=node', '--packages=external', '--minify'],
      ...['--format=esm', '--outfile=out/main.mjs'],
    ]),
    run: built,
  },
  {
    name: 'esbuild, all in one file, ESM',
    tool: 'esbuild',
    write: INSIDE,
    build: build('esbuild', [
      ...['main.mjs', '--bundle', '--platform=node', '--format=esm', '--external:rolldown', '--outfile=out/main.mjs'],
    ]),
    run: built,
  },
  {
    name: 'esbuild, all in one file, CommonJS',
    tool: 'esbuild',
    write: INSIDE,
    build: build('esbuild', [
      ...['main.mjs', '--bundle', '--platform=node', '--external:rolldown', '--outfile=out/main.cjs'],
    ]),
    run: program('out/main.cjs'),
  },
  {
    name: 'Rollup',
    tool: 'rollup',
    write: EXTERNAL,
    files: ['rollup.config.mjs'],
    build: build('rollup', ['--config']),
    run: built,
  },
  {
    name: 'Rolldown',
    tool: 'rolldown',
    write: EXTERNAL,
    files: ['rolldown.config.mjs'],
    build: build('rolldown', ['--config']),
    run: built,
  },
  {
    name: 'Rolldown, all in one file',
    tool: 'rolldown',
    write: INSIDE,
    build: build('rolldown', ['main.mjs', '--platform', 'node', '--external', 'rolldown', '--dir', 'out']),
    run: program('out/main.js'),
  },
  {
    name: 'webpack',
    tool: 'webpack',
    write:
      "`externals: { ballista: 'module ballista', 'apache-arrow': 'module apache-arrow' }`; for CommonJS `commonjs`",
    files: ['webpack.config.mjs'],
    build: build('webpack-cli', ['--config', 'webpack.config.mjs'], 'webpack-cli'),
    run: built,
  },
  {
    name: 'webpack, all in one file',
    tool: 'webpack',
    write: "`externals: { rolldown: 'import rolldown' }`; the package is bundled, and `node_modules` shipped",
    files: ['inside/webpack.config.mjs'],
    build: build('webpack-cli', ['--config', 'webpack.config.mjs'], 'webpack-cli'),
    run: program('out/main.cjs'),
  },
  {
    name: 'Vite, SSR',
    tool: 'vite',
    write: "`ssr: { external: ['ballista', 'apache-arrow'] }`; Vite leaves packages out anyway",
    files: ['vite.config.mjs'],
    build: build('vite', ['build', '--logLevel', 'warn']),
    run: built,
  },
  {
    name: 'Vite, SSR, `noExternal: true`',
    tool: 'vite',
    write: INSIDE,
    files: ['inside/vite.config.mjs'],
    build: build('vite', ['build', '--logLevel', 'warn']),
    run: built,
  },
  {
    name: 'Next.js, Turbopack',
    tool: 'next',
    write: "`serverExternalPackages: ['ballista', 'apache-arrow']`",
    files: ['next/next.config.mjs', 'next/app'],
    build: build('next', ['build']),
    run: nextStart,
  },
  {
    name: 'Next.js, webpack',
    tool: 'next',
    write: "`serverExternalPackages: ['ballista', 'apache-arrow']`",
    files: ['next/next.config.mjs', 'next/app'],
    build: build('next', ['build', '--webpack']),
    run: nextStart,
  },
  {
    name: "Next.js, `output: 'standalone'`",
    tool: 'next',
    write: 'also `outputFileTracingIncludes`, because Next.js does not see the files that are loaded at run time',
    files: ['next/standalone/next.config.mjs', 'next/app'],
    build: build('next', ['build']),
    run: collected,
  },
  {
    name: 'Node, single executable',
    write: 'leave both packages out, load them next to the executable, and ship `node_modules` with it',
    files: ['sea.mjs', 'sea-config.json'],
    build: singleExecutable,
    run: program('out/program', () => []),
  },
  {
    name: 'Node, worker threads',
    write: 'nothing',
    files: ['thread.mjs'],
    run: program('thread.mjs'),
  },
  {
    name: 'Electron: packages in `app.asar`',
    write: "`asarUnpack: ['node_modules/**']` of electron-builder; tested with its folders, in Node",
    build: asArchive,
    run: program('app.asar/main.mjs'),
  },
  {
    name: 'Bun',
    tool: 'bun',
    write: 'nothing',
    run: program('main.mjs', (folder) => [bin(folder, 'bun')]),
  },
  {
    name: 'Bun, bundled',
    tool: 'bun',
    write: '`bun build main.ts --target=bun --external ballista --external apache-arrow --outdir out`',
    build: (folder) =>
      quietly(
        bin(folder, 'bun'),
        [
          'build',
          'main.mjs',
          '--target=bun',
          '--external',
          'ballista',
          '--external',
          'apache-arrow',
          '--outdir',
          'out',
        ],
        folder,
      ),
    run: program('out/main.js', (folder) => [bin(folder, 'bun')]),
  },
  {
    name: 'Deno',
    tool: 'deno',
    write: '`deno run --allow-all --node-modules-dir=manual main.ts`',
    run: program('main.mjs', (folder) => [
      ...[process.execPath, bin(folder, 'deno'), 'run', '--allow-all', '--no-lock', '--no-code-cache'],
      '--node-modules-dir=manual',
    ]),
  },
  { name: 'Node, a project that was moved', write: 'nothing', run: node },
];

/** Runs what Next.js has collected for a server, far from the other packages of the project. */
async function collected(/** @type {string} */ folder) {
  const away = mkdtempSync(join(tmpdir(), 'ballista-next-'));
  try {
    cpSync(join(folder, '.next', 'standalone'), away, { recursive: true, verbatimSymlinks: true });
    return await route(() => ['server.js'])(away);
  } finally {
    rmSync(away, { recursive: true });
  }
}

/** As Node's documentation says. */
async function singleExecutable(/** @type {string} */ folder) {
  await quietly(process.execPath, ['sea.mjs'], folder);
  await quietly(process.execPath, ['--experimental-sea-config', 'sea-config.json'], folder);
  copyFileSync(process.execPath, join(folder, 'out', 'program'));
  const fuse = 'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2';
  await build('postject', ['out/program', 'NODE_SEA_BLOB', 'out/main.blob', '--sentinel-fuse', fuse])(folder);
}

/** Makes the folders that Electron shows to a program: threads and addons cannot be loaded from the archive itself. */
async function asArchive(/** @type {string} */ folder) {
  const inside = join(folder, 'app.asar');
  mkdirSync(join(inside, 'node_modules', 'ballista'), { recursive: true });
  mkdirSync(join(folder, 'app.asar.unpacked'));
  for (const name of ['answer.mjs', 'main.mjs']) cpSync(join(folder, name), join(inside, name));
  for (const name of ['package.json', 'dist'])
    cpSync(join(folder, 'node_modules', 'ballista', name), join(inside, 'node_modules', 'ballista', name), {
      recursive: true,
    });
  writeFileSync(join(inside, 'node_modules', 'ballista', 'dist', 'udf-worker.mjs'), "throw new Error('inside');\n");
  symlinkSync('../node_modules', join(folder, 'app.asar.unpacked', 'node_modules'), 'junction');
}
