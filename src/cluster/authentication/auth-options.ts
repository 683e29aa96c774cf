/**
 * The option `auth` of schedulers and executors.
 *
 * @module
 */

import { AUTH_SETTINGS, JWKS_SETTINGS } from '../../config/auth-settings.js';
import { isLoopback } from '../../config/loopback.js';
import { invalid } from '../../errors.js';
import { describe } from '../../input/describe.js';
import { resolve } from '../../input/settings.js';
import type { CheckedJwksOptions, JwksOptions } from './json-web-tokens.js';

/**
 * Which tokens a scheduler or an executor accepts: those of a file, those of an issuer, or both. Give the scheduler and its
 * executors the same options.
 *
 * A request without a valid token is rejected with `UNAUTHORIZED`. A request that the roles of its token do not allow is
 * rejected with `FORBIDDEN`. The guide to clusters describes the roles.
 *
 * @example
 * ```ts
 * import { writeFile } from 'node:fs/promises';
 * import { BallistaExecutor, BallistaScheduler, BallistaSessionContext } from 'ballista';
 *
 * const ann = { name: 'ann', roles: ['read', 'write'], token: 'token-of-ann-9f2c41' };
 * const member = { name: 'cluster', roles: ['executor'], token: 'token-of-cluster-77ac' };
 * await writeFile('tokens.json', JSON.stringify({ tokens: [ann, member] }));
 *
 * const security = { auth: { tokensFile: 'tokens.json' }, token: member.token };
 * const scheduler = new BallistaScheduler({ port: 0, ...security });
 * await scheduler.start();
 * const executor = new BallistaExecutor({ schedulerPort: scheduler.port, port: 0, grpcPort: 0, ...security });
 * await executor.start();
 *
 * const ctx = new BallistaSessionContext(scheduler.url, { token: ann.token });
 * console.log(await (await ctx.sql('select 1 as a')).toArray()); // [ { a: 1n } ]
 * await ctx.close();
 * await executor.close();
 * await scheduler.close();
 * ```
 */
export interface AuthOptions {
  /**
   * The JSON file with tokens, the names of their owners, and their roles. It is read again when it changes. Default: no
   * static tokens.
   *
   * The file is an object with the array `tokens`. An entry has `name`, `roles` (some of `read`, `write`, `run-code`,
   * `executor` and `admin`), and either `token` or `sha256`. A token has at least 16 visible ASCII characters, without spaces.
   * `sha256` is the SHA-256 hash of a token, as 64 hexadecimal digits.
   *
   * `start()` rejects with `IO` if the file cannot be read, and with `INVALID_ARGUMENT` if it has another form. A token that is
   * removed from the file ends within 10 seconds. If the file is broken later, the tokens from before stay valid, and the
   * process emits a warning.
   */
  tokensFile?: string;
  /** Accepts JSON Web Tokens of an issuer. Default: none. */
  jwks?: JwksOptions;
}

/** {@link AuthOptions}, checked. */
export interface CheckedAuthOptions {
  readonly tokensFile?: string;
  readonly jwks?: CheckedJwksOptions;
}

/**
 * Checks the option.
 *
 * @param subject - the owner of the option, for the error
 * @throws BallistaError `INVALID_ARGUMENT`
 */
export function toAuth(subject: string, given: AuthOptions | undefined): CheckedAuthOptions | undefined {
  if (given === undefined) return undefined;
  const { tokensFile, jwks } = resolve<AuthOptions>(`auth of ${subject}`, AUTH_SETTINGS, given);
  if (tokensFile === undefined && jwks === undefined)
    throw invalid(`${subject}: auth needs tokensFile or jwks. Without them, no token would be accepted.`);
  return {
    ...(tokensFile !== undefined && { tokensFile }),
    ...(jwks !== undefined && { jwks: toJwks(subject, jwks) }),
  };
}

function toJwks(subject: string, given: JwksOptions): CheckedJwksOptions {
  const jwks = resolve<CheckedJwksOptions>(`jwks of ${subject}`, JWKS_SETTINGS, given);
  for (const name of ['url', 'issuer', 'audience'] as const) {
    if (jwks[name] === undefined) throw invalid(`${subject}: auth.jwks needs ${name} (--auth-jwks-${name}).`);
  }
  return { ...jwks, url: toUrl(`${subject}: auth.jwks.url`, jwks.url) };
}

function toUrl(where: string, url: JwksOptions['url']): JwksOptions['url'] {
  if (typeof url === 'object' && url !== null) {
    const { file } = resolve<{ file: string }>(where, { file: { type: 'string' } }, url);
    if (file === undefined) throw invalid(`${where} must be a string or { file: '…' }.`);
    return { file };
  }
  if (typeof url !== 'string') throw invalid(`${where} must be a string or { file: '…' }, not ${describe(url)}.`);
  if (!URL.canParse(url)) throw invalid(`${where} is not a valid URL.`);
  const { protocol, hostname } = new URL(url);
  const isLocal = protocol === 'http:' && isLoopback(hostname);
  if (protocol !== 'https:' && !isLocal)
    throw invalid(`${where} must begin with https://, because whoever changes the keys on their way can make tokens.`);
  return url;
}
