/**
 * The native handles of DataFrames: out of reach for users, in reach for whoever passes one DataFrame to another.
 *
 * @module
 */

import type { NativeDataFrame } from './binding.cjs';
import { invalid } from './errors.js';
import type { ExprNode } from './expr/node.js';
import { describe } from './params.js';

const natives = new WeakMap<object, NativeDataFrame>();

/** Makes a DataFrame findable by {@link nativeOf}. */
export function remember(df: object, native: NativeDataFrame): void {
  natives.set(df, native);
}

/** The native handle of a DataFrame. */
export function nativeOf(df: unknown, where: string): NativeDataFrame {
  const handle = typeof df === 'object' && df !== null ? natives.get(df) : undefined;
  if (!handle) throw invalid(`${where} must be a DataFrame, not ${describe(df)}`);
  return handle;
}

/** A verb as it crosses to Rust: JSON in which DataFrames are numbers, and the DataFrames by these numbers. */
export function encodeVerb(verb: object): { json: string; frames: NativeDataFrame[] } {
  const frames: NativeDataFrame[] = [];
  const json = JSON.stringify(verb, (key, part: unknown) => {
    if (typeof part !== 'object' || part === null) return part;
    const native = natives.get(part);
    if (native) return frames.push(native) - 1;
    // The frame of a window has units.
    if (key === 'frame' && !('units' in part)) throw invalid(`a subquery must be a DataFrame, not ${describe(part)}`);
    return isJunction(part) ? toJunction(part) : part;
  });
  return { json, frames };
}

type Junction = Extract<ExprNode, { kind: 'binary' }>;

function isJunction(part: object): part is Junction {
  const { kind, op } = part as Partial<Junction>;
  return kind === 'binary' && (op === 'AND' || op === 'OR');
}

/** A chain of hundreds as a list: the reader on the other side takes no more than 128 levels. */
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
