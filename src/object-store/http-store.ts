/**
 * Files of a web server.
 *
 * @module
 */

import { ObjectStore, type StoreSettings } from './store.js';
import { toEndpoint } from './url.js';

/** Options of {@link HttpStore}. From `object_store`'s `HttpBuilder`. */
export interface HttpStoreOptions {
  /** `https://` or `http://`. What follows the host stands before the path of every file. */
  url: string | URL;
}

const SETTINGS = {
  url: { type: 'any', required: true, doc: 'The address.' },
} as const satisfies StoreSettings;

/**
 * Files of a web server that answers HEAD and ranges. Folders and globs need WebDAV (PROPFIND), and so do writes.
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
    super({ name: 'HttpStore', type: 'http', settings: SETTINGS }, options, ({ url }) => {
      // Whoever writes http:// allows it; a redirect from https:// to http:// stays forbidden.
      const endpoint = toEndpoint(url as HttpStoreOptions['url'], 'HttpStore: url', true);
      return { url: endpoint, allowHttp: endpoint.startsWith('http:') };
    });
  }
}
