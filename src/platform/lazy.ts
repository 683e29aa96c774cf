/**
 * Loads modules that few programs need on first use, so that importing this package stays fast.
 *
 * @module
 */

// biome-ignore lint/style/noRestrictedImports: it loads packages, never the addon
import { createRequire } from 'node:module';

/** Loads a module on the first call. */
export function lazy<T>(name: string): () => T {
  let loaded: T | undefined;
  return () => {
    loaded ??= createRequire(import.meta.url)(name) as T;
    return loaded;
  };
}
