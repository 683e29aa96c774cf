/**
 * Checks plans that are given as bytes.
 *
 * @module
 */

import { invalid } from '../errors.js';
import { describe } from '../input/describe.js';
import { isBytes } from '../input/kinds.js';

/** @throws BallistaError `INVALID_ARGUMENT` */
export function toPlanBytes(bytes: unknown, where: string): Uint8Array {
  if (!isBytes(bytes)) throw invalid(`${where} takes the bytes of a plan as a Uint8Array, not ${describe(bytes)}.`);
  // Zero bytes would be valid protobuf: an empty message.
  if (bytes.length === 0) throw invalid(`${where}: the bytes of a plan must not be empty.`);
  return bytes;
}
