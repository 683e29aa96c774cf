import { expect, it } from 'vitest';

import { difference, type Values } from './compare.js';

const unordered = { sql: '', ordered: [], countOnly: false };

it.each<[string, Values[], Values[]]>([
  ['rows in another order', [['1'], ['2'], ['2']], [['2'], ['1'], ['2']]],
  [
    'sums that differ in the last digits',
    [
      [0.1 + 0.2, 'a'],
      [1e12, 'b'],
    ],
    [
      [1e12 + 0.01, 'b'],
      [0.3, 'a'],
    ],
  ],
  ['no rows', [], []],
])('%s are equal', (_, expected, actual) => {
  expect(difference(expected, actual, unordered)).toBeUndefined();
});

it.each<[string, Values[], Values[], string]>([
  ['an extra row', [['1']], [['1'], [null]], '2 rows for 1; too many: [null]'],
  ['a missing row', [['1'], ['2']], [['2']], '1 rows for 2; missing: ["1"]'],
  ['a different value', [['1'], ['1']], [['1'], ['2']], 'other rows; missing: ["1"]; too many: ["2"]'],
  ['a different count of equal rows', [['1'], ['1'], ['2']], [['1'], ['2'], ['2']], 'missing: ["1"]; too many: ["2"]'],
  ['null instead of zero', [[0]], [[null]], 'missing: [0]; too many: [null]'],
  ['a different number', [[1]], [[1.000001]], 'missing: [1]; too many: [1.000001]'],
])('%s is a difference', (_, expected, actual, text) => {
  expect(difference(expected, actual, unordered)).toContain(text);
});

it('ORDER BY keys must be in order', () => {
  const [expected, actual] = [
    [
      ['1', 'a'],
      ['2', 'b'],
      ['2', 'c'],
    ],
    [
      ['1', 'a'],
      ['2', 'c'],
      ['2', 'b'],
    ],
  ];
  expect(difference(expected, actual, { ...unordered, ordered: [0] })).toBeUndefined();
  expect(difference(expected, actual, { ...unordered, ordered: [0, 1] })).toBe('row 1, c1: ["2","c"] for ["2","b"]');
});

it('a LIMIT without a total order compares only the number of rows', () => {
  const counted = { ...unordered, countOnly: true };
  expect(difference([['1']], [['2']], counted)).toBeUndefined();
  expect(difference([['1']], [], counted)).toContain('0 rows for 1');
});
