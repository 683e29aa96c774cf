/**
 * Whether a server that other machines reach takes requests of anyone.
 *
 * @module
 */

import type { TlsOptions } from '../config/credentials.js';
import { isLoopback } from '../config/loopback.js';
import { invalid } from '../errors.js';

/** The options that decide who can use a server. */
export interface ExposureOptions {
  readonly host: string;
  readonly tls?: TlsOptions | undefined;
  readonly auth?: object | undefined;
  readonly insecure?: boolean | undefined;
}

/** What to set for {@link isSecured}, in an error. */
export const HOW_TO_SECURE =
  'Set tls, with clientAuth: true or with auth (--tls-cert and --tls-key, with --tls-client-auth or --auth-tokens-file)';

/** Whether a server encrypts its connections, and knows who connects. */
export function isSecured({ tls, auth }: ExposureOptions): boolean {
  return tls !== undefined && (tls.clientAuth === true || auth !== undefined);
}

/**
 * Refuses a server that anyone on the network could use.
 *
 * @throws BallistaError `INVALID_ARGUMENT`
 */
export function checkExposure(subject: string, options: ExposureOptions): void {
  if (isLoopback(options.host) || isSecured(options) || options.insecure) return;
  throw invalid(
    `${subject}: other machines can reach ${options.host}, so everyone on the network could run queries. ${HOW_TO_SECURE}, listen on 127.0.0.1, or set insecure: true (--insecure) in a network that you trust.`,
  );
}

/** Warns about a server that anyone on the network can use. A daemon turns the warning into a line of its log. */
export function warnIfExposed(what: string, options: ExposureOptions): void {
  if (isLoopback(options.host) || isSecured(options)) return;
  process.emitWarning(
    `The ${what} listens on ${options.host} without TLS and authentication, so everyone on the network can use it.`,
  );
}
