/**
 * Functions that take pairs in JavaScript form: objects, maps and entries.
 *
 * @module
 */

import { invalid } from '../errors.js';
import { isExpr } from '../expr/brand.js';
import { type Operand, operand, toMetadata, toName, wrong } from '../expr/coerce.js';
import type { Expr } from '../expr/expr.js';
import { type ExprNode, node } from '../expr/node/node.js';
import { isMap } from '../input/kinds.js';
import { call } from './call/call.js';
import { toArguments } from './call/signature.js';

/** Values by name: an object, or a list of entries. */
export type NamedOperands = Readonly<Record<string, Operand>> | readonly (readonly [string, Operand])[];

/** Values by key: a `Map`, a list of entries, or an object, whose keys are strings. */
export type KeyedOperands =
  | ReadonlyMap<Operand, Operand>
  | readonly (readonly [Operand, Operand])[]
  | Readonly<Record<string, Operand>>;

/**
 * A struct of named fields.
 *
 * In SQL: `named_struct('a', x, 'b', y)`.
 *
 * @throws BallistaError `INVALID_ARGUMENT`
 *
 * @example
 * ```ts
 * import { col, f } from 'ballista';
 *
 * console.log(String(f.namedStruct({ x: col('a'), y: 1 }))); // named_struct('x', a, 'y', 1)
 * ```
 *
 * @see {@link https://datafusion.apache.org/user-guide/sql/scalar_functions.html#named-struct | DataFusion's named_struct}
 */
export function namedStruct(fields: NamedOperands): Expr {
  const pairs = toPairs(fields, 'the fields of namedStruct', 'an object, or an array of [name, value]');
  const nodes = pairs.flatMap(([name, value]) => {
    const text = toName(name, 'the name of a field of namedStruct', 'a string');
    return [operand(text, text), operand(value, `field ${text} of namedStruct`)];
  });
  if (nodes.length === 0) throw invalid('namedStruct needs at least one field.');
  return call('named_struct', nodes);
}

/**
 * A map of keys and values. Keys must be unique and not null.
 *
 * In SQL: `map(keys, values)` with two arrays. This form is also accepted here.
 *
 * @throws BallistaError `INVALID_ARGUMENT`
 *
 * @example
 * ```ts
 * import { col, f } from 'ballista';
 *
 * console.log(String(f.makeMap({ x: col('a'), y: 1 }))); // map(make_array('x', 'y'), make_array(a, 1))
 * console.log(String(f.makeMap(col('keys'), col('values')))); // map(keys, "values")
 * ```
 *
 * @see {@link https://datafusion.apache.org/user-guide/sql/scalar_functions.html#map | DataFusion's map}
 */
export function makeMap(entries: KeyedOperands): Expr;
/** Like {@link makeMap}, from an array of keys and an array of values. */
export function makeMap(keys: Expr, values: Expr): Expr;
export function makeMap(...args: readonly unknown[]): Expr {
  const [first] = args;
  if (isExpr(first)) return call('map', toArguments(['makeMap(keys: Expr, values: Expr)'], args));
  const pairs = toPairs(first, 'the entries of makeMap', 'an object, a Map, or an array of [key, value]');
  if (pairs.length === 0) throw invalid('makeMap needs at least one entry.');
  return call('map', [
    list(pairs.map(([key], i) => operand(key as Operand, `key ${i} of makeMap`))),
    list(pairs.map(([, value], i) => operand(value, `value ${i} of makeMap`))),
  ]);
}

/**
 * Adds metadata to the field of an expression in the schema. Existing metadata is kept.
 *
 * In SQL: `with_metadata(expression, 'key', 'value')`.
 *
 * @param metadata - at least one key; keys must not be empty
 * @throws BallistaError `INVALID_ARGUMENT`
 *
 * @example
 * ```ts
 * import { col, f } from 'ballista';
 *
 * console.log(String(f.withMetadata(col('speed'), { unit: 'm/s' }))); // with_metadata(speed, 'unit', 'm/s')
 * ```
 *
 * @see {@link https://datafusion.apache.org/user-guide/sql/scalar_functions.html#with-metadata | DataFusion's with_metadata}
 */
export function withMetadata(expression: Expr, metadata: Readonly<Record<string, string>>): Expr {
  const [first] = toArguments(['withMetadata(expression: Expr)'], [expression]) as [ExprNode];
  const where = 'the metadata of withMetadata';
  const pairs = Object.entries(toMetadata(metadata, where));
  if (pairs.length === 0) throw wrong(metadata, where, 'an object with at least one key');
  const texts = pairs.flatMap(([key, text]) => [toName(key, 'a key of withMetadata', 'a string'), text]);
  return call('with_metadata', [first, ...texts.map((text) => operand(text, where))]);
}

/** The pairs of an object, a map or a list of entries. */
function toPairs(value: unknown, where: string, wanted: string): readonly (readonly [unknown, Operand])[] {
  if (isMap(value)) return [...value] as [unknown, Operand][];
  if (Array.isArray(value)) {
    for (const pair of value) if (!Array.isArray(pair) || pair.length !== 2) throw wrong(value, where, wanted);
    return value as [unknown, Operand][];
  }
  if (typeof value !== 'object' || value === null || isExpr(value)) throw wrong(value, where, wanted);
  return Object.entries(value as Record<string, Operand>);
}

function list(items: readonly ExprNode[]): ExprNode {
  return node({ kind: 'call', name: 'make_array', args: items });
}
