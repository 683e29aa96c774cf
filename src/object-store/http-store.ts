/**
 * Files on a web server.
 *
 * @module
 */

import { ObjectStore, type StoreSettings } from './store.js';
import { toEndpoint } from './url.js';

/** Options of {@link HttpStore}. From `object_store`'s `HttpBuilder`. */
export interface HttpStoreOptions {
  /** `https://` or `http://`. A path in the URL is put before the path of every file. */
  url: string | URL;
}

/** The settings table of {@link HttpStoreOptions}. */
export const HTTP_SETTINGS = {
  url: {
    type: 'any',
    required: true,
    typeText: 'string | URL',
    doc: '`https://` or `http://`. A path in the URL is put before the path of every file.',
  },
} as const satisfies StoreSettings;

/**
 * Files on a web server that supports HEAD and range requests. Folders, globs and writes need WebDAV (PROPFIND).
 *
 * @example
 * ```ts
 * import { HttpStore } from 'ballista';
 *
 * const store = new HttpStore({ url: 'https://example.com/data' });
 * console.log(String(store)); // HttpStore { url: "https://example.com/data" }
 * ```
 */
export class HttpStore extends ObjectStore {
  /** @throws BallistaError `INVALID_ARGUMENT` */
  constructor(options: HttpStoreOptions) {
    super({ name: 'HttpStore', type: 'http', settings: HTTP_SETTINGS }, options, ({ url }) => {
      // An http:// URL allows http; a redirect from https:// to http:// stays forbidden.
      const endpoint = toEndpoint(url as HttpStoreOptions['url'], 'HttpStore: url', true);
      return { url: endpoint, allowHttp: endpoint.startsWith('http:') };
    });
  }
}
