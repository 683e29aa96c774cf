/**
 * Compares the checklist with the built package: the status of every row, and wrong explanations.
 *
 * @module
 */

import { ownReferences, readChecklist } from './checklist.mjs';
import { readDecisions } from './decisions.mjs';
import { isReference, readSurface } from './surface.mjs';

/** @typedef {'own name' | 'elsewhere' | 'missing' | 'python-only'} State */

/**
 * @typedef {object} Status
 * @property {import('./checklist.mjs').Row} row
 * @property {State} state
 * @property {string} [reference] where the package has it
 * @property {string} [text] the explanation, or what to use instead
 */

/**
 * @returns {Promise<{ statuses: Status[], problems: string[] }>} problems: rows without an explanation, and
 *   explanations that are wrong or no longer needed
 */
export async function readStatus() {
  const surface = await readSurface();
  const rows = readChecklist();
  const { decisions, problems } = readDecisions(rows);
  const homes = new Map(
    rows.filter(({ kind }) => kind === 'class').map(({ id, ts_name }) => [id, decisions.get(id)?.reference ?? ts_name]),
  );

  const statuses = rows.map((row) => {
    const home = row.class ? (homes.get(`${row.module}.${row.class}`) ?? '') : '';
    const decision = decisions.get(row.id);
    const found = ownReferences(row, home).find((reference) => surface.has(reference));
    const own = decision?.homonym ? undefined : found;
    if (decision?.homonym && !found) problems.push(`${row.id} is not in the package, so it is no homonym`);
    const wrong = own && decision ? `is in the package as ${own}. Remove its explanation` : unsound(row, decision, own);
    if (wrong) problems.push(`${row.id} ${wrong}`);
    return toStatus(row, own, decision);
  });

  /**
   * @param {import('./checklist.mjs').Row} row
   * @param {import('./decisions.mjs').Decision | undefined} decision
   * @param {string | undefined} own
   */
  function unsound({ ts_name }, decision, own) {
    if (own) return undefined;
    if (!decision) return `(${ts_name}) is not in the package, and has no explanation`;
    const { reference, text } = decision;
    const named = [...(reference ? [reference] : []), ...spans(text).filter(isReference)];
    const gone = named.find((one) => !surface.has(one));
    return gone && `is explained by ${gone}, which is not in the package`;
  }

  return { statuses, problems };
}

/**
 * @param {import('./checklist.mjs').Row} row
 * @param {string | undefined} own
 * @param {import('./decisions.mjs').Decision | undefined} decision
 * @returns {Status}
 */
function toStatus(row, own, decision) {
  if (own) return { row, state: 'own name', reference: own };
  if (!decision) return { row, state: 'missing' };
  const { kind, text, reference } = decision;
  return { row, state: kind, text, ...(reference ? { reference } : {}) };
}

/**
 * The parts of a sentence in backticks.
 *
 * @param {string} text
 */
function spans(text) {
  return text.split('`').filter((_, index) => index % 2 === 1);
}

/**
 * @typedef {object} Counts
 * @property {number} rows
 * @property {number} own under the proposed name
 * @property {number} elsewhere
 * @property {number} missing
 */

/**
 * @param {readonly Status[]} statuses without those for Python only
 * @returns {Counts}
 */
export function count(statuses) {
  const of = (/** @type {State} */ state) => statuses.filter((status) => status.state === state).length;
  return {
    rows: statuses.length,
    own: of('own name'),
    elsewhere: of('elsewhere'),
    missing: of('missing'),
  };
}
