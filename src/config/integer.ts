/**
 * Whole numbers of arguments that take `number` and `bigint`.
 *
 * @module
 */

import { invalid } from '../errors.js';
import { describe } from '../params.js';

/**
 * A whole number as a `number`.
 *
 * @param where - what it is, for the error
 * @param min - the smallest there may be
 * @throws BallistaError `INVALID_ARGUMENT`
 */
export function toInteger(value: number | bigint, where: string, min: number): number {
  const number = typeof value === 'bigint' ? Number(value) : value;
  if (Number.isSafeInteger(number) && number >= min) return number;
  const given = typeof value === 'number' || typeof value === 'bigint' ? value : describe(value);
  throw invalid(`${where} must be a whole number from ${min} to ${Number.MAX_SAFE_INTEGER}, not ${given}`);
}
