import { describe, expect, it } from 'vitest';

import { col, type Expr, lit } from '../../src/expr/expr.js';
import { refused } from '../support/refused.js';

const [a, b] = [col('a'), col('b')];

describe('binary operators', () => {
  it.each([
    [a.add(b), '+'],
    [a.sub(b), '-'],
    [a.mul(b), '*'],
    [a.div(b), '/'],
    [a.mod(b), '%'],
    [a.eq(b), '='],
    [a.ne(b), '!='],
    [a.lt(b), '<'],
    [a.lte(b), '<='],
    [a.gt(b), '>'],
    [a.gte(b), '>='],
    [a.isDistinctFrom(b), 'IS DISTINCT FROM'],
    [a.isNotDistinctFrom(b), 'IS NOT DISTINCT FROM'],
    [a.and(b), 'AND'],
    [a.or(b), 'OR'],
    [a.bitAnd(b), '&'],
    [a.bitOr(b), '|'],
    [a.bitXor(b), '^'],
    [a.shiftLeft(b), '<<'],
    [a.shiftRight(b), '>>'],
    [a.matches(b), '~'],
    [a.imatches(b), '~*'],
    [a.matches(b, true), '!~'],
    [a.imatches(b, true), '!~*'],
  ])('%s', (expr, op) => {
    expect(expr.node).toEqual({ kind: 'binary', op, left: a.node, right: b.node });
  });

  it('take values on both sides', () => {
    expect(String(lit(10).sub(a))).toBe('10 - a');
    expect(String(a.sub(10))).toBe('a - 10');
    expect(String(a.eq('b'))).toBe("a = 'b'");
  });

  const binary: (keyof Expr)[] = ['add', 'sub', 'mul', 'div', 'mod', 'eq', 'ne', 'lt', 'lte', 'gt', 'gte', 'and', 'or'];
  const more: (keyof Expr)[] = ['bitAnd', 'bitOr', 'bitXor', 'shiftLeft', 'shiftRight', 'matches', 'imatches', 'like'];
  const tests: (keyof Expr)[] = ['ilike', 'isDistinctFrom', 'isNotDistinctFrom', 'fillNull', 'fillNan'];
  const bad = [
    undefined,
    () => 1,
    Symbol('s'),
    {},
    [1],
    /x/,
    new Date(Number.NaN),
    2n ** 70n,
    '\ud800',
    a.asc(),
    new Map(),
  ];

  it.each([...binary, ...more, ...tests])('%s rejects invalid operands', (method) => {
    for (const value of bad)
      expect(refused(() => (a[method] as (value: unknown) => unknown)(value))).toMatch(
        /^The (right side|pattern|value) /,
      );
  });

  it('suggest a fix in the message', () => {
    expect(refused(() => a.eq(undefined as never))).toContain('Use null for NULL');
    expect(refused(() => a.eq([1] as never))).toBe(
      'The right side of = must not be an array. For a list, use lit([…]).',
    );
  });
});

describe('unary operators', () => {
  it.each([
    [a.not(), 'not'],
    [a.neg(), 'negative'],
    [a.isNull(), 'isNull'],
    [a.isNotNull(), 'isNotNull'],
    [a.isTrue(), 'isTrue'],
    [a.isNotTrue(), 'isNotTrue'],
    [a.isFalse(), 'isFalse'],
    [a.isNotFalse(), 'isNotFalse'],
    [a.isUnknown(), 'isUnknown'],
    [a.isNotUnknown(), 'isNotUnknown'],
  ])('%s', (expr, op) => {
    expect(expr.node).toEqual({ kind: 'unary', op, expr: a.node });
  });
});

describe('between, inList and like', () => {
  it('have their own kinds of nodes', () => {
    const one = { kind: 'literal', value: { type: 'int64', value: '1' } };
    expect(a.between(1, b).node).toEqual({ kind: 'between', expr: a.node, low: one, high: b.node, negated: false });
    expect(a.inList([1, b], true).node).toEqual({ kind: 'inList', expr: a.node, list: [one, b.node], negated: true });
    const x = { kind: 'literal', value: { type: 'utf8', value: 'x' } };
    const like = { kind: 'like', expr: a.node, pattern: x };
    expect(a.like('x').node).toEqual({ ...like, negated: false, caseInsensitive: false });
    expect(a.ilike('x', true).node).toEqual({ ...like, negated: true, caseInsensitive: true });
  });

  it.each<[string, () => unknown]>([
    ['low', () => a.between(undefined as never, 1)],
    ['high', () => a.between(1, {} as never)],
    ['between: negated', () => a.between(1, 2, 'not' as never)],
    ['The list of inList', () => a.inList('abc' as never)],
    ['The list of inList', () => a.inList(new Set([1]) as never)],
    ['Item 1 of inList', () => a.inList([1, undefined as never])],
    // biome-ignore lint/suspicious/noSparseArray: users may pass it
    ['Item 1 of inList', () => a.inList([1, , 2] as never)],
    ['inList: negated', () => a.inList([1], 1 as never)],
    ['The pattern', () => a.like(/x/ as never)],
    ['like: negated', () => a.like('x', null as never)],
    ['matches: negated', () => a.matches('x', 'i' as never)],
  ])('reject with a message that contains "%s"', (where, run) => {
    expect(refused(run)).toContain(where);
  });
});
