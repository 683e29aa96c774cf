/**
 * JSON Web Tokens, checked with the public keys of their issuer (JWKS).
 *
 * @module
 */

import type { JWTPayload, JWTVerifyGetKey } from 'jose';

import { invalid } from '../../errors.js';
import { isRole, type Principal } from './principal.js';
import { WatchedFile } from './watched-file.js';

/**
 * Options for JSON Web Tokens. A token needs the claims `iss`, `aud`, `exp` and `sub`; `sub` is the name of its owner. It must
 * be signed with an asymmetric algorithm: `RS…`, `PS…`, `ES…`, `EdDSA` or `Ed25519`.
 *
 * Keys are fetched with the first token. They are fetched again for a token with an unknown key, and after five minutes.
 * Answers are valid for five minutes, so tokens of a key that the issuer has removed end after ten minutes at most.
 *
 * The constructor throws `INVALID_ARGUMENT` for wrong options. With `{ file }`, `start()` rejects with `IO` or
 * `INVALID_ARGUMENT` if the file cannot be read or is not a JSON Web Key Set. A request with a token that is not valid is
 * rejected with `UNAUTHORIZED`.
 *
 * @example
 * ```ts
 * import { BallistaScheduler } from 'ballista';
 *
 * const jwks = { url: 'https://issuer.example/keys', issuer: 'https://issuer.example', audience: 'ballista' };
 * const scheduler = new BallistaScheduler({ port: 0, auth: { jwks } });
 * await scheduler.start();
 * await scheduler.close();
 * ```
 */
export interface JwksOptions {
  /** The address of the issuer's keys, `https://…` (`http://` only on this machine), or the file that holds them. */
  url: string | { readonly file: string };
  /** The issuer of the tokens: their claim `iss`. */
  issuer: string;
  /** The audience of the tokens: one of their claims `aud`. */
  audience: string;
  /** The claim with the roles: an array, or a string with spaces between the roles. Default `'roles'`. */
  rolesClaim?: string;
}

/** {@link JwksOptions} with all defaults. */
export type CheckedJwksOptions = Required<JwksOptions>;

/** Algorithms with a private and a public key. With others, who can check tokens can also make them. */
const ALGORITHMS = [
  ...['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'],
  ...['ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'],
];

/** How far the clocks of two machines may differ, in seconds. */
const CLOCK_TOLERANCE = 5;

/** How long fetched keys and an answer are valid at most, so that a key that its issuer removes ends after twice this time. */
const VALID_MS = 300_000;

/** How often the keys are fetched at most, because of a token with an unknown key. */
const COOLDOWN_MS = 5_000;

/** How long a request for keys may take. */
const TIMEOUT_MS = 5_000;

type Jose = typeof import('jose');

/** Checks the tokens of one issuer. */
export class JsonWebTokens {
  readonly #jose: Jose;
  readonly #options: CheckedJwksOptions;
  readonly #keys: () => Promise<JWTVerifyGetKey>;

  private constructor(jose: Jose, options: CheckedJwksOptions, keys: () => Promise<JWTVerifyGetKey>) {
    this.#jose = jose;
    this.#options = options;
    this.#keys = keys;
  }

  /** @throws BallistaError `IO`, `INVALID_ARGUMENT` for a broken file */
  static async open(options: CheckedJwksOptions): Promise<JsonWebTokens> {
    const jose = await import('jose');
    const { url } = options;
    if (typeof url === 'string') {
      const keys = jose.createRemoteJWKSet(new URL(url), {
        cacheMaxAge: VALID_MS,
        cooldownDuration: COOLDOWN_MS,
        timeoutDuration: TIMEOUT_MS,
      });
      return new JsonWebTokens(jose, options, async () => keys);
    }
    const file = await WatchedFile.open(url.file, (text) => {
      try {
        return jose.createLocalJWKSet(JSON.parse(text));
      } catch {
        throw invalid(`The file ${url.file} is not a JSON Web Key Set.`);
      }
    });
    return new JsonWebTokens(jose, options, () => file.current());
  }

  /**
   * The owner of a token: its claim `sub`.
   *
   * @throws if the keys cannot be fetched
   */
  async find(token: string): Promise<Principal | undefined> {
    const { issuer, audience, rolesClaim } = this.#options;
    let claims: JWTPayload;
    try {
      const checks = { issuer, audience, algorithms: ALGORITHMS, clockTolerance: CLOCK_TOLERANCE };
      const verified = await this.#jose.jwtVerify(token, await this.#keys(), {
        ...checks,
        requiredClaims: ['exp', 'sub'],
      });
      claims = verified.payload;
    } catch (error) {
      if (isRefusal(this.#jose, error)) return undefined;
      throw error;
    }
    const { sub, exp } = claims;
    if (typeof sub !== 'string' || sub === '' || exp === undefined) return undefined;
    const expiresAtMs = Math.min((exp + CLOCK_TOLERANCE) * 1000, Date.now() + VALID_MS);
    return { name: sub, roles: toWords(claims[rolesClaim]).filter(isRole), expiresAtMs };
  }
}

/** Whether the token is wrong. Otherwise the keys could not be fetched. */
function isRefusal({ errors }: Jose, error: unknown): boolean {
  const unavailable = error instanceof errors.JWKSTimeout || error instanceof errors.JWKSInvalid;
  const generic = error instanceof errors.JOSEError && error.code === 'ERR_JOSE_GENERIC';
  return error instanceof errors.JOSEError && !unavailable && !generic;
}

function toWords(roles: unknown): unknown[] {
  if (typeof roles === 'string') return roles.split(' ');
  return Array.isArray(roles) ? roles : [];
}
