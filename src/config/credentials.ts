/**
 * How a session, a scheduler or an executor shows who it is, and whom it believes.
 *
 * @module
 */

import { invalid } from '../errors.js';
import { describe } from '../input/describe.js';
import { type DocumentedTable, resolve } from '../input/settings.js';

/**
 * TLS, with certificates in PEM files. Sessions, schedulers and executors take the same options. Files are read again when
 * they change, and new connections use them.
 */
export interface TlsOptions {
  /** The file with the certificates of the authorities that this process trusts. Default: the authorities that the system trusts. */
  ca?: string;
  /** The file with the certificate of this process, followed by its intermediate certificates. Default: none, which only a session may have. */
  cert?: string;
  /** The file with the private key of `cert`, unencrypted. */
  key?: string;
  /** Whether a scheduler or an executor accepts only connections with a certificate that `ca` has issued (mutual TLS). Default `false`. */
  clientAuth?: boolean;
}

/** A token, or the file that holds it. */
export type TokenOption = string | { readonly file: string };

/** The settings table of {@link TlsOptions}. */
export const TLS_SETTINGS = {
  ca: {
    type: 'string',
    defaultText: 'the authorities that the system trusts',
    doc: 'The file with the certificates of the authorities that this process trusts.',
  },
  cert: {
    type: 'string',
    defaultText: 'none, which only a session may have',
    doc: 'The file with the certificate of this process, followed by its intermediate certificates.',
  },
  key: { type: 'string', defaultText: 'none', doc: 'The file with the private key of `cert`, unencrypted.' },
  clientAuth: {
    type: 'boolean',
    default: false,
    doc: 'Whether a scheduler or an executor accepts only connections with a certificate that `ca` has issued (mutual TLS).',
  },
} as const satisfies DocumentedTable;

/** The options that sessions, schedulers and executors share. */
export interface CredentialOptions {
  readonly tls?: TlsOptions | undefined;
  readonly token?: TokenOption | undefined;
}

/** {@link CredentialOptions} as sent to Rust. */
interface NativeCredentials {
  tls?: TlsOptions & { clientAuth: boolean };
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

function toTlsNative(subject: string, given: TlsOptions, isServer: boolean): TlsOptions & { clientAuth: boolean } {
  const tls = resolve<TlsOptions & { clientAuth: boolean }>(`tls of ${subject}`, TLS_SETTINGS, given);
  if ((tls.cert === undefined) !== (tls.key === undefined))
    throw invalid(`${subject}: tls.cert and tls.key belong together. Set both or none.`);
  if (isServer && tls.cert === undefined)
    throw invalid(`${subject}: a server needs a certificate for TLS. Set tls.cert and tls.key.`);
  if (tls.clientAuth && tls.ca === undefined)
    throw invalid(`${subject}: tls.clientAuth needs tls.ca, the authorities whose clients are accepted.`);
  return tls;
}

function toTokenNative(subject: string, given: TokenOption): { text?: string; file?: string } {
  if (typeof given === 'string') return { text: given };
  if (typeof given !== 'object' || given === null)
    throw invalid(`${subject}: token must be a string or { file: '…' }, not ${describe(given)}.`);
  return resolve<{ file: string }>(`token of ${subject}`, { file: { type: 'string' } }, given);
}
