/**
 * Loads modules that few programs need on first use, so that importing this package stays fast.
 *
 * @module
 */

import { packageRequire } from '../package-folder.js';

/** Loads a module on the first call. */
export function lazy<T>(name: string): () => T {
  let loaded: T | undefined;
  return () => {
    loaded ??= packageRequire()(name) as T;
    return loaded;
  };
}
