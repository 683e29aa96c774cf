/**
 * Hashes of code.
 *
 * @module
 */

import { lazy } from '../../platform/lazy.js';

const crypto = lazy<typeof import('node:crypto')>('node:crypto');

/** SHA-256 in hexadecimal. */
export function hashOf(text: string | Uint8Array): string {
  return crypto().createHash('sha256').update(text).digest('hex');
}
