/**
 * The version of the package.
 *
 * @module
 */

import { readFileSync } from 'node:fs';

// The same relative path from src/ and from dist/.
const manifest = readFileSync(new URL('../package.json', import.meta.url), 'utf8');

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
