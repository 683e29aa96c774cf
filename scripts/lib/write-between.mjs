/**
 * Writes results of programs into pages of the documentation.
 *
 * @module
 */

import { readFileSync, writeFileSync } from 'node:fs';

/**
 * Replaces what a page has between `<!-- name -->` and `<!-- /name -->`.
 *
 * @param {string} page
 * @param {string} name
 * @param {string} text
 */
export function writeBetween(page, name, text) {
  const before = readFileSync(page, 'utf8');
  const [start, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const [from, to] = [before.indexOf(start), before.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`${page} has no place for the table "${name}"`);
  writeFileSync(page, `${before.slice(0, from + start.length)}\n\n${text}\n\n${before.slice(to)}`);
}
