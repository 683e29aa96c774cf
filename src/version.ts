/**
 * The version of the package.
 *
 * @module
 */

// The build replaces the import with the value, so that the package need not find its own package.json.
import manifest from '../package.json' with { type: 'json' };

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
export const version: string = manifest.version;
