/**
 * The precedence of SQL operators, as in the engine's parser.
 *
 * @module
 */

import type { BinaryOperator, ExprNode } from '../node/node.js';

/** Precedence levels, from the weakest. */
export const LEVEL = {
  /** Unknown SQL text. */
  none: 0,
  or: 1,
  and: 2,
  not: 3,
  /** `=`, LIKE, IN, BETWEEN, IS. Chaining them needs parentheses. */
  comparison: 4,
  bitOr: 5,
  bitXor: 6,
  bitAnd: 7,
  sum: 8,
  product: 9,
  negative: 10,
  /** Never needs parentheses. */
  atom: 11,
} as const;

const BINARY: Readonly<Record<BinaryOperator, number>> = {
  OR: LEVEL.or,
  AND: LEVEL.and,
  '=': LEVEL.comparison,
  '!=': LEVEL.comparison,
  '<': LEVEL.comparison,
  '<=': LEVEL.comparison,
  '>': LEVEL.comparison,
  '>=': LEVEL.comparison,
  '~': LEVEL.comparison,
  '~*': LEVEL.comparison,
  '!~': LEVEL.comparison,
  '!~*': LEVEL.comparison,
  // The parser reads everything up to the end as the right operand, including AND and OR.
  'IS DISTINCT FROM': LEVEL.none,
  'IS NOT DISTINCT FROM': LEVEL.none,
  '|': LEVEL.bitOr,
  '^': LEVEL.bitXor,
  '<<': LEVEL.bitXor,
  '>>': LEVEL.bitXor,
  '&': LEVEL.bitAnd,
  '+': LEVEL.sum,
  '-': LEVEL.sum,
  '*': LEVEL.product,
  '/': LEVEL.product,
  '%': LEVEL.product,
  '||': LEVEL.product,
};

/** The levels that the operands of a binary operator need. Operators of the same level associate to the left. */
export function operandLevels(op: BinaryOperator): readonly [left: number, right: number] {
  const level = BINARY[op];
  if (level === LEVEL.comparison || level === LEVEL.none) return [LEVEL.bitOr, LEVEL.bitOr];
  return [level, level + 1];
}

/** The precedence of a node. */
export function bindingLevel(expr: ExprNode): number {
  switch (expr.kind) {
    case 'binary':
      return BINARY[expr.op];
    case 'unary':
      if (expr.op === 'negative') return LEVEL.negative;
      return expr.op === 'not' ? LEVEL.not : LEVEL.comparison;
    case 'literal':
      return isNegative(expr) ? LEVEL.negative : LEVEL.atom;
    case 'between':
    case 'inSubquery':
    case 'like':
      return LEVEL.comparison;
    case 'inList':
      return expr.list.length === 0 ? LEVEL.atom : LEVEL.comparison;
    case 'sql':
    case 'encoded':
    case 'lambda':
      return LEVEL.none;
    case 'exists':
      return expr.negated ? LEVEL.not : LEVEL.atom;
    default:
      return LEVEL.atom;
  }
}

/** Whether a literal is printed with a minus sign. */
function isNegative({ value, metadata }: ExprNode & { readonly kind: 'literal' }): boolean {
  if (metadata !== undefined || value.dataType !== undefined) return false;
  if (value.type === 'int64') return value.value.startsWith('-');
  return value.type === 'float64' && (typeof value.value === 'number' ? value.value < 0 : value.value === '-0');
}
