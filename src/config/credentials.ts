/**
 * How a session, a scheduler or an executor shows who it is, and whom it believes.
 *
 * @module
 */

import { invalid } from '../errors.js';
import { describe } from '../input/describe.js';
import { toLocalPath } from '../input/local-path.js';
import { type DocumentedTable, resolve } from '../input/settings.js';

/**
 * TLS, with certificates in PEM files. Sessions, schedulers and executors take the same options. Files are read again when
 * they change, and new connections use them. If the new files cannot be used, the process keeps the old ones, and logs the
 * reason.
 *
 * The constructor throws `INVALID_ARGUMENT` if an option is missing that another one needs. A session reads the files in its
 * constructor, a server in `start()`: both fail with `IO` if a file cannot be read, and with `INVALID_ARGUMENT` if it does not
 * hold what it should. If one side refuses the certificate of the other, requests fail with `CONNECTION`.
 *
 * @example
 * ```ts no-run
 * import { BallistaScheduler, BallistaSessionContext } from 'ballista';
 *
 * const ca = 'certs/ca.pem';
 * const server = { ca, cert: 'certs/server.pem', key: 'certs/server.key', clientAuth: true };
 * const scheduler = new BallistaScheduler({ tls: server });
 * await scheduler.start();
 * const client = { ca, cert: 'certs/client.pem', key: 'certs/client.key' };
 * const ctx = new BallistaSessionContext('df://10.0.0.1:50050', { tls: client });
 * ```
 */
export interface TlsOptions {
  /**
   * The file with the certificates of the authorities that this process trusts. Default: the authorities that the system
   * trusts.
   */
  ca?: string | URL;
  /**
   * The file with the certificate of this process, followed by its intermediate certificates. Needs `key`. Schedulers and
   * executors must have it. Default: none.
   */
  cert?: string | URL;
  /** The file with the private key of `cert`, unencrypted. Default: none. */
  key?: string | URL;
  /**
   * Whether a scheduler or an executor accepts only connections with a certificate that `ca` has issued (mutual TLS). Needs
   * `ca`. Default `false`.
   */
  clientAuth?: boolean;
}

/**
 * A token, or the file that holds it: 1 to 8,192 visible ASCII characters, without spaces. White space at the beginning and at
 * the end of the file does not count. The file is read again when it changes; if it cannot be used then, the token from before
 * stays in use.
 *
 * A session reads the file in its constructor, a server in `start()`. Both fail with `INVALID_ARGUMENT` if the token has
 * another form, and with `IO` if the file cannot be read. Schedulers and executors need a token with the role `executor`.
 *
 * @example
 * ```ts
 * import { writeFile } from 'node:fs/promises';
 * import { BallistaSessionContext } from 'ballista';
 *
 * await writeFile('ann.token', 'token-of-ann-9f2c41\n');
 * const ctx = new BallistaSessionContext('df://localhost:50050', { token: { file: 'ann.token' } });
 * await ctx.close();
 * ```
 */
export type TokenOption = string | { readonly file: string };

/** The settings table of {@link TlsOptions}. */
export const TLS_SETTINGS = {
  ca: {
    type: 'any',
    typeText: 'string | URL',
    defaultText: 'the authorities that the system trusts',
    doc: 'The file with the certificates of the authorities that this process trusts.',
  },
  cert: {
    type: 'any',
    typeText: 'string | URL',
    defaultText: 'none',
    doc: 'The file with the certificate of this process, followed by its intermediate certificates. Needs `key`. Schedulers and executors must have it.',
  },
  key: {
    type: 'any',
    typeText: 'string | URL',
    defaultText: 'none',
    doc: 'The file with the private key of `cert`, unencrypted.',
  },
  clientAuth: {
    type: 'boolean',
    default: false,
    doc: 'Whether a scheduler or an executor accepts only connections with a certificate that `ca` has issued (mutual TLS). Needs `ca`.',
  },
} as const satisfies DocumentedTable;

/** The options that sessions, schedulers and executors share. */
export interface CredentialOptions {
  readonly tls?: TlsOptions | undefined;
  readonly token?: TokenOption | undefined;
}

/** {@link TlsOptions} as sent to Rust: with absolute paths. */
interface NativeTls {
  ca?: string;
  cert?: string;
  key?: string;
  clientAuth: boolean;
}

/** {@link CredentialOptions} as sent to Rust. */
interface NativeCredentials {
  tls?: NativeTls;
  token?: { text?: string; file?: string };
}

/**
 * Checks the options and prepares them for Rust, which reads the files.
 *
 * @param subject - the owner of the options, for the error
 * @param isServer - whether it accepts connections, for which TLS needs a certificate
 * @throws BallistaError `INVALID_ARGUMENT`
 */
export function toCredentialsNative(
  subject: string,
  { tls, token }: CredentialOptions,
  isServer: boolean,
): NativeCredentials {
  return {
    ...(tls !== undefined && { tls: toTlsNative(subject, tls, isServer) }),
    ...(token !== undefined && { token: toTokenNative(subject, token) }),
  };
}

function toTlsNative(subject: string, given: TlsOptions, isServer: boolean): NativeTls {
  const tls = resolve<TlsOptions & { clientAuth: boolean }>(`tls of ${subject}`, TLS_SETTINGS, given);
  if ((tls.cert === undefined) !== (tls.key === undefined))
    throw invalid(`${subject}: tls.cert and tls.key belong together. Set both or none (--tls-cert and --tls-key).`);
  if (isServer && tls.cert === undefined)
    throw invalid(
      `${subject}: a server needs a certificate for TLS. Set tls.cert and tls.key (--tls-cert and --tls-key).`,
    );
  if (tls.clientAuth && tls.ca === undefined)
    throw invalid(`${subject}: tls.clientAuth needs tls.ca (--tls-ca), the authorities whose clients are accepted.`);
  const native: NativeTls = { clientAuth: tls.clientAuth };
  for (const name of ['ca', 'cert', 'key'] as const) {
    const path = tls[name];
    if (path !== undefined) native[name] = toLocalPath(path, `${subject}: tls.${name}`);
  }
  return native;
}

function toTokenNative(subject: string, given: TokenOption): { text?: string; file?: string } {
  if (typeof given === 'string') return { text: given };
  if (typeof given !== 'object' || given === null)
    throw invalid(`${subject}: token must be a string or { file: '…' }, not ${describe(given)}.`);
  const { file } = resolve<{ file: string }>(`token of ${subject}`, { file: { type: 'string' } }, given);
  if (file === undefined) throw invalid(`${subject}: token must be a string or { file: '…' }.`);
  return { file };
}
