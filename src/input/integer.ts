/**
 * Checks integers given as `number` or `bigint`.
 *
 * @module
 */

import { invalid } from '../errors.js';
import { describe } from './describe.js';

/**
 * Converts an integer to a `number`.
 *
 * @param where - the name of the value, for the error
 * @param min - the smallest allowed value
 * @throws BallistaError `INVALID_ARGUMENT`
 */
export function toInteger(value: number | bigint, where: string, min: number): number {
  const number = typeof value === 'bigint' ? Number(value) : value;
  if (Number.isSafeInteger(number) && number >= min) return number;
  const given = typeof value === 'number' || typeof value === 'bigint' ? value : describe(value);
  throw invalid(`${where} must be a whole number from ${min} to ${Number.MAX_SAFE_INTEGER}, not ${given}.`);
}
