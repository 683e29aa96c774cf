/**
 * The rows of `test/parity/datafusion-python-55.tsv`, and the expected name of each in the package.
 *
 * @module
 */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Failure, root } from '../lib/shell.mjs';

export const CHECKLIST = 'test/parity/datafusion-python-55.tsv';

/** @typedef {'core' | 'common' | 'rare' | 'python-only'} Priority */

/**
 * @typedef {object} Row
 * @property {string} module
 * @property {string} class empty for a module-level function
 * @property {string} name
 * @property {'class' | 'function' | 'method' | 'staticmethod' | 'property'} kind
 * @property {string} signature
 * @property {string} ts_name the proposed name; `n/a` for none, `'…'` for a member of a union of strings
 * @property {Priority} priority
 * @property {string} note
 * @property {string} id `module.class.name`, a class itself `module.class`
 */

/** @returns {Row[]} */
export function readChecklist() {
  const [header = '', ...lines] = readFileSync(join(root, CHECKLIST), 'utf8').trimEnd().split('\n');
  const keys = header.split('\t');
  return lines.map((line, index) => {
    const cells = line.split('\t');
    if (cells.length !== keys.length)
      throw new Failure(`${CHECKLIST}:${index + 2}: expected ${keys.length} columns, found ${cells.length}`);
    const row = /** @type {Row} */ (Object.fromEntries(keys.map((key, at) => [key, cells[at]])));
    return { ...row, id: [row.module, row.class, row.kind === 'class' ? '' : row.name].filter(Boolean).join('.') };
  });
}

/**
 * The references that the proposed name can mean. The package must have one of them.
 *
 * @param {Row} row
 * @param {string} home the name of the row's class in the package
 * @returns {string[]}
 */
export function ownReferences({ module, kind, ts_name, note }, home) {
  // The checklist names Spark functions with their namespace.
  if (/^spark\.\w+$/.test(ts_name)) return [ts_name];
  const literal = /^'\w+'$/.test(ts_name);
  if (!literal && !/^\w+$/.test(ts_name)) return [];
  if (kind === 'class') return [ts_name];
  if (literal) return [`${home}=${ts_name}`];
  if (home === '') return [module === 'datafusion.functions' ? `functions.${ts_name}` : ts_name];
  if (kind === 'staticmethod') return [`${home}.${ts_name}`];
  // In TypeScript, some of the Python classes are options objects, and others take one.
  const taken = note.includes('constructor keyword only') ? [`new ${home}({ ${ts_name} })`] : [];
  return [...taken, `${home}#${ts_name}`];
}
