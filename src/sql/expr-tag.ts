/**
 * The `expr` template tag: SQL text with embedded values and expressions.
 *
 * @module
 */

import { invalid } from '../errors.js';
import { operand } from '../expr/coerce.js';
import { Expr } from '../expr/expr.js';
import { findPlaceholders } from '../expr/print/placeholder-text.js';
import { type SqlPart, sqlTemplate } from './sql-tag.js';

/**
 * Parses SQL text as an expression. In `${…}`, values become literals and expressions are inserted as they are. Parts of
 * {@link sql} (`sql.ident`, `sql.join`, `sql.raw`, another query) become text; a value never does. The engine parses the text
 * when a DataFrame uses the expression.
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
  if (text.trim() === '') throw invalid('expr: the template is empty.');
  const args = query.values.map((value, i) => operand(value, `value ${i + 1} of the expr template`));
  if (args.length === 0) return new Expr({ kind: 'sql', text });
  // The placeholders that the engine will find must be those that were inserted.
  const found = findPlaceholders(text);
  if (found.length !== args.length || found.some((name, i) => name !== `$${i + 1}`))
    throw invalid(
      'expr: a value cannot be inside quotes or a comment, and the text cannot contain placeholders of its own.',
    );
  return new Expr({ kind: 'sql', text, args });
}
