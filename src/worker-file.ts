/**
 * The location of the code of UDF worker threads.
 *
 * @module
 */

import { join } from 'node:path';

import { packageFolder } from './package-folder.js';

/**
 * The path of the file.
 *
 * @throws BallistaError `ADDON`
 */
export function workerFile(): string {
  return join(packageFolder(), 'dist', 'udf-worker.mjs');
}
