/**
 * Checks arguments against the signature of a function. The generated functions give signatures as in TypeScript,
 * `'lpad(str, n, paddingStr?)'`, and errors show them. A parameter without a type is an operand.
 *
 * @module
 */

import { type TypeLike, toTypeName } from '../../arrow/type-name.js';
import { invalid } from '../../errors.js';
import { isExpr, isSortExpr } from '../../expr/brand.js';
import { type LambdaFunction, toArgumentNode } from '../../expr/builders/lambda.js';
import { type Operand, operand, wrong } from '../../expr/coerce.js';
import type { ExprNode } from '../../expr/node/node.js';
import type { SortExpr } from '../../expr/sort-expr.js';

/** The values that functions accept. */
type Given = Operand | SortExpr | LambdaFunction | TypeLike;

interface Parameter {
  readonly name: string;
  readonly type: string;
  readonly optional: boolean;
  readonly rest: boolean;
}

interface Signature {
  readonly text: string;
  readonly name: string;
  readonly parameters: readonly Parameter[];
  readonly min: number;
  readonly max: number;
}

/** Converters from argument to node, by parameter type. */
const DOORS: Readonly<Record<string, (value: never, where: string) => ExprNode>> = {
  Operand: operand,
  BinaryFormat: operand,
  DatePart: operand,
  DateTruncUnit: operand,
  HashAlgorithm: operand,
  Expr: toExprNode,
  'Expr | SortExpr': (key: Given, where) => (isSortExpr(key) ? key.expr.node : toExprNode(key, where)),
  'Expr | LambdaFunction': toLambdaNode,
  'Expr | TypeLike': toTypeNode,
};

const PARAMETER = /^(\.\.\.)?(\w+)(\?)?(?:: (.+))?$/;
const parsed = new Map<string, Signature>();

/** The name of the function in TypeScript. */
export function nameOf(signature: string): string {
  return signature.slice(0, signature.indexOf('('));
}

/** The minimum number of arguments. */
export function minimum(signatures: readonly string[]): number {
  return Math.min(...signatures.map((text) => parse(text).min));
}

/**
 * Converts arguments to nodes.
 *
 * @param signatures - all signatures of a function; the first one with the right number of parameters is used
 * @param others - what else the function takes, for the error
 * @throws BallistaError `INVALID_ARGUMENT`, which names the function and the argument
 */
export function toArguments(signatures: readonly string[], given: readonly unknown[], others = ''): ExprNode[] {
  // An optional argument that is undefined counts as left out.
  const required = minimum(signatures);
  let count = given.length;
  while (count > required && given[count - 1] === undefined) count -= 1;
  const forms = signatures.map(parse);
  const form = forms.find(({ min, max }) => count >= min && count <= max);
  if (!form) throw invalid(`${signatures.join(' or ')} takes ${counts(forms)}${others}, not ${count}.`);
  return given.slice(0, count).map((value, i) => {
    const { name, type } = form.parameters[Math.min(i, form.parameters.length - 1)] as Parameter;
    const door = DOORS[type];
    if (!door) throw new Error(`A parameter has the unknown type ${type}.`);
    return door(value as never, `argument ${name} of ${form.name}`);
  });
}

function parse(text: string): Signature {
  const known = parsed.get(text);
  if (known) return known;
  const inside = text.slice(text.indexOf('(') + 1, -1);
  const parameters = inside === '' ? [] : inside.split(', ').map(parameter);
  const signature = {
    text,
    name: nameOf(text),
    parameters,
    min: parameters.filter(({ optional, rest }) => !optional && !rest).length,
    max: parameters.some(({ rest }) => rest) ? Number.POSITIVE_INFINITY : parameters.length,
  };
  parsed.set(text, signature);
  return signature;
}

function parameter(text: string): Parameter {
  const [, rest, name = '', optional, type = 'Operand'] = PARAMETER.exec(text) ?? [];
  return { name, type, optional: optional !== undefined, rest: rest !== undefined };
}

/** The allowed numbers of arguments, in words. */
function counts(forms: readonly Signature[]): string {
  const min = Math.min(...forms.map((form) => form.min));
  const max = Math.max(...forms.map((form) => form.max));
  if (max === Number.POSITIVE_INFINITY) return `at least ${plural(min)}`;
  if (min === max) return min === 0 ? 'no arguments' : plural(min);
  return `${min} ${max === min + 1 ? 'or' : 'to'} ${plural(max)}`;
}

function plural(count: number): string {
  return `${count} argument${count === 1 ? '' : 's'}`;
}

/** Accepts only expressions, because a string could mean a column or a literal. */
function toExprNode(value: Given, where: string): ExprNode {
  if (isExpr(value)) return value.node;
  throw wrong(value, where, "an expression, such as col('price')");
}

function toLambdaNode(value: Given, where: string): ExprNode {
  if (isExpr(value) || typeof value === 'function') return toArgumentNode(value as LambdaFunction, where);
  throw wrong(value, where, 'a function, such as (x) => x.mul(2)');
}

function toTypeNode(value: Given, where: string): ExprNode {
  return isExpr(value) ? value.node : operand(toTypeName(value as TypeLike, where), where);
}
