/**
 * What names code.
 *
 * @module
 */

import { createHash } from 'node:crypto';

/** SHA-256 in hexadecimal digits. */
export function hashOf(text: string | Uint8Array): string {
  return createHash('sha256').update(text).digest('hex');
}
