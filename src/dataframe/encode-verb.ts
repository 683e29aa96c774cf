/**
 * Encodes verbs for the native side.
 *
 * @module
 */

import type { NativeDataFrame } from '../binding.cjs';
import { frames } from '../engine/native-dataframe.js';
import { invalid } from '../errors.js';
import { encode } from '../expr/node/encode.js';
import { describe } from '../input/describe.js';

/** A verb as the native side reads it: JSON that refers to other DataFrames by index, and the list of these DataFrames. */
export function encodeVerb(verb: object): { json: string; frames: NativeDataFrame[] } {
  const operands: NativeDataFrame[] = [];
  const json = encode(verb, (key, part) => {
    if (typeof part !== 'object' || part === null) return part;
    const native = frames.get(part);
    if (native) return operands.push(native) - 1;
    // A window frame uses the same key, but has units.
    if (key === 'frame' && !('units' in part)) throw invalid(`A subquery must be a DataFrame, not ${describe(part)}.`);
    return part;
  });
  return { json, frames: operands };
}
