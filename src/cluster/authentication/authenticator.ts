/**
 * Checks the tokens that requests carry. Rust asks, and remembers the answers until they expire.
 *
 * @module
 */

import type { NativeAuthenticator, NativePrincipal } from '../../binding.cjs';
import { native } from '../../native.js';
import type { CheckedAuthOptions } from './auth-options.js';
import { JsonWebTokens } from './json-web-tokens.js';
import { TokenFile } from './token-file.js';

/**
 * Reads the files of the option `auth`. A server finds the result by its id while it starts.
 *
 * @throws BallistaError `IO`, `INVALID_ARGUMENT`
 */
export async function openAuthenticator({ tokensFile, jwks }: CheckedAuthOptions): Promise<NativeAuthenticator> {
  const kinds = await Promise.all([
    ...(tokensFile === undefined ? [] : [TokenFile.open(tokensFile)]),
    ...(jwks === undefined ? [] : [JsonWebTokens.open(jwks)]),
  ]);
  const check = async (token: string): Promise<NativePrincipal | undefined> => {
    for (const kind of kinds) {
      const principal = await kind.find(token);
      if (principal) return { ...principal, roles: [...principal.roles] };
    }
    return undefined;
  };
  return new (native().NativeAuthenticator)(check);
}
