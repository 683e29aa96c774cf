/**
 * Names as they stand in SQL.
 *
 * @module
 */

/** What the engine reads as it is written: it takes unquoted names in lower case. */
const PLAIN = /^[a-z_][a-z0-9_]*$/;

/**
 * The words that mean something else where an expression may stand, found by asking the parser for each of its keywords
 * (`test/modes/expression-text.test.ts`), and those that only look so.
 */
const RESERVED = new Set(
  [
    'all analyze and any array as between case cast cluster cube current_catalog current_date current_time',
    'current_timestamp current_user distinct distribute else end except exclude exists explain false fetch from group',
    'having ilike in intersect interval into is join lateral like limit localtime localtimestamp minus not null offset on',
    'or order over returning rollup select session_user some sort struct then top trim true try_cast union user using',
    'values view when where with',
  ].flatMap((words) => words.split(' ')),
);

/** The words of which a call has a syntax of its own; behind a dot there are more. */
const CALLS = new Set(['convert', 'extract', 'substring', 'try_convert']);
const DOTTED_CALLS = new Set([...CALLS, 'ceil', 'floor', 'substr']);

/** A name, quoted where it has to be. */
export function printName(name: string): string {
  return isPlain(name) ? name : `"${name.replaceAll('"', '""')}"`;
}

/** A column, or what is written like one; the dots of a relation part catalog, schema and table. */
export function printColumn({ name, relation }: { readonly name: string; readonly relation?: string }): string {
  const path = relation === undefined ? [] : relation.split('.');
  return [...path, name].map(printName).join('.');
}

/** The name of a function; a dot is part of it. */
export function printFunction(name: string): string {
  const parts = name.split('.');
  if (parts.length > 1 && parts.every((part) => isPlain(part) && !DOTTED_CALLS.has(part))) return name;
  return CALLS.has(name) ? `"${name}"` : printName(name);
}

function isPlain(name: string): boolean {
  return PLAIN.test(name) && !RESERVED.has(name);
}
