/**
 * Registers the object stores of the URLs that a statement names, so that `select … from 'https://…'` needs no set-up.
 *
 * @module
 */

import type { SessionContext } from 'ballista';

import { tokenize } from './tokens.js';

/** The stores that a session has. */
export class RemoteStores {
  readonly #session: SessionContext;
  readonly #registered = new Set<string>();

  constructor(session: SessionContext) {
    this.#session = session;
  }

  /**
   * Registers the stores of a statement. Credentials come from the environment.
   *
   * @throws BallistaError as `registerObjectStore`
   */
  async registerFor(statement: string): Promise<void> {
    for (const { scheme, host } of remoteUrls(statement)) {
      const base = `${scheme}://${host}`;
      if (this.#registered.has(base)) continue;
      const { AmazonS3, GoogleCloud, HttpStore } = await import('ballista');
      const store =
        scheme === 's3'
          ? new AmazonS3({ bucketName: host })
          : scheme === 'gs'
            ? new GoogleCloud({ bucketName: host })
            : new HttpStore({ url: base });
      await this.#session.registerObjectStore(base, store);
      this.#registered.add(base);
    }
  }
}

/** The URLs in the strings and quoted names of a statement: their schemes and hosts. */
export function remoteUrls(statement: string): { scheme: string; host: string }[] {
  return tokenize(statement).flatMap(({ kind, text }) => {
    const url = kind === 'string' || kind === 'name' ? /^['"`](https?|s3|gs):\/\/([^/'"`?#]+)/i.exec(text) : null;
    return url ? [{ scheme: (url[1] as string).toLowerCase(), host: url[2] as string }] : [];
  });
}
