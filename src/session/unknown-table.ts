/**
 * Explains that a table is not found because of the case of letters.
 *
 * @module
 */

import { BallistaError } from '../errors.js';

/** How the engine says that a table is unknown, with its name behind the last dot. */
const UNKNOWN = /(?:table '|No table named ')(?:[^']*\.)?([^'.]+)'/;

/** The failure, with a table whose name differs only in its case. `names` returns the names of the tables. */
export async function withNearTable(failure: unknown, names: () => Promise<readonly string[]>): Promise<unknown> {
  if (!BallistaError.is(failure) || failure.code !== 'PLAN') return failure;
  const wanted = UNKNOWN.exec(failure.message)?.[1];
  if (wanted === undefined) return failure;
  const near = (await names()).find((name) => name !== wanted && name.toLowerCase() === wanted.toLowerCase());
  if (near === undefined) return failure;
  const hint = `There is a table "${near}". The case of letters counts, and SQL reads names without double quotes in lower case.`;
  return new BallistaError('PLAN', `${failure.message.replace(/\.?$/, '.')} ${hint}`, { cause: failure });
}
