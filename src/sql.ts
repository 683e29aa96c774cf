/**
 * The `sql` template tag: values become placeholders, names become quoted identifiers, text never meets a value.
 *
 * @module
 */

import { invalid } from './errors.js';
import { describe, type ParamValue, toLiteral } from './params.js';

// Shared through the symbol registry: a query made by the ESM build works in the CommonJS one.
const QUERY = Symbol.for('ballista.sql.query');
const IDENTIFIER = Symbol.for('ballista.sql.identifier');

/** What may stand in `${…}` of an `sql` template. */
export type SqlPart = ParamValue | SqlQuery | Identifier;

/** SQL text with its values apart, which become DataFusion's placeholders; made by {@link sql}. Immutable. */
export class SqlQuery {
  readonly #texts: readonly string[];
  /** The values, in the order of their placeholders: the first belongs to `$1`. */
  readonly values: readonly ParamValue[];

  /** @internal `texts` stand around `values`: one text more than values. */
  constructor(texts: readonly string[], values: readonly ParamValue[]) {
    this.#texts = Object.freeze(texts);
    this.values = Object.freeze(values);
    Object.freeze(this);
  }

  /** The SQL with `$1`, `$2`, … where the values go. */
  get text(): string {
    return this.#texts.reduce((text, next, i) => `${text}$${i}${next}`);
  }

  /** @internal The texts around the values, for nesting. */
  get texts(): readonly string[] {
    return this.#texts;
  }

  /** The SQL with placeholders; the values are not in it. */
  toString(): string {
    return this.text;
  }

  /** @internal */
  get [QUERY](): true {
    return true;
  }

  /** Whether a value is a query of the `sql` tag, also of another copy of this package. */
  static is(value: unknown): value is SqlQuery {
    return typeof value === 'object' && value !== null && QUERY in value;
  }
}

/** A quoted name; made by `ident` of {@link sql}. Immutable. */
export class Identifier {
  /** The name as it stands in SQL: `"schema"."table"`. */
  readonly text: string;

  /** @internal */
  constructor(path: readonly string[]) {
    if (path.length === 0) throw invalid('sql.ident needs at least one name');
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

  /** Whether a value is an identifier of `sql.ident`, also of another copy of this package. */
  static is(value: unknown): value is Identifier {
    return typeof value === 'object' && value !== null && IDENTIFIER in value;
  }
}

function quote(name: string): string {
  if (typeof name !== 'string') throw invalid(`sql.ident takes strings, not ${describe(name)}`);
  if (name === '' || name.includes('\0')) throw invalid('sql.ident: a name must not be empty or hold a NUL character');
  return `"${name.replaceAll('"', '""')}"`;
}

/** Refuses a value that cannot stand in a template. */
type Check = (value: ParamValue, where: string) => unknown;

/** Joins parts into one query; placeholders are numbered anew. */
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
      check(part, where(i)); // refused here, where the caller's line is
      outValues.push(part);
      outTexts.push('');
    }
    append(texts[i + 1] ?? '');
  });
  return new SqlQuery(outTexts, outValues);
}

/** The query of a template of a tag. */
export function sqlTemplate(
  name: 'sql' | 'expr',
  strings: TemplateStringsArray,
  values: readonly SqlPart[],
  check: Check,
): SqlQuery {
  if (!Array.isArray(strings) || !('raw' in strings)) {
    throw invalid(`${name} is a template tag: write ${name}\`…\`, and sql.raw(text) for text you trust`);
  }
  if (strings.includes(undefined as unknown as string))
    throw invalid(`${name}: the template holds an invalid \\ escape; write \\\\ for a backslash`);
  return concat(strings, values, (i) => `value ${i + 1} of the ${name} template`, check);
}

function tag(strings: TemplateStringsArray, ...values: SqlPart[]): SqlQuery {
  return sqlTemplate('sql', strings, values, toLiteral);
}

/**
 * Builds a query whose values travel apart from its text, as DataFusion placeholders.
 *
 * - a plain value becomes `$1`, `$2`, …
 * - another `sql` query is nested, its placeholders are numbered anew
 * - `sql.ident('schema', 'table')` is a quoted name
 * - `sql.raw(text)` is text taken as it is: only for text you trust
 * - `sql.join(parts, separator)` joins values, queries and names, by default with `, `
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
    /** A quoted name, one string a part: `sql.ident('schema', 'table')` is `"schema"."table"`. */
    ident: (...path: string[]): Identifier => new Identifier(path),

    /** Text taken as it is. Never pass what a user typed. */
    raw: (text: string): SqlQuery => {
      if (typeof text !== 'string') throw invalid(`sql.raw takes a string, not ${describe(text)}`);
      return new SqlQuery([text], []);
    },

    /** Joins values, queries and names with a separator (default `, `). */
    join: (parts: readonly SqlPart[], separator: SqlQuery = COMMA): SqlQuery => {
      if (!Array.isArray(parts)) throw invalid(`sql.join takes an array, not ${describe(parts)}`);
      if (!SqlQuery.is(separator)) throw invalid('sql.join: the separator must be an sql query, such as sql` and `');
      const all = parts.flatMap((part: SqlPart, i): SqlPart[] => (i === 0 ? [part] : [separator, part]));
      return concat(Array<string>(all.length + 1).fill(''), all, (i) => `part ${i / 2 + 1} of sql.join`);
    },
  }),
);

const COMMA = new SqlQuery([', '], []);
