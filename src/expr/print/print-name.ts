/**
 * Prints names as SQL.
 *
 * @module
 */

/** Names that need no quotes. The engine converts unquoted names to lower case. */
const PLAIN = /^[a-z_][a-z0-9_]*$/;

/**
 * Words with a special meaning inside expressions, which therefore need quotes. They were found by asking the parser for each
 * of its keywords (`test/modes/expression-text.test.ts`); some only look special.
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

/** Function names with their own call syntax. After a dot there are more of them. */
const CALLS = new Set(['convert', 'extract', 'substring', 'try_convert']);
const DOTTED_CALLS = new Set([...CALLS, 'ceil', 'floor', 'substr']);

/** Prints a name, in quotes if necessary. */
export function printName(name: string): string {
  return isPlain(name) ? name : `"${name.replaceAll('"', '""')}"`;
}

/** Prints a column, or another qualified name. Dots in the relation separate catalog, schema and table. */
export function printColumn({ name, relation }: { readonly name: string; readonly relation?: string }): string {
  const path = relation === undefined ? [] : relation.split('.');
  return [...path, name].map(printName).join('.');
}

/** Prints the name of a function, which may contain dots. */
export function printFunction(name: string): string {
  const parts = name.split('.');
  if (parts.length > 1 && parts.every((part) => isPlain(part) && !DOTTED_CALLS.has(part))) return name;
  return CALLS.has(name) ? `"${name}"` : printName(name);
}

function isPlain(name: string): boolean {
  return PLAIN.test(name) && !RESERVED.has(name);
}
