/**
 * The version of the package.
 *
 * @module
 */

import { createRequire } from 'node:module';

/**
 * The version of this package; that of the engine is `BallistaScheduler.version`.
 *
 * @example
 * ```ts
 * import { version } from 'ballista';
 *
 * console.log(version.split('.').length); // 3
 * ```
 */
// The same relative path from src/ and from dist/.
export const version: string = (createRequire(import.meta.url)('../package.json') as { version: string }).version;
