/**
 * Builds the program with a tool, and runs the result.
 *
 * @module
 */

import { renameSync } from 'node:fs';
import { reset } from './project.mjs';

/** What the program prints. */
export const ANSWER = 'the UDF returned 42';

/**
 * Between build and run, the project moves to another folder: no path of the machine that builds may stay in the program.
 *
 * @param {string} folder the project
 * @param {import('./cases.mjs').Case} wanted
 * @returns {Promise<string | undefined>} why it failed
 */
export async function runCase(folder, { files = [], build, run }) {
  const moved = `${folder} moved`;
  reset(folder, files);
  try {
    await build?.(folder);
    renameSync(folder, moved);
    try {
      const output = await run(moved);
      return output === ANSWER ? undefined : `The program printed ${JSON.stringify(output)}.`;
    } finally {
      renameSync(moved, folder);
    }
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
