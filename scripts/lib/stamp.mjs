/**
 * Runs steps only when something has changed. A hash of the inputs and outputs of each step is kept in `build/stamps/`.
 *
 * @module
 */

import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { root } from './shell.mjs';

/**
 * @typedef {object} Inputs
 * @property {readonly string[]} inputs the files and folders that the result depends on, relative to the checkout
 * @property {readonly string[]} [extra] other things that the result depends on, such as the version of a compiler
 */

/**
 * @typedef {object} Outputs
 * @property {string} name
 * @property {readonly string[]} outputs small files. If one is missing or was edited, the step runs again
 * @property {readonly string[]} [artifacts] large outputs. If one is missing, the step runs again
 */

/** @typedef {Inputs & Outputs} Step */

/**
 * Runs a step if its inputs or outputs have changed since it last ran.
 *
 * @param {Step} step
 * @param {() => Promise<void>} work
 */
export async function unlessFresh(step, work) {
  const file = join(root, 'build', 'stamps', step.name);
  const stamp = existsSync(file) ? readFileSync(file, 'utf8') : '';
  const complete = (step.artifacts ?? []).every((path) => existsSync(join(root, path)));
  // An input may have been edited while the step ran.
  const inputs = digest(step);
  const both = () => inputs + digest({ inputs: step.outputs });
  if (complete && stamp === both()) return;
  await work();
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, both());
}

/** @param {Inputs} inputs */
export function digest({ inputs, extra = [] }) {
  const hash = createHash('sha256');
  for (const text of extra) hash.update(`${text}\0`);
  for (const path of inputs.flatMap(files)) {
    hash.update(`${path}\0`);
    hash.update(readFileSync(join(root, path)));
  }
  return hash.digest('hex');
}

/**
 * The files under a path, in a fixed order. None if the path does not exist. Results of a build are left out.
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
