/**
 * Remembers which commit has passed `npm test`, for the script that releases it.
 *
 * @module
 */

import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { capture, root } from './shell.mjs';

const MARK = join(root, 'build', 'tested');

/**
 * The commit that is checked out, or `undefined` if files differ from it.
 *
 * @returns {Promise<string | undefined>}
 */
export async function cleanCommit() {
  const changes = await capture('git', ['status', '--porcelain']);
  return changes === '' ? (await capture('git', ['rev-parse', 'HEAD']))?.trim() : undefined;
}

/** Call this when everything has passed. */
export async function markTested() {
  const commit = await cleanCommit().catch(() => undefined);
  rmSync(MARK, { force: true });
  if (commit === undefined) return;
  mkdirSync(dirname(MARK), { recursive: true });
  writeFileSync(MARK, commit);
}

/** Whether everything has passed for the files that are checked out. */
export async function isTested() {
  const commit = await cleanCommit();
  return commit !== undefined && existsSync(MARK) && readFileSync(MARK, 'utf8') === commit;
}
