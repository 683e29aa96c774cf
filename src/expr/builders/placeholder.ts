/**
 * Placeholders for query parameters.
 *
 * @module
 */

import { type TypeLike, toTypeName } from '../../arrow/type-name.js';
import { wrong } from '../coerce.js';
import { Expr } from '../expr.js';

const NAME = /^\$([1-9][0-9]*|[A-Za-z_][A-Za-z0-9_]*)$/;

/**
 * A placeholder for a value that is given later, as a parameter. From DataFusion's `Expr::Placeholder`.
 *
 * @param name - `'$1'`, `'$2'`, … or `'$name'`
 * @param type - the Arrow type; default: the engine infers it
 * @throws BallistaError `INVALID_ARGUMENT`
 *
 * @example
 * ```ts
 * import { col, placeholder } from 'ballista';
 *
 * console.log(String(col('delay').gt(placeholder('$least')))); // delay > $least
 * ```
 */
export function placeholder(name: string, type?: TypeLike): Expr {
  if (typeof name !== 'string' || !NAME.test(name)) throw wrong(name, 'the name of placeholder', "'$1' or '$name'");
  const dataType = type === undefined ? {} : { dataType: toTypeName(type, 'the type of placeholder') };
  return new Expr({ kind: 'placeholder', name, ...dataType });
}
