/**
 * Expressions as text near to SQL, for messages and `toString`.
 *
 * @module
 */

import type { ExprNode, Literal, UnaryOperator } from './node.js';

const PRECEDENCE: Readonly<Record<string, number>> = {
  OR: 1,
  AND: 2,
  '=': 4,
  '!=': 4,
  '<': 4,
  '<=': 4,
  '>': 4,
  '>=': 4,
  '+': 5,
  '-': 5,
  '*': 6,
  '/': 6,
  '%': 6,
};

const UNARY: Readonly<Record<UnaryOperator, (expr: ExprNode) => string>> = {
  not: (expr) => `NOT ${operand(expr, 3)}`,
  negative: (expr) => `-${operand(expr, 7)}`,
  isNull: (expr) => `${operand(expr, 5)} IS NULL`,
  isNotNull: (expr) => `${operand(expr, 5)} IS NOT NULL`,
  isTrue: (expr) => `${operand(expr, 5)} IS TRUE`,
  isFalse: (expr) => `${operand(expr, 5)} IS FALSE`,
};

/** The text of an expression. */
export function printExpr(expr: ExprNode): string {
  switch (expr.kind) {
    case 'column':
      return expr.relation === undefined ? expr.name : `${expr.relation}.${expr.name}`;
    case 'literal':
      return printLiteral(expr.value);
    case 'binary': {
      const level = PRECEDENCE[expr.op] ?? 0;
      return `${operand(expr.left, level)} ${expr.op} ${operand(expr.right, level + 1)}`;
    }
    case 'unary':
      return UNARY[expr.op](expr.expr);
    case 'cast':
      return `${expr.safe ? 'TRY_CAST' : 'CAST'}(${printExpr(expr.expr)} AS ${expr.dataType})`;
    case 'alias':
      return `${operand(expr.expr, 1)} AS ${expr.name}`;
    case 'between':
      return `${operand(expr.expr, 5)} ${not(expr)}BETWEEN ${operand(expr.low, 5)} AND ${operand(expr.high, 5)}`;
    case 'inList':
      return `${operand(expr.expr, 5)} ${not(expr)}IN (${expr.list.map(printExpr).join(', ')})`;
    case 'like':
      return `${operand(expr.expr, 5)} ${not(expr)}${expr.caseInsensitive ? 'ILIKE' : 'LIKE'} ${operand(expr.pattern, 5)}`;
    case 'call':
      return `${expr.name}(${expr.distinct ? 'DISTINCT ' : ''}${expr.args.map(printExpr).join(', ')})`;
    case 'sql':
      return expr.text;
    case 'wildcard':
      return '*';
  }
}

function not({ negated }: { readonly negated: boolean }): string {
  return negated ? 'NOT ' : '';
}

/** An operand in an operator of a level; in parentheses where it binds less tightly. */
function operand(expr: ExprNode, level: number): string {
  const text = printExpr(expr);
  return bindingLevel(expr) < level ? `(${text})` : text;
}

function bindingLevel(expr: ExprNode): number {
  switch (expr.kind) {
    case 'binary':
      return PRECEDENCE[expr.op] ?? 0;
    case 'unary':
      return expr.op === 'negative' ? 7 : expr.op === 'not' ? 3 : 4;
    case 'between':
    case 'inList':
    case 'like':
      return 4;
    case 'alias':
    case 'sql':
      return 0;
    default:
      return 8;
  }
}

function printLiteral(literal: Literal): string {
  const value = printValue(literal);
  return literal.dataType === undefined ? value : `CAST(${value} AS ${literal.dataType})`;
}

function printValue(literal: Literal): string {
  switch (literal.type) {
    case 'null':
      return 'NULL';
    case 'utf8':
      return `'${literal.value.replaceAll("'", "''")}'`;
    case 'binary':
      return `X'${Buffer.from(literal.value, 'base64').toString('hex')}'`;
    case 'timestamp':
      return `TIMESTAMP '${new Date(Number(literal.value)).toISOString()}'`;
    default:
      return String(literal.value);
  }
}
