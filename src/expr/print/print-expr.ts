/**
 * Prints expressions as SQL that the engine can parse back.
 *
 * @module
 */

import type { CallNode, CaseNode, ExprNode, SortNode, UnaryOperator, WindowNode } from '../node/node.js';
import { isDeep, parts } from '../node/parts.js';
import { replacePlaceholders } from './placeholder-text.js';
import { bindingLevel, LEVEL, operandLevels } from './precedence.js';
import { printFrame } from './print-frame.js';
import { printCast, printLiteral, printText } from './print-literal.js';
import { printColumn, printFunction, printName } from './print-name.js';

const TESTS: Readonly<Record<Exclude<UnaryOperator, 'not' | 'negative'>, string>> = {
  isNull: 'IS NULL',
  isNotNull: 'IS NOT NULL',
  isTrue: 'IS TRUE',
  isNotTrue: 'IS NOT TRUE',
  isFalse: 'IS FALSE',
  isNotFalse: 'IS NOT FALSE',
  isUnknown: 'IS UNKNOWN',
  isNotUnknown: 'IS NOT UNKNOWN',
};

/** Deep expressions are printed in parts of this height, from the inside out: a call for each level would exceed the stack. */
const DIVISION = { height: 200, keepsLambdas: false };
/** The texts of these parts. */
const printed = new WeakMap<object, string>();

const GROUPING = { rollup: 'ROLLUP', cube: 'CUBE', sets: 'GROUPING SETS' } as const;

/** Prints an expression with its alias, as in SELECT. */
export function printExpr(expr: ExprNode): string {
  printParts(expr);
  return expr.kind === 'alias' ? `${print(expr)} AS ${printName(expr.name)}` : print(expr);
}

/** Prints a sort key with direction and null order. */
export function printSort(key: SortNode): string {
  printParts(key);
  return sortKey(key);
}

/** Prints the content of OVER (…). */
export function printWindow(node: WindowNode): string {
  printParts(node);
  return window(node);
}

/** Prints `CASE`, including an unfinished one. */
export function printCase(node: CaseNode): string {
  printParts(node);
  return cases(node);
}

/** Prints the deep parts of a node. */
function printParts(root: object): void {
  if (!isDeep(root, DIVISION.height)) return;
  for (const { node } of parts(root, DIVISION)) {
    if (node !== root && !printed.has(node)) printed.set(node, printNode(node as ExprNode));
  }
}

/** Prints an expression nested in another. */
function print(expr: ExprNode): string {
  return printed.get(expr) ?? printNode(expr);
}

/** Aliases are left out: inside another expression they have no effect, and SQL does not allow them. */
function printNode(expr: ExprNode): string {
  switch (expr.kind) {
    case 'column':
    case 'outer':
      return printColumn(expr);
    case 'literal':
      return withMetadata(printLiteral(expr.value), expr.metadata);
    case 'binary': {
      const [left, right] = operandLevels(expr.op);
      return `${operand(expr.left, left)} ${expr.op} ${operand(expr.right, right)}`;
    }
    case 'unary':
      return unary(expr.op, expr.expr);
    case 'cast':
      return printCast(print(expr.expr), expr.dataType, expr.safe);
    case 'alias':
      return print(expr.expr);
    case 'between':
      return `${compared(expr.expr)} ${not(expr)}BETWEEN ${compared(expr.low)} AND ${compared(expr.high)}`;
    case 'inList':
      // SQL does not allow an empty list; this is the value that the engine computes.
      if (expr.list.length === 0) return String(expr.negated);
      return `${compared(expr.expr)} ${not(expr)}IN (${list(expr.list)})`;
    case 'like':
      return `${compared(expr.expr)} ${not(expr)}${expr.caseInsensitive ? 'ILIKE' : 'LIKE'} ${compared(expr.pattern)}`;
    case 'call':
      return call(expr);
    case 'case':
      return cases(expr);
    case 'sql':
      return replacePlaceholders(
        expr.text,
        (expr.args ?? []).map((arg) => operand(arg, LEVEL.atom)),
      );
    case 'wildcard':
      return '*';
    case 'placeholder':
      return expr.name;
    case 'groupingSet':
      return groupingSet(expr);
    case 'lambda': {
      const params = expr.params.map(printName);
      return `${params.length === 1 ? params[0] : `(${params.join(', ')})`} -> ${print(expr.body)}`;
    }
    case 'lambdaVariable':
      return printName(expr.name);
    case 'exists':
      return `${not(expr)}EXISTS (${expr.frame.toSql()})`;
    case 'inSubquery':
      return `${compared(expr.expr)} ${not(expr)}IN (${expr.frame.toSql()})`;
    case 'scalarSubquery':
      return `(${expr.frame.toSql()})`;
    case 'encoded':
      return expr.text;
  }
}

