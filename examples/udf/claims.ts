import { decodeJwt } from 'jose';

/** A claim of a JSON Web Token, as text. It is null if the token is damaged or does not have the claim. */
export function claim(token: string, name: string): string | null {
  try {
    const value = decodeJwt(token)[name];
    return value === undefined ? null : String(value);
  } catch {
    return null;
  }
}
