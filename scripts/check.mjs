/**
 * All checks of `npm test` except the tests. Cheap checks run first, and the first failure ends the run:
 *
 *     npm run check [-- style types …]
 *
 * @module
 */

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from './build.mjs';
import { cargo, checkRust, clippy } from './cargo.mjs';
import { checkDocs } from './check-docs.mjs';
import { docs } from './docs.mjs';
import { generatedFiles } from './generate.mjs';
import { install } from './install.mjs';
import { kept, RUST } from './lib/kept.mjs';
import { Failure, main, root, run, tool } from './lib/shell.mjs';
import { packDevelopment } from './package/pack.mjs';
import { checkSizes, megabytes } from './package/sizes.mjs';
import { rustLayers } from './rust-layers.mjs';
import { smoke } from './smoke.mjs';
import { workflows } from './workflows.mjs';

/**
 * @typedef {object} Check
 * @property {string} name
 * @property {string} what
 * @property {() => Promise<number | void>} run returns how many things it checked, if more than one
 */

/** @type {readonly Check[]} */
const beforeBuild = [
  { name: 'style', what: 'formatting and lint, layers of the Rust folders', run: style },
  { name: 'workflows', what: 'lint of the GitHub workflows', run: workflows },
];

/** @type {readonly Check[]} */
const afterBuild = [
  { name: 'fresh', what: 'generated files are committed as generated', run: fresh },
  { name: 'types', what: 'TypeScript of the package, tests, examples and scripts', run: types },
  { name: 'package', what: 'the packages that npm would publish', run: packaged },
  { name: 'clippy', what: 'Rust lint', run: lintRust },
  { name: 'docs', what: 'examples of the documentation', run: () => checkDocs() },
  { name: 'site', what: 'the documentation site, without warnings', run: docs },
  { name: 'deploy', what: 'settings, ports and metrics in deploy/', run: deploy },
  { name: 'smoke', what: 'Node 22 and 24, Bun, Deno', run: smoke },
];

/** Names the check that failed. The message is the last line of output. */
export class CheckFailure extends Failure {
  /**
   * @param {string} name
   * @param {number} passed
   */
  constructor(name, passed) {
    super(`${name}: ${passed} passed, 1 failed`);
  }
}

/**
 * @param {readonly string[]} [names] absent or empty: all
 * @returns {Promise<number>} how many things were checked
 */
export async function check(names = []) {
  const known = [...beforeBuild, ...afterBuild].map(({ name }) => name);
  const unknown = names.find((name) => !known.includes(name));
  if (unknown) throw new Failure(`the check ${unknown} does not exist; the checks are: ${known.join(', ')}`);
  const chosen = (/** @type {Check} */ { name }) => names.length === 0 || names.includes(name);

  let passed = 0;
  const runAll = async (/** @type {readonly Check[]} */ checks) => {
    for (const { name, what, run } of checks.filter(chosen)) {
      console.error(`\n[${name}] ${what}`);
      const started = performance.now();
      try {
        passed += (await run()) ?? 1;
      } catch (error) {
        console.error(error instanceof Failure ? error.message : error);
        throw new CheckFailure(name, passed);
      }
      console.error(`  ${((performance.now() - started) / 1000).toFixed(1)} s`);
    }
  };

  await checkRust();
  await install();
  await runAll(beforeBuild);
  if (!afterBuild.some(chosen)) return passed;
  console.error('\n[build]');
  await build();
  await runAll(afterBuild);
  return passed;
}

const committed = new Map(generatedFiles.map((path) => [path, content(path)]));

/** @param {string} path */
function content(path) {
  const file = join(root, path);
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}

async function style() {
  rustLayers();
  await run(process.execPath, [tool('@biomejs/biome'), 'check', '--error-on-warnings', '.']);
  await cargo('fmt', '--all', '--check');
}

/** What has no warning has none in the next clone, either. */
async function lintRust() {
  const scripts = ['scripts/cargo.mjs', 'scripts/clippy-driver.mjs'];
  await kept('clippy', { inputs: [...RUST, ...scripts], extra: [await checkRust()] }, () => clippy());
}

/** The build has just written the generated files. Those that it has changed were stale. */
async function fresh() {
  const stale = generatedFiles.filter((path) => content(path) !== committed.get(path));
  if (stale.length === 0) return generatedFiles.length;
  const message = `these generated files were stale and are now up to date: ${stale.join(', ')}; commit them`;
  if (process.env.CI) throw new Failure(message);
  console.error(`  ${message}`);
  return generatedFiles.length;
}

/** Code that uses other libraries has its own project: the types of some libraries need those of a browser, or have errors. */
async function types() {
  for (const project of ['.', 'test/interop']) await run(process.execPath, [tool('typescript', 'tsc'), '-p', project]);
}

/** Loaded late, because it needs a package. */
async function deploy() {
  const { ownChecks } = await import('./deploy/own-checks.mjs');
  return ownChecks();
}

async function packaged() {
  const archives = await packDevelopment();
  for (const { name, file } of archives) console.error(`  ${name}: ${megabytes(file)} MB`);
  checkSizes(archives);
  const [archive] = archives;
  if (!archive) throw new Failure('nothing was packed');
  await run(process.execPath, [tool('publint'), 'run', archive.file, '--strict']);
  await run(process.execPath, [tool('@arethetypeswrong/cli', 'attw'), archive.file]);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  main(async () => {
    const passed = await check(process.argv.slice(2));
    console.log(`\n${passed} passed, 0 failed`);
  });
}
