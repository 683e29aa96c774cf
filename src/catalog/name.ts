/**
 * Names of catalogs, schemas and tables, where each stands alone.
 *
 * @module
 */

import { suggestion } from '../config/nearest.js';
import { BallistaError, invalid } from '../errors.js';
import { describe } from '../params.js';

/**
 * A name as it is: no SQL, so no quotes and no dots that mean more.
 *
 * @param of - what it is the name of, for the error
 * @throws BallistaError `INVALID_ARGUMENT`
 */
export function exactName(name: string, of: string): string {
  if (typeof name === 'string' && name !== '') return name;
  throw invalid(`the name of a ${of} must be a string, not ${name === '' ? 'an empty one' : describe(name)}`);
}

/** The error for a name that there is not, with the nearest that there is. */
export function unknownName(name: string, of: string, known: readonly string[]): BallistaError {
  return new BallistaError('PLAN', `there is no ${of} "${name}"${suggestion(name, known)}`);
}
