/**
 * The version of the package.
 *
 * @module
 */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { packageFolder } from './package-folder.js';

const manifest = readFileSync(join(packageFolder(), 'package.json'), 'utf8');

/**
 * The version of this package. The version of the engine is `BallistaScheduler.version`.
 *
 * @example
 * ```ts
 * import { version } from 'ballista';
 *
 * console.log(version.split('.').length); // 3
 * ```
 */
export const version: string = (JSON.parse(manifest) as { version: string }).version;