/** Prints an operand, in parentheses if it binds less tightly than the given level. */
function operand(expr: ExprNode, level: number): string {
  const text = print(expr);
  let inner = expr;
  while (inner.kind === 'alias') inner = inner.expr;
  return bindingLevel(inner) < level ? `(${text})` : text;
}

/** Prints an operand of a comparison. */
function compared(expr: ExprNode): string {
  return operand(expr, LEVEL.comparison + 1);
}

function unary(op: UnaryOperator, expr: ExprNode): string {
  if (op === 'not') return `NOT ${operand(expr, LEVEL.not)}`;
  // Two minus signs would start a comment.
  if (op === 'negative') return `-${operand(expr, LEVEL.atom)}`;
  return `${compared(expr)} ${TESTS[op]}`;
}

function call(expr: CallNode): string {
  const args = expr.name === 'count' && expr.args.length === 0 ? '*' : list(expr.args);
  const orderBy = expr.orderBy?.length ? ` ORDER BY ${expr.orderBy.map(sortKey).join(', ')}` : '';
  let text = `${printFunction(expr.name)}(${expr.distinct ? 'DISTINCT ' : ''}${args}${orderBy})`;
  if (expr.filter) text += ` FILTER (WHERE ${print(expr.filter)})`;
  if (expr.nullTreatment) text += ` ${expr.nullTreatment.toUpperCase()} NULLS`;
  if (expr.over) text += ` OVER (${window(expr.over)})`;
  return text;
}

function sortKey({ expr, ascending, nullsFirst }: SortNode): string {
  return `${print(expr)} ${ascending ? 'ASC' : 'DESC'} NULLS ${nullsFirst ? 'FIRST' : 'LAST'}`;
}

function window({ partitionBy, orderBy, frame }: WindowNode): string {
  const parts = [];
  if (partitionBy.length > 0) parts.push(`PARTITION BY ${list(partitionBy)}`);
  if (orderBy.length > 0) parts.push(`ORDER BY ${orderBy.map(sortKey).join(', ')}`);
  if (frame) parts.push(printFrame(frame));
  return parts.join(' ');
}

function cases({ expr, branches, otherwise }: CaseNode): string {
  const base = expr ? ` ${print(expr)}` : '';
  const whens = branches.map(({ when, then }) => ` WHEN ${print(when)} THEN ${print(then)}`).join('');
  return `CASE${base}${whens}${otherwise ? ` ELSE ${print(otherwise)}` : ''} END`;
}

function groupingSet({ form, lists }: ExprNode & { readonly kind: 'groupingSet' }): string {
  const texts = lists.map(list);
  return `${GROUPING[form]} (${form === 'sets' ? texts.map((text) => `(${text})`).join(', ') : texts.join(', ')})`;
}

function withMetadata(text: string, metadata: Readonly<Record<string, string>> = {}): string {
  const pairs = Object.entries(metadata).flatMap(([key, value]) => [printText(key), printText(value)]);
  return pairs.length === 0 ? text : `with_metadata(${[text, ...pairs].join(', ')})`;
}

function list(exprs: readonly ExprNode[]): string {
  return exprs.map(print).join(', ');
}

function not({ negated }: { readonly negated: boolean }): string {
  return negated ? 'NOT ' : '';
}
