/**
 * Local files.
 *
 * @module
 */

import { toLocalPath } from '../input/local-path.js';
import { ObjectStore, type StoreSettings } from './store.js';

/** Options of {@link LocalFileSystem}. From `object_store`'s `LocalFileSystem`. */
export interface LocalFileSystemOptions {
  /** The folder that paths are relative to. Default: the root of the file system. */
  prefix?: string | URL;
}

/** The settings table of {@link LocalFileSystemOptions}. */
export const LOCAL_FILE_SETTINGS = {
  prefix: {
    type: 'any',
    typeText: 'string | URL',
    defaultText: 'the root of the file system',
    doc: 'The folder that paths are relative to.',
  },
} as const satisfies StoreSettings;

/**
 * Files on the local machine. Every executor must see them at the same path. Without a prefix it equals plain paths and
 * `file://` URLs; with a prefix, it maps a folder to a URL.
 *
 * @example
 * ```ts
 * import { LocalFileSystem } from 'ballista';
 *
 * const store = new LocalFileSystem({ prefix: '/srv/data' });
 * console.log(String(store)); // LocalFileSystem { prefix: "/srv/data" }
 * ```
 */
export class LocalFileSystem extends ObjectStore {
  /** @throws BallistaError `INVALID_ARGUMENT` */
  constructor(options: LocalFileSystemOptions = {}) {
    super({ name: 'LocalFileSystem', type: 'local', settings: LOCAL_FILE_SETTINGS }, options, (checked) => {
      const { prefix } = checked as LocalFileSystemOptions;
      return prefix === undefined ? checked : { prefix: toLocalPath(prefix, 'LocalFileSystem: prefix') };
    });
  }
}
