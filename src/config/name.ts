/**
 * Names of arguments.
 *
 * @module
 */

import { invalid } from '../errors.js';
import { describe } from '../params.js';

/**
 * The name of something: text, and not none.
 *
 * @param where - what it is, for the error
 * @throws BallistaError `INVALID_ARGUMENT`
 */
export function checkName(name: unknown, where: string): asserts name is string {
  if (typeof name !== 'string' || name === '') {
    throw invalid(`${where} must be a string, not ${name === '' ? 'an empty one' : describe(name)}`);
  }
}
