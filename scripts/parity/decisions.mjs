/**
 * Reads the decisions about rows of the checklist from `test/parity/decisions/`.
 *
 * @module
 */

import { elsewhere } from '../../test/parity/decisions/elsewhere.mjs';
import { missing } from '../../test/parity/decisions/missing.mjs';
import { pythonOnly } from '../../test/parity/decisions/python-only.mjs';

/**
 * @typedef {object} Elsewhere
 * @property {string} of a Python module
 * @property {string} why
 * @property {Readonly<Record<string, string>>} rows references to the package by name in the module
 */

/**
 * @typedef {object} Missing
 * @property {string} of a Python module
 * @property {string} why
 * @property {readonly string[]} rows
 * @property {true} [homonym] whether the package uses the names for something else
 */

/**
 * @typedef {object} PythonOnly
 * @property {string} of a Python module
 * @property {string} instead
 * @property {readonly string[]} rows
 */

/**
 * @typedef {object} Decision
 * @property {'elsewhere' | 'missing' | 'python-only'} kind
 * @property {string} text
 * @property {string} [reference] only of `elsewhere`: where the package has it
 * @property {boolean} [homonym] only of `missing`: whether the package uses the name for something else
 */

/**
 * The decisions by row.
 *
 * @param {readonly import('./checklist.mjs').Row[]} rows
 * @returns {{ decisions: Map<string, Decision>, problems: string[] }} problems: decisions without a row, rows with two
 */
export function readDecisions(rows) {
  /** @type {Map<string, Decision>} */
  const decisions = new Map();
  /** @type {string[]} */
  const problems = [];

  /**
   * @param {string} module
   * @param {string} name
   * @param {Decision} decision
   */
  const decide = (module, name, decision) => {
    const matching = rows.filter((row) => matches(row, module, name, decision.kind));
    if (matching.length === 0)
      problems.push(`${module}.${name}: there is a decision (${decision.kind}), but no row of this name`);
    for (const { id } of matching) {
      if (decisions.has(id)) problems.push(`${id}: there are two decisions`);
      decisions.set(id, decision);
    }
  };

  for (const { of, why, rows } of elsewhere)
    for (const [name, reference] of Object.entries(rows)) decide(of, name, { kind: 'elsewhere', text: why, reference });
  for (const { of, why, rows, homonym = false } of missing)
    for (const name of rows) decide(of, name, { kind: 'missing', text: why, homonym });
  for (const { of, instead, rows } of pythonOnly)
    for (const name of rows) decide(of, name, { kind: 'python-only', text: instead });
  return { decisions, problems };
}

/**
 * Whether a decision applies to a row. `Class.*` is the class and all its members.
 *
 * @param {import('./checklist.mjs').Row} row
 * @param {string} module
 * @param {string} name
 * @param {Decision['kind']} kind
 */
function matches(row, module, name, kind) {
  if ((row.priority === 'python-only') !== (kind === 'python-only')) return false;
  if (name.endsWith('.*')) return row.module === module && `${row.class}.*` === name;
  return row.id === `${module}.${name}`;
}
