/**
 * Converts the engine's registry to a model of the TypeScript functions.
 *
 * @module
 */

import { Failure } from '../lib/shell.mjs';
import {
  ARGUMENTS,
  CANONICAL,
  CLAUSES,
  DESCRIPTIONS,
  FAMILIES,
  HAND_WRITTEN,
  NAMES,
  PHRASES,
  SYNTAX,
  TYPES,
} from './rules.mjs';
import { SPARK } from './spark.mjs';
import { parameter, parseSyntax, toCamel } from './syntax.mjs';

/** @typedef {import('./syntax.mjs').Parameter} Parameter */

/**
 * An entry of the addon's `functionEntries()`.
 *
 * @typedef {object} Entry
 * @property {'scalar' | 'aggregate' | 'window' | 'higherOrder' | 'table'} kind
 * @property {string} name
 * @property {string[]} aliases
 * @property {number[] | null} [arity] any number if absent
 * @property {boolean} [own] whether this package defines it
 * @property {{ section: string, description: string, syntax: string, example: string | null,
 *   arguments: [string, string][], alternatives: string[], related: string[] } | null} [documentation]
 */

/**
 * @typedef {object} Model
 * @property {Entry['kind']} kind
 * @property {string} sql
 * @property {string} name in TypeScript
 * @property {{ sql: string, name: string }[]} aliases
 * @property {string} family
 * @property {boolean} spark
 * @property {boolean} own
 * @property {readonly (readonly Parameter[])[]} forms
 * @property {readonly string[]} clauses of an aggregate function
 * @property {string} description
 * @property {string} syntax
 * @property {string[]} examples
 * @property {string[]} related
 */

/**
 * @param {readonly Entry[]} entries
 * @returns {Model[]}
 */
export function toModels(entries) {
  const aggregates = new Set(entries.filter(({ kind }) => kind === 'aggregate').map(({ name }) => name));
  const models = entries
    // The aggregate function of the same name is also the window function.
    .filter(({ kind, name }) => kind !== 'table' && !(kind === 'window' && aggregates.has(name)))
    .map((entry) => (entry.name.startsWith('spark.') ? sparkModel(entry) : model(entry)));
  assertUnique(models);
  return models;
}

/**
 * @param {Entry} entry
 * @returns {Model}
 */
