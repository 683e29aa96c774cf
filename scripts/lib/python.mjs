/**
 * Programs that are published as Python packages.
 *
 * @module
 */

import { existsSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { targetDir } from '../cargo.mjs';
import { capture, Failure, run } from './shell.mjs';

export const PYTHON = process.platform === 'win32' ? 'python' : 'python3';

/**
 * Installs packages, without their dependencies.
 *
 * @param {string} folder an empty or missing folder
 * @param {readonly string[]} packages with their versions, such as `duckdb==1.5.5`
 * @param {string} purpose what they are needed for, for the error when there is no Python
 */
export async function pipInstall(folder, packages, purpose) {
  if ((await capture(PYTHON, ['-m', 'pip', '--version'])) === undefined)
    throw new Failure(`${PYTHON} with pip was not found. It is needed to ${purpose}.`);
  const options = ['--quiet', '--no-deps', '--disable-pip-version-check', '--root-user-action=ignore'];
  await run(PYTHON, ['-m', 'pip', 'install', ...options, '--target', folder, ...packages]);
}

/**
 * Installs packages once, in a folder that all clones share. New versions get a new folder.
 *
 * @param {readonly string[]} packages with their versions
 * @param {string} purpose as for {@link pipInstall}
 * @returns {Promise<string>} the folder. Its `bin` has the programs
 */
export async function pythonPackages(packages, purpose) {
  const folder = join(targetDir, 'python', packages.join('-').replaceAll('==', '-'));
  if (existsSync(folder)) return folder;
  const unfinished = `${folder}.${process.pid}.tmp`;
  console.error(`Installing ${packages.join(' and ')}`);
  try {
    await pipInstall(unfinished, packages, purpose);
    renameSync(unfinished, folder);
  } catch (error) {
    rmSync(unfinished, { recursive: true, force: true });
    // Another process may have installed them in the meantime.
    if (!existsSync(folder)) throw error;
  }
  return folder;
}
