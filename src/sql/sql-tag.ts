/**
 * The `sql` template tag. Values become placeholders and names become quoted identifiers; values are never part of the text.
 *
 * @module
 */

import { invalid } from '../errors.js';
import { has, SQL_QUERY } from '../expr/brand.js';
import { type ParamValue, toLiteral } from '../expr/param-value.js';
import { describe } from '../input/describe.js';

// In the global symbol registry, so that a name of the ESM build works in the CommonJS build.
const IDENTIFIER = Symbol.for('ballista.sql.identifier');

/** What `${…}` in an `sql` template accepts. */
export type SqlPart = ParamValue | SqlQuery | Identifier;

/** SQL text with separate values, which are bound to DataFusion's placeholders. Created by {@link sql}. Immutable. */
export class SqlQuery {
  readonly #texts: readonly string[];
  /** The values, in the order of their placeholders. The first one belongs to `$1`. */
  readonly values: readonly ParamValue[];

  /** @internal `texts` surround `values`: there is one text more than values. */
  constructor(texts: readonly string[], values: readonly ParamValue[]) {
    this.#texts = Object.freeze(texts);
    this.values = Object.freeze(values);
    Object.freeze(this);
  }

  /** The SQL with placeholders `$1`, `$2`, … for the values. */
  get text(): string {
    return this.#texts.reduce((text, next, i) => `${text}$${i}${next}`);
  }

  /** @internal The texts around the values, to nest the query in another. */
  get texts(): readonly string[] {
    return this.#texts;
  }

  /** The SQL with placeholders, without the values. */
  toString(): string {
    return this.text;
  }

  /** @internal */
  get [SQL_QUERY](): true {
    return true;
  }

  /** Whether a value is a query of the `sql` tag, including one of another copy of this package. */
  static is(value: unknown): value is SqlQuery {
    return has(value, SQL_QUERY);
  }
}

/** A quoted name. Created by `ident` of {@link sql}. Immutable. */
export class Identifier {
  /** The name as SQL: `"schema"."table"`. */
  readonly text: string;

  /** @internal */
  constructor(path: readonly string[]) {
    if (path.length === 0) throw invalid('sql.ident needs at least one name.');
    this.text = path.map(quote).join('.');
    Object.freeze(this);
  }

  /** The quoted name. */
  toString(): string {
    return this.text;
  }

  /** @internal */
  get [IDENTIFIER](): true {
    return true;
  }

  /** Whether a value is an identifier of `sql.ident`, including one of another copy of this package. */
  static is(value: unknown): value is Identifier {
    return has(value, IDENTIFIER);
  }
}

function quote(name: string): string {
  if (typeof name !== 'string') throw invalid(`sql.ident takes strings, not ${describe(name)}.`);
  if (name === '' || name.includes('\0'))
    throw invalid('sql.ident: a name must not be empty or contain a NUL character.');
  return `"${name.replaceAll('"', '""')}"`;
}

/** Rejects a value that is not allowed in a template. */
type Check = (value: ParamValue, where: string) => unknown;

/** Joins parts into one query and renumbers placeholders. */
function concat(
  texts: readonly string[],
  parts: readonly SqlPart[],
  where: (index: number) => string,
  check: Check = toLiteral,
): SqlQuery {
  const outTexts: string[] = [texts[0] ?? ''];
  const outValues: ParamValue[] = [];
  const append = (text: string): void => {
    outTexts[outTexts.length - 1] += text;
  };
  parts.forEach((part, i) => {
    if (Identifier.is(part)) {
      append(part.text);
    } else if (SqlQuery.is(part)) {
      append(part.texts[0] ?? '');
      outTexts.push(...part.texts.slice(1));
      outValues.push(...part.values);
    } else {
      check(part, where(i)); // rejected here, so that the error points to the caller
      outValues.push(part);
      outTexts.push('');
    }
    append(texts[i + 1] ?? '');
  });
  return new SqlQuery(outTexts, outValues);
}

/** Builds the query of a template. */
export function sqlTemplate(
  name: 'sql' | 'expr',
  strings: TemplateStringsArray,
  values: readonly SqlPart[],
  check: Check,
): SqlQuery {
  if (!Array.isArray(strings) || !('raw' in strings)) {
    const raw = name === 'sql' ? 'sql.raw(text)' : `expr\`\${sql.raw(text)}\``;
    throw invalid(`${name} is a template tag. Write ${name}\`…\`. For text that you trust, use ${raw}.`);
  }
  if (strings.includes(undefined as unknown as string))
    throw invalid(`${name}: the template contains an invalid \\ escape. Write \\\\ for a backslash.`);
  return concat(strings, values, (i) => `value ${i + 1} of the ${name} template`, check);
}

function tag(strings: TemplateStringsArray, ...values: SqlPart[]): SqlQuery {
  return sqlTemplate('sql', strings, values, toLiteral);
}

/**
 * Builds a query whose values are sent separately from its text, as DataFusion placeholders.
 *
 * - a plain value becomes `$1`, `$2`, …
 * - another `sql` query is nested; its placeholders are renumbered
 * - `sql.ident('schema', 'table')` is a quoted name
 * - `sql.raw(text)` inserts text unchanged; use it only for text you trust
 * - `sql.join(parts, separator)` joins values, queries and names, with `, ` by default
 *
 * @throws BallistaError `INVALID_ARGUMENT` for `undefined`, functions and other values without an SQL type
 *
 * @example
 * ```ts
 * import { sql } from 'ballista';
 *
 * const cheap = sql`price < ${10}`;
 * const query = sql`select * from ${sql.ident('my table')} where ${cheap} and id in (${sql.join([1, 2])})`;
 * console.log(query.text); // select * from "my table" where price < $1 and id in ($2, $3)
 * console.log(query.values); // [ 10, 1, 2 ]
 * ```
 */
export const sql = Object.freeze(
  Object.assign(tag, {
    /** A quoted name from its parts: `sql.ident('schema', 'table')` is `"schema"."table"`. */
    ident: (...path: string[]): Identifier => new Identifier(path),

    /** Inserts text unchanged. Never pass user input. */
    raw: (text: string): SqlQuery => {
      if (typeof text !== 'string') throw invalid(`sql.raw takes a string, not ${describe(text)}.`);
      return new SqlQuery([text], []);
    },

    /** Joins values, queries and names with a separator (default `, `). */
    join: (parts: readonly SqlPart[], separator: SqlQuery = COMMA): SqlQuery => {
      if (!Array.isArray(parts)) throw invalid(`sql.join takes an array, not ${describe(parts)}.`);
      if (!SqlQuery.is(separator)) throw invalid('sql.join: the separator must be an sql query, such as sql` and `.');
      const all = parts.flatMap((part: SqlPart, i): SqlPart[] => (i === 0 ? [part] : [separator, part]));
      return concat(Array<string>(all.length + 1).fill(''), all, (i) => `part ${i / 2 + 1} of sql.join`);
    },
  }),
);

const COMMA = new SqlQuery([', '], []);
