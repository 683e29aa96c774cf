/**
 * Literals of all JavaScript values: scalars, which SQL can write directly, and lists, structs and maps, which SQL creates
 * with a function.
 *
 * @module
 */

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

/** Converts a value to a node. */
export function toLitNode(value: LiteralValue, where: string): ExprNode {
  if (isExpr(value)) return value.node;
  if (Array.isArray(value)) return list(value as readonly LiteralValue[], where);
  if (isMap(value)) {
    const entries = [...(value as ReadonlyMap<LiteralValue, LiteralValue>)];
    return call('map', [
      list(
        entries.map(([key]) => key),
        `${where}: key`,
      ),
      list(
        entries.map(([, item]) => item),
        where,
      ),
    ]);
  }
  if (isPlain(value)) {
    const fields = Object.entries(value).flatMap(([name, item]) => [
      toLitNode(name, where),
      toLitNode(item, `${where}.${name}`),
    ]);
    return call('named_struct', fields);
  }
  return node({ kind: 'literal', value: toLiteral(value, where) });
}

/** Converts a value to a node of an Arrow type. */
export function toTypedLitNode(value: LiteralValue, dataType: string, where: string): ExprNode {
  if (Array.isArray(value) || isMap(value) || isPlain(value))
    return node({ kind: 'cast', expr: toLitNode(value, where), dataType, safe: false });
  return node({ kind: 'literal', value: toTypedLiteral(value, dataType, where) });
}

function list(items: readonly LiteralValue[], where: string): ExprNode {
  return call(
    'make_array',
    Array.from(items, (item, i) => toLitNode(item, `${where}[${i}]`)),
  );
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
