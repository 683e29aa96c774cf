/**
 * Encodes verbs for the native side.
 *
 * @module
 */

import type { NativeDataFrame } from '../binding.cjs';
import { frames } from '../engine/native-dataframe.js';
import { invalid } from '../errors.js';
import type { ExprNode } from '../expr/node/node.js';
import { describe } from '../input/describe.js';

/** A verb as the native side reads it: JSON that refers to other DataFrames by index, and the list of these DataFrames. */
export function encodeVerb(verb: object): { json: string; frames: NativeDataFrame[] } {
  const operands: NativeDataFrame[] = [];
  const json = JSON.stringify(verb, (key, part: unknown) => {
    if (typeof part !== 'object' || part === null) return part;
    const native = frames.get(part);
    if (native) return operands.push(native) - 1;
    // A window frame uses the same key, but has units.
    if (key === 'frame' && !('units' in part)) throw invalid(`A subquery must be a DataFrame, not ${describe(part)}.`);
    return isJunction(part) ? toJunction(part) : part;
  });
  return { json, frames: operands };
}

type Junction = Extract<ExprNode, { kind: 'binary' }>;

function isJunction(part: object): part is Junction {
  const { kind, op } = part as Partial<Junction>;
  return kind === 'binary' && (op === 'AND' || op === 'OR');
}

/** Encodes a long chain of AND or OR as a list: the JSON reader on the native side allows 128 levels of nesting. */
function toJunction({ op, left, right }: Junction): object {
  const operands = [right];
  let rest = left;
  while (rest.kind === 'binary' && rest.op === op) {
    operands.push(rest.right);
    rest = rest.left;
  }
  operands.push(rest);
  return { kind: 'junction', op, operands: operands.reverse() };
}
