/**
 * "Nothing changed since the last time": a step's inputs and outputs as one hash, kept in `build/stamps/`.
 *
 * @module
 */

import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { root } from './shell.mjs';

/**
 * @typedef {object} Step
 * @property {string} name
 * @property {readonly string[]} inputs files and folders whose content decides the result, relative to the checkout
 * @property {readonly string[]} outputs small files, by content: a hand-edited or missing one counts as a change
 * @property {readonly string[]} [artifacts] large outputs, which need only exist
 * @property {readonly string[]} [extra] anything else that decides the result, such as a compiler's version
 */

/**
 * Runs a step unless its inputs and outputs are as it left them.
 *
 * @param {Step} step
 * @param {() => Promise<void>} work
 */
export async function unlessFresh(step, work) {
  const file = join(root, 'build', 'stamps', step.name);
  const stamp = existsSync(file) ? readFileSync(file, 'utf8') : '';
  const complete = (step.artifacts ?? []).every((path) => existsSync(join(root, path)));
  // An input that is edited meanwhile was not seen.
  const inputs = digest(step.inputs, step.extra);
  if (complete && stamp === inputs + digest(step.outputs)) return;
  await work();
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, inputs + digest(step.outputs));
}

/**
 * @param {readonly string[]} paths
 * @param {readonly string[]} [extra]
 */
function digest(paths, extra = []) {
  const hash = createHash('sha256');
  for (const text of extra) hash.update(`${text}\0`);
  for (const path of paths.flatMap(files)) {
    hash.update(`${path}\0`);
    hash.update(readFileSync(join(root, path)));
  }
  return hash.digest('hex');
}

/**
 * The files under a path in a fixed order; none when the path does not exist. Build results are no inputs.
 *
 * @param {string} path relative to the checkout
 * @returns {string[]}
 */
function files(path) {
  const stat = statSync(join(root, path), { throwIfNoEntry: false });
  if (!stat) return [];
  if (!stat.isDirectory()) return [path];
  return readdirSync(join(root, path))
    .filter((name) => !name.endsWith('.node') && name !== 'target')
    .sort()
    .flatMap((name) => files(`${path}/${name}`));
}
