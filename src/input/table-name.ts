/**
 * The names of tables that methods of a session take.
 *
 * @module
 */

import { checkName } from './name.js';

/** A part in double quotes, or one that needs none. */
const PART = String.raw`"(?:[^"]|"")+"|[\p{Alphabetic}_@#][\p{Alphabetic}\p{Nd}_@$#]*`;
const NAME = new RegExp(`^(?:${PART})(?:\\.(?:${PART})){0,2}$`, 'u');

/** What the engine reads as it is. It converts other names without quotes to lower case. */
const PLAIN = /^[a-z_][a-z0-9_]*$/;

/**
 * The name of a table as SQL: `table`, `schema.table` or `catalog.schema.table`. Letters keep their case, as in
 * `sql.ident`. In double quotes, dots are part of a name. What is not of this form is one name, such as `my table`.
 *
 * @throws BallistaError `INVALID_ARGUMENT`
 */
export function tableName(name: string): string {
  checkName(name, 'the name of a table');
  const parts = NAME.test(name) ? (name.match(new RegExp(PART, 'gu')) ?? []) : [quoted(name)];
  return parts.map((part) => (part.startsWith('"') || PLAIN.test(part) ? part : quoted(part))).join('.');
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
