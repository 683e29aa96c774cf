/**
 * Names of catalogs, schemas and tables, where each stands alone.
 *
 * @module
 */

import { checkName } from '../config/name.js';
import { suggestion } from '../config/nearest.js';
import { BallistaError } from '../errors.js';

/**
 * A name as it is: no SQL, so no quotes and no dots that mean more.
 *
 * @param of - what it is the name of, for the error
 * @throws BallistaError `INVALID_ARGUMENT`
 */
export function exactName(name: string, of: string): string {
  checkName(name, `the name of a ${of}`);
  return name;
}

/** The error for a name that there is not, with the nearest that there is. */
export function unknownName(name: string, of: string, known: readonly string[]): BallistaError {
  return new BallistaError('PLAN', `there is no ${of} "${name}"${suggestion(name, known)}`);
}
