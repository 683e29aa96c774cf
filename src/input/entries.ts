/**
 * Checks of objects by column name.
 *
 * @module
 */

import { invalid } from '../errors.js';
import { describe } from './describe.js';
import { checkName } from './name.js';

/** Checks an object whose keys are column names, and returns its entries. */
export function toEntries<V>(record: Readonly<Record<string, V>>, where: string): [string, V][] {
  if (typeof record !== 'object' || record === null || Array.isArray(record))
    throw invalid(`${where} takes an object whose keys are column names, not ${describe(record)}.`);
  const entries = Object.entries(record);
  for (const [name] of entries) checkName(name, `the name of a column of ${where}`);
  return entries;
}
