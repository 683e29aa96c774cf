/**
 * Literals of all JavaScript values: scalars, which SQL can write directly, and lists, structs and maps, which SQL creates
 * with a function.
 *
 * @module
 */

import { invalid } from '../errors.js';
import { isMap } from '../input/kinds.js';
import { isExpr } from './brand.js';
import { type ExprNode, node } from './node/node.js';
import { type ParamValue, toLiteral, toTypedLiteral } from './param-value.js';

/** The values that `lit` takes: a scalar, an expression, an array (list), a `Map` (map) or a plain object (struct). */
export type LiteralValue =
  | ParamValue
  | readonly LiteralValue[]
  | ReadonlyMap<LiteralValue, LiteralValue>
  | { readonly [field: string]: LiteralValue };

/** The maximum nesting of a literal. Deeper types cannot be sent to an executor: its plan decoder rejects them. */
const MOST_LEVELS = 30;

/** Converts a value to a node. */
export function toLitNode(value: LiteralValue, where: string, level = 0): ExprNode {
  if (isExpr(value)) return value.node;
  if (!Array.isArray(value) && !isMap(value) && !isPlain(value))
    return node({ kind: 'literal', value: toLiteral(value, where) });
  if (level >= MOST_LEVELS)
    throw invalid(`${where} is nested more than ${MOST_LEVELS} levels deep, or contains itself.`);
  const item = (inner: LiteralValue, path: string) => toLitNode(inner, path, level + 1);
  const list = (items: readonly LiteralValue[], path: string) =>
    call(
      'make_array',
      Array.from(items, (inner, i) => item(inner, `${path}[${i}]`)),
    );
  if (Array.isArray(value)) return list(value as readonly LiteralValue[], where);
  if (isMap(value)) {
    const entries = [...(value as ReadonlyMap<LiteralValue, LiteralValue>)];
    const keys = entries.map(([key]) => key);
    const values = entries.map(([, inner]) => inner);
    return call('map', [list(keys, `${where}: key`), list(values, where)]);
  }
  const fields = Object.entries(value).flatMap(([name, inner]) => [item(name, where), item(inner, `${where}.${name}`)]);
  return call('named_struct', fields);
}

/** Converts a value to a node of an Arrow type. */
export function toTypedLitNode(value: LiteralValue, dataType: string, where: string): ExprNode {
  if (Array.isArray(value) || isMap(value) || isPlain(value))
    return node({ kind: 'cast', expr: toLitNode(value, where), dataType, safe: false });
  return node({ kind: 'literal', value: toTypedLiteral(value, dataType, where) });
}

function call(name: string, args: readonly ExprNode[]): ExprNode {
  return node({ kind: 'call', name, args });
}

/** Whether a value is a plain object, of this realm or another, and not an instance of a class. */
function isPlain(value: unknown): value is { readonly [field: string]: LiteralValue } {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
