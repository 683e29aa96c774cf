/**
 * Creates folders.
 *
 * @module
 */

import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Creates a folder and its missing parents. Fails with the error of the system. Node's recursive `mkdir` never returns where the
 * system answers that an existing parent does not exist, such as in `/proc`.
 *
 * @param mode - the permissions of new folders; default: those of new files
 */
export async function createFolder(path: string, mode?: number): Promise<void> {
  const failure = await attempt(path, mode);
  if (!failure) return;
  const parent = dirname(path);
  if (failure.code !== 'ENOENT' || parent === path) throw failure;
  await createFolder(parent, mode);
  const second = await attempt(path, mode);
  if (second) throw second;
}

/** Creates one folder. Returns the error if there is no such folder after it: another process may have made it. */
async function attempt(path: string, mode?: number): Promise<NodeJS.ErrnoException | undefined> {
  try {
    await mkdir(path, { mode });
    return undefined;
  } catch (failure) {
    return (await isFolder(path)) ? undefined : (failure as NodeJS.ErrnoException);
  }
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}
