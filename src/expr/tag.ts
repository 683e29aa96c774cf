/**
 * The `expr` template tag: SQL text with values and expressions in it.
 *
 * @module
 */

import { invalid } from '../errors.js';
import { type SqlPart, sqlTemplate } from '../sql.js';
import { operand } from './coerce.js';
import { Expr } from './expr.js';
import { findPlaceholders } from './placeholder-text.js';

/**
 * An expression from SQL text. In `${…}` values become literals, expressions are put in as they are, and parts of
 * {@link sql} (`sql.ident`, `sql.join`, `sql.raw`, another query) become text; no value is ever text. The engine parses it
 * where a DataFrame takes it.
 *
 * @throws BallistaError `INVALID_ARGUMENT`
 *
 * @example
 * ```ts
 * import { col, expr } from 'ballista';
 *
 * const limit = 60;
 * const late = expr`delay > ${limit} and ${col('origin')} like 'S%'`;
 * console.log(String(late)); // delay > 60 and origin like 'S%'
 * console.log(await df.filter(late).count());
 * ```
 */
export function expr(strings: TemplateStringsArray, ...values: SqlPart[]): Expr {
  const query = sqlTemplate('expr', strings, values, operand);
  const { text } = query;
  if (text.trim() === '') throw invalid('expr: the template is empty');
  const args = query.values.map((value, i) => operand(value, `value ${i + 1} of the expr template`));
  if (args.length === 0) return new Expr({ kind: 'sql', text });
  // What the engine will find has to be what was put in.
  const found = findPlaceholders(text);
  if (found.length !== args.length || found.some((name, i) => name !== `$${i + 1}`))
    throw invalid('expr: a value stands in quotes or in a comment, or beside a placeholder of the text itself');
  return new Expr({ kind: 'sql', text, args });
}
