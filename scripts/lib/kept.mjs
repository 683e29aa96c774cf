/**
 * Keeps what cargo builds from this project's own crates in the cache folder, by a hash of all that it depends on. Cargo takes
 * each clone for another package, and would build the same files again.
 *
 * @module
 */

import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { targetDir } from '../cargo.mjs';
import { digest } from './stamp.mjs';

/** How many results of one name stay. The addon has 160 MB. */
const NEWEST = 3;

/** The sources of the project's crates. */
export const RUST = ['native', 'bench/stock', 'Cargo.toml', 'Cargo.lock'];

/**
 * Several processes may call this at once.
 *
 * @param {string} name
 * @param {import('./stamp.mjs').Inputs} inputs
 * @param {(folder: string) => Promise<void>} work puts its results into the folder, which is empty
 * @returns {Promise<string>} the folder with the results
 */
export async function kept(name, inputs, work) {
  const all = join(targetDir, 'kept', name);
  const before = digest(inputs);
  const folder = join(all, before.slice(0, 16));
  if (existsSync(folder)) {
    const now = new Date();
    utimesSync(folder, now, now);
    return folder;
  }
  const temporary = `${folder}.${process.pid}.tmp`;
  try {
    mkdirSync(temporary, { recursive: true });
    await work(temporary);
    // An input may have been edited meanwhile: then these are the results of no hash, and the next call builds again.
    const target = digest(inputs) === before ? folder : `${folder}.edited`;
    if (target !== folder) rmSync(target, { recursive: true, force: true });
    renameSync(temporary, target);
    prune(all);
    return target;
  } catch (error) {
    rmSync(temporary, { recursive: true, force: true });
    // Another process was faster.
    if (existsSync(folder)) return folder;
    throw error;
  }
}

/** @param {string} all */
function prune(all) {
  const names = readdirSync(all).filter((name) => !name.endsWith('.tmp'));
  const used = names.map((name) => ({ path: join(all, name), at: statSync(join(all, name)).mtimeMs }));
  used.sort((a, b) => b.at - a.at);
  for (const { path } of used.slice(NEWEST)) rmSync(path, { recursive: true, force: true });
}
