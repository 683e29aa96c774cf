/**
 * Engine settings by key.
 *
 * @module
 */

import type { ConfigKey } from './generated/keys.js';

/** The value of a configuration key. */
export type ConfigValue = string | number | bigint | boolean;

/**
 * Engine settings by key, such as `'datafusion.execution.target_partitions'`. Editors suggest all `datafusion.*` and
 * `ballista.*` keys. The engine takes values as strings; numbers and booleans are converted.
 */
export type ClusterConfig = { readonly [K in ConfigKey]?: ConfigValue } & { readonly [key: string]: ConfigValue };
