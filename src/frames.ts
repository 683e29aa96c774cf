/**
 * The native handles of DataFrames: out of reach for users, in reach for whoever passes one DataFrame to another.
 *
 * @module
 */

import type { NativeDataFrame } from './binding.cjs';
import { invalid } from './errors.js';
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

/** What crosses to Rust: JSON in which DataFrames are numbers, and the DataFrames by these numbers. */
export function encode(value: unknown): { json: string; frames: NativeDataFrame[] } {
  const frames: NativeDataFrame[] = [];
  const json = JSON.stringify(value, (_, part: unknown) => {
    const native = typeof part === 'object' && part !== null ? natives.get(part) : undefined;
    return native ? frames.push(native) - 1 : part;
  });
  return { json, frames };
}
