/**
 * Parses the syntax of a function in the engine's documentation, such as `lpad(str, n[, padding_str])`, into parameters.
 *
 * @module
 */

import { Failure } from '../lib/shell.mjs';
import { PARAMETERS } from './rules.mjs';

/**
 * @typedef {object} Parameter
 * @property {string} name in TypeScript
 * @property {string} type
 * @property {boolean} optional
 * @property {boolean} rest
 * @property {number} least of a rest parameter: the minimum number of arguments
 * @property {string} text
 */

/**
 * @param {string} sql the name of the function
 * @param {string} syntax
 * @param {ReadonlyMap<string, string>} texts of the arguments
 * @returns {Parameter[]}
 */
export function parseSyntax(sql, syntax, texts) {
  const [, inside] = /^\w+\((.*)\)$/.exec(syntax) ?? [];
  if (inside === undefined) throw new Failure(`functions: the syntax of ${sql} is not a function call: ${syntax}`);
  const items = [];
  let depth = 0;
  for (const token of inside.match(/[[\],]|[^[\],\s]+/g) ?? []) {
    if (token === '[') depth += 1;
    else if (token === ']') depth -= 1;
    else if (token !== ',') items.push({ name: token, optional: depth > 0 });
  }
  const variadic = items.findIndex(({ name }) => name === '...');
  if (variadic < 0) return items.map(({ name, optional }) => parameter(sql, name, texts, { optional }));
  const last = items.at(-1)?.name ?? '';
  const base = last.replace(/_n$/i, '');
  const same = (/** @type {{ name: string }} */ { name }) => name.replace(/\d$/, '') === base;
  const before = items.slice(0, variadic).filter((item) => !same(item));
  const least = items.slice(0, variadic).filter((item) => same(item) && !item.optional).length;
  const text = textOf(sql, least > 0 ? (items.find(same)?.name ?? last) : last, texts);
  return [
    ...before.map(({ name, optional }) => parameter(sql, name, texts, { optional })),
    { ...parameter(sql, base, texts, { text }), name: `${toCamel(base)}s`, rest: true, least },
  ];
}

/**
 * @param {string} sql the name of the function
 * @param {string} name of the argument
 * @param {ReadonlyMap<string, string>} texts
 * @param {{ optional?: boolean, type?: string, text?: string }} [more]
 * @returns {Parameter}
 */
export function parameter(sql, name, texts, { optional = false, type = 'Operand', text } = {}) {
  return {
    name: PARAMETERS[sql]?.[name] ?? toCamel(name),
    type,
    optional,
    rest: false,
    least: 0,
    text: text ?? textOf(sql, name, texts),
  };
}

/**
 * @param {string} sql
 * @param {string} name
 * @param {ReadonlyMap<string, string>} texts
 */
function textOf(sql, name, texts) {
  const text = texts.get(name) ?? texts.get(name.replace(/\d$/, ''));
  if (text === undefined) throw new Failure(`functions: argument ${name} of ${sql} has no description`);
  return text;
}

/** @param {string} name */
export function toCamel(name) {
  return name.toLowerCase().replace(/_(\w)/g, (_, letter) => letter.toUpperCase());
}
