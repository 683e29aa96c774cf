/**
 * A file with static tokens.
 *
 * @module
 */

import { createHash, timingSafeEqual } from 'node:crypto';

import { invalid } from '../../errors.js';
import { describe } from '../../input/describe.js';
import { isRole, type Principal, ROLES, type Role } from './principal.js';
import { WatchedFile } from './watched-file.js';

/** How long an answer is valid. A token that is removed from the file ends after this time. */
const VALID_MS = 10_000;

/** Shorter tokens can be guessed. */
const LEAST_CHARACTERS = 16;

interface Entry {
  readonly name: string;
  readonly roles: readonly Role[];
  readonly hash: Buffer;
}

/** The tokens of a file. */
export class TokenFile {
  readonly #entries: WatchedFile<readonly Entry[]>;

  private constructor(entries: WatchedFile<readonly Entry[]>) {
    this.#entries = entries;
  }

  /** @throws BallistaError `IO`, or `INVALID_ARGUMENT` with the index of the wrong entry */
  static async open(path: string): Promise<TokenFile> {
    return new TokenFile(await WatchedFile.open(path, (text) => parseTokens(text, path)));
  }

  /** The owner of a token. Takes as long for every token. */
  async find(token: string): Promise<Principal | undefined> {
    const hash = sha256(token);
    let found: Entry | undefined;
    for (const entry of await this.#entries.current()) {
      if (timingSafeEqual(entry.hash, hash)) found = entry;
    }
    return found && { name: found.name, roles: found.roles, expiresAtMs: Date.now() + VALID_MS };
  }
}

/**
 * Reads `{ "tokens": [{ "name": "ann", "roles": ["read"], "token": "…" }] }`. An entry may have `sha256`, the hash of the
 * token in hexadecimal digits, instead of `token`.
 *
 * @throws BallistaError `INVALID_ARGUMENT`, which never quotes the file
 */
export function parseTokens(text: string, path: string): Entry[] {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch {
    // Without the cause, because it quotes the text.
    throw invalid(`The token file ${path} is not valid JSON.`);
  }
  const tokens = (content as { tokens?: unknown } | null)?.tokens;
  if (!Array.isArray(tokens)) throw invalid(`The token file ${path} must be an object with the array "tokens".`);
  const entries = tokens.map((entry, i) => parseEntry(entry, `Entry ${i} of the token file ${path}`));
  const known = new Set<string>();
  for (const [i, { hash }] of entries.entries()) {
    const text = hash.toString('hex');
    if (known.has(text))
      throw invalid(`Entry ${i} of the token file ${path} has the same token as an entry before it.`);
    known.add(text);
  }
  return entries;
}

function parseEntry(entry: unknown, where: string): Entry {
  if (typeof entry !== 'object' || entry === null || Array.isArray(entry))
    throw invalid(`${where} must be an object, not ${describe(entry)}.`);
  const { name, roles, token, sha256: hash, ...others } = entry as Record<string, unknown>;
  const [unknown] = Object.keys(others);
  if (unknown !== undefined)
    throw invalid(`${where} has an unknown property. The properties are name, roles, and token or sha256.`);
  if (typeof name !== 'string' || name === '') throw invalid(`${where}: name must be a non-empty string.`);
  if (!Array.isArray(roles) || roles.length === 0 || !roles.every(isRole))
    throw invalid(`${where}: roles must be an array with some of ${ROLES.join(', ')}.`);
  if ((token === undefined) === (hash === undefined)) throw invalid(`${where} must have either token or sha256.`);
  if (token !== undefined && (typeof token !== 'string' || !isToken(token)))
    throw invalid(
      `${where}: token must be a string of at least ${LEAST_CHARACTERS} visible ASCII characters, without spaces.`,
    );
  if (hash !== undefined && (typeof hash !== 'string' || !/^[0-9a-f]{64}$/iu.test(hash)))
    throw invalid(`${where}: sha256 must be a string of 64 hexadecimal digits.`);
  return { name, roles, hash: typeof token === 'string' ? sha256(token) : Buffer.from(String(hash), 'hex') };
}

function isToken(token: string): boolean {
  return token.length >= LEAST_CHARACTERS && /^[\x21-\x7e]+$/u.test(token);
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
