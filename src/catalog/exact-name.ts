/**
 * Checks names of catalogs, schemas and tables.
 *
 * @module
 */

import { BallistaError } from '../errors.js';
import { checkName } from '../input/name.js';
import { suggestion } from '../input/nearest.js';

/**
 * Checks an exact name: it is not SQL, so quotes and dots have no special meaning.
 *
 * @param of - the kind of name, for the error
 * @throws BallistaError `INVALID_ARGUMENT`
 */
export function exactName(name: string, of: string): string {
  checkName(name, `the name of a ${of}`);
  return name;
}

/** The error for an unknown name, with the nearest known one. */
export function unknownName(name: string, of: string, known: readonly string[]): BallistaError {
  return new BallistaError('PLAN', `The ${of} "${name}" does not exist.${suggestion(name, known)}`);
}
