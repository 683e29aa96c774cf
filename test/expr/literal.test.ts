import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';

import { col, type Expr, lit } from '../../src/expr/expr.js';
import { refused } from '../support/refused.js';

describe('lit creates', () => {
  it.each<[string, Expr]>([
    ['make_array(1, 2)', lit([1, 2])],
    ['make_array()', lit([])],
    ["make_array('a', NULL)", lit(['a', null])],
    ['make_array(make_array(1), make_array())', lit([[1], []])],
    ['make_array(a, 1)', lit([col('a'), 1])],
    ["named_struct('a', 1, 'B c', 'x')", lit({ a: 1, 'B c': 'x' })],
    ["named_struct('a', make_array(named_struct('b', true)))", lit({ a: [{ b: true }] })],
    [
      "map(make_array('k', 'l'), make_array(1, 2))",
      lit(
        new Map([
          ['k', 1],
          ['l', 2],
        ]),
      ),
    ],
    ["arrow_cast(make_array(1), 'List(Int8)')", lit([1], 'List(Int8)')],
    [`arrow_cast(named_struct('a', 1), 'Struct("a": Int8)')`, lit({ a: 1 }, 'Struct("a": Int8)')],
    ["named_struct('a', 1)", lit(Object.assign(Object.create(null), { a: 1 }))],
    ["named_struct('a', make_array(1))", lit(runInNewContext('({ a: [1] })'))],
  ])('%s', (text, expr) => {
    expect(String(expr)).toBe(text);
  });
});

describe('lit names the place of an invalid value', () => {
  it.each<[string, unknown]>([
    ['lit(value)[1] is undefined', [1, undefined]],
    // biome-ignore lint/suspicious/noSparseArray: users may pass it
    ['lit(value)[1] is undefined', [1, , 2]],
    ['lit(value).a[0] is a function', { a: [() => 1] }],
    ['lit(value): key[0] is a symbol', new Map([[Symbol('s'), 1]])],
    ['lit(value)[0] is undefined', new Map([['k', undefined]])],
    ['lit(value) is a Set', new Set([1])],
    ['lit(value) is a Float64Array', new Float64Array(1)],
    ['lit(value) is a Promise', Promise.resolve(1)],
    ['lit(value) is a SortExpr', col('a').asc()],
    ['lit(value).when is an invalid Date', { when: new Date(Number.NaN) }],
  ])('%s', (where, value) => {
    expect(refused(() => lit(value as never))).toContain(where);
  });
});
