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
  try {
    await mkdir(path, { mode });
  } catch (failure) {
    if (await isFolder(path)) return;
    const parent = dirname(path);
    if ((failure as NodeJS.ErrnoException).code !== 'ENOENT' || parent === path || (await isFolder(parent)))
      throw failure;
    await createFolder(parent, mode);
    await createFolder(path, mode);
  }
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}
