/**
 * Encodes data with expressions as JSON for Rust.
 *
 * @module
 */

import { invalid } from '../../errors.js';
import { isDeep, type Part, parts, withReferences } from './parts.js';

/** Rust's JSON reader allows 127 levels of JSON, and a level of an expression can have two. */
const DIVISION = { height: 16, keepsLambdas: true };

/**
 * Encodes data as JSON. A deep expression becomes a list of its parts, from the inside out: `{ kind: 'step', at: 0 }` stands
 * for the first one.
 *
 * @throws BallistaError `INVALID_ARGUMENT` if the JSON is too long for a string
 */
export function encode(data: unknown, replace = (_key: string, value: unknown): unknown => value): string {
  try {
    return JSON.stringify(data, (key, value: unknown) => {
      const replaced = replace(key, value);
      return isDeep(replaced, DIVISION.height) && 'kind' in replaced ? toSteps(replaced) : replaced;
    });
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw invalid(
      'The arguments are too large to be sent to the engine. Put long lists of values into a table.',
      error,
    );
  }
}

function toSteps(node: object): object {
  const all = parts(node, DIVISION);
  const places = new Map(all.map((part, at) => [part, at]));
  const reference = (inner: Part) => ({ kind: 'step', at: places.get(inner) });
  return { kind: 'steps', steps: all.map((part) => withReferences(part, DIVISION, reference)) };
}