function model({ kind, name, aliases, arity, own = false, documentation }) {
  if (!documentation) throw new Failure(`functions: ${name} has no documentation`);
  const { section, description, arguments: args, related } = documentation;
  const family = FAMILIES[section];
  if (!family) throw new Failure(`functions: "${section}", the section of ${name}, is not a known family`);
  const sql = CANONICAL[name] ?? name;
  const names = [name, ...aliases].filter((one) => one !== sql);
  const texts = new Map(args.flatMap(([keys, text]) => keys.split(', ').map((key) => [key, clean(text)])));
  for (const [key, text] of texts) texts.set(key, inTypeScript(text, texts));
  for (const [key, text] of Object.entries(ARGUMENTS[name] ?? {})) texts.set(key, text);
  const syntax = documentation.syntax.split('\n').map((line) => line.replace(/^\w+(?=\()/, sql));
  const forms = HAND_WRITTEN[name] ? [] : toForms(kind, name, syntax, texts, arity);
  if (forms.length > 0) assertArity(name, forms, arity);
  return {
    kind,
    sql,
    name: HAND_WRITTEN[name]?.name ?? NAMES[sql] ?? toCamel(sql),
    aliases: names.map((one) => ({ sql: one, name: NAMES[one] ?? toCamel(one) })),
    family,
    spark: false,
    own,
    forms,
    clauses: kind === 'aggregate' ? (CLAUSES[name] ?? ['filter']) : [],
    description: DESCRIPTIONS[name] ?? inTypeScript(clean(description), texts),
    syntax: [...syntax, ...documentation.alternatives].join(' or '),
    examples: [...(documentation.example ?? '').matchAll(/```sql\n(.*?)```/gs)].map(([, code = '']) => code.trim()),
    related,
  };
}

/**
 * @param {Entry['kind']} kind
 * @param {string} name
 * @param {readonly string[]} syntax
 * @param {ReadonlyMap<string, string>} texts
 * @param {number[] | null | undefined} arity
 * @returns {Parameter[][]}
 */
function toForms(kind, name, syntax, texts, arity) {
  const types = TYPES[name] ?? {};
  const typed = (/** @type {Parameter} */ one) => ({ ...one, type: types[one.name] ?? typeOf(kind, one) });
  if (SYNTAX[name]) return [parseSyntax(name, SYNTAX[name], texts).map(typed)];
  if (kind === 'scalar') return syntax.map((line) => parseSyntax(name, line, texts).map(typed));
  // The syntax of aggregate and window functions contains clauses. Their arguments are in the right order.
  const least = arity ? Math.min(...arity) : texts.size;
  return [[...texts.keys()].map((key, i) => typed(parameter(name, key, texts, { optional: i >= least })))];
}

/**
 * The type is `Expr` where a column is usual, because a string could mean a column or a literal.
 *
 * @param {Entry['kind']} kind
 * @param {Parameter} parameter
 */
function typeOf(kind, { name }) {
  if (kind === 'higherOrder' && (name === 'lambda' || name === 'predicate')) return 'Expr | LambdaFunction';
  if ((kind === 'aggregate' || kind === 'window') && /^expression|^weight$/.test(name)) return 'Expr';
  return 'Operand';
}

/**
 * @param {Entry} entry
 * @returns {Model}
 */
function sparkModel({ kind, name, aliases, arity }) {
  const own = name.slice('spark.'.length);
  const [family, functions] = Object.entries(SPARK).find(([, all]) => Object.hasOwn(all, own)) ?? [];
  const [description, ...args] = functions?.[own] ?? [];
  if (!family || !description) throw new Failure(`functions: ${name} is not in scripts/functions/spark.mjs`);
  const form = args.map((arg) => {
    const [, rest, key = '', optional, type = 'Operand', text = ''] =
      /^(\.\.\.)?(\w+)(\?)?: (?:(Expr): )?(.*)$/s.exec(arg) ?? [];
    return { name: key, type, optional: optional !== undefined, rest: rest !== undefined, least: 0, text };
  });
  assertArity(name, [form], arity);
  const toName = (/** @type {string} */ sql) => NAMES[sql] ?? toCamel(sql.slice('spark.'.length));
  return {
    kind,
    sql: name,
    name: toName(name),
    aliases: aliases.map((sql) => ({ sql, name: toName(sql) })),
    family,
    spark: true,
    own: false,
    forms: [form],
    clauses: kind === 'aggregate' ? (CLAUSES[name] ?? ['filter']) : [],
    description,
    syntax: '',
    examples: [],
    related: [],
  };
}

/** @param {string} text */
function clean(text) {
  const trimmed = text.replace(/^[ \t]+/gm, '').trim();
  const cleaned = PHRASES.reduce((result, [pattern, by]) => result.replace(pattern, by), trimmed);
  return cleaned.replace(/\.\.(?!\.)/g, '.').replace(/^\.\s*/, '');
}

/**
 * A text in which arguments have their TypeScript names.
 *
 * @param {string} text
 * @param {ReadonlyMap<string, string>} texts
 */
function inTypeScript(text, texts) {
  return text.replace(/\b[a-z]+(?:_[a-z0-9]+)+\b/g, (word) => (texts.has(word) ? toCamel(word) : word));
}

/**
 * Compares the arguments with the engine's signature. A difference means that the generator misread the documentation.
 *
 * @param {string} name
 * @param {readonly (readonly Parameter[])[]} forms
 * @param {number[] | null | undefined} arity
 */
function assertArity(name, forms, arity) {
  if (!arity) return;
  const counts = forms.flatMap((form) => {
    const least = form.filter(({ optional, rest }) => !optional && !rest).length;
    return form.some(({ rest }) => rest) ? [least, Number.POSITIVE_INFINITY] : [least, form.length];
  });
  const [min, max] = [Math.min(...counts), Math.max(...counts)];
  if (min === Math.min(...arity) && max === Math.max(...arity)) return;
  throw new Failure(
    `functions: the documentation of ${name} has ${min} to ${max} arguments, but the function takes ${arity.join(', ')}`,
  );
}

/** @param {readonly Model[]} models */
function assertUnique(models) {
  const seen = new Set();
  for (const { name, aliases, spark } of models) {
    for (const one of [name, ...aliases.map((alias) => alias.name)]) {
      const key = `${spark}${one}`;
      if (seen.has(key)) throw new Failure(`functions: two functions are called ${one}`);
      seen.add(key);
    }
  }
}
