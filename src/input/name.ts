/**
 * Checks names.
 *
 * @module
 */

import { invalid } from '../errors.js';
import { describe } from './describe.js';

/**
 * Checks that a name is a non-empty string.
 *
 * @param where - the name of the value, for the error
 * @throws BallistaError `INVALID_ARGUMENT`
 */
export function checkName(name: unknown, where: string): asserts name is string {
  if (typeof name !== 'string' || name === '') {
    throw invalid(`${where} must be a non-empty string, not ${name === '' ? 'an empty one' : describe(name)}.`);
  }
}
