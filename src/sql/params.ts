/**
 * Encodes the values of placeholders for Rust.
 *
 * @module
 */

import { invalid } from '../errors.js';
import type { Literal } from '../expr/node/node.js';
import { type ParamValue, toLiteral } from '../expr/param-value.js';
import { describe } from '../input/describe.js';

/** Positional (`$1`) or named (`$name`) parameters. */
export type Params = readonly ParamValue[] | Readonly<Record<string, ParamValue>>;

const PARAM_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/**
 * Encodes parameters as the JSON for Rust.
 *
 * @throws BallistaError `INVALID_ARGUMENT` with the position of the value: `params[0]`, `params.name`
 */
export function toParamsNative(params: Params): string {
  if (Array.isArray(params)) {
    return JSON.stringify(Array.from(params as readonly ParamValue[], (value, i) => toLiteral(value, `params[${i}]`)));
  }
  if (typeof params !== 'object' || params === null) {
    throw invalid(`params must be an array for $1, $2, … or an object for $name, not ${describe(params)}.`);
  }
  const named: Record<string, Literal> = Object.create(null) as Record<string, Literal>;
  for (const [name, value] of Object.entries(params)) {
    if (!PARAM_NAME.test(name)) {
      throw invalid(`params: "${name}" is not a valid parameter name. Use letters, digits and _, without the $.`);
    }
    named[name] = toLiteral(value, `params.${name}`);
  }
  return JSON.stringify(named);
}
