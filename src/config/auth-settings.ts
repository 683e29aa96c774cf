/**
 * Which tokens a scheduler or an executor accepts: the settings tables.
 *
 * @module
 */

import type { DocumentedTable } from '../input/settings.js';

/** The settings table of the option `auth` of schedulers and executors. */
export const AUTH_SETTINGS = {
  tokensFile: {
    type: 'string',
    defaultText: 'no static tokens',
    doc: 'The JSON file with tokens, the names of their owners, and their roles. It is read again when it changes.',
  },
  jwks: {
    type: 'any',
    typeText: 'JwksOptions',
    defaultText: 'none',
    doc: 'Accepts JSON Web Tokens of an issuer.',
  },
} as const satisfies DocumentedTable;

/** The settings table of the option `auth.jwks`. */
export const JWKS_SETTINGS = {
  url: {
    type: 'any',
    typeText: 'string | { file: string }',
    defaultText: 'required',
    doc: "The address of the issuer's keys, `https://…` (`http://` only on this machine), or the file that holds them.",
  },
  issuer: { type: 'string', defaultText: 'required', doc: 'The issuer of the tokens: their claim `iss`.' },
  audience: {
    type: 'string',
    defaultText: 'required',
    doc: 'The audience of the tokens: one of their claims `aud`.',
  },
  rolesClaim: {
    type: 'string',
    default: 'roles',
    doc: 'The claim with the roles: an array, or a string with spaces between the roles.',
  },
} as const satisfies DocumentedTable;
