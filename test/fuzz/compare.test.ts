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
])('%s are the same', (_, expected, actual) => {
  expect(difference(expected, actual, unordered)).toBeUndefined();
});

it.each<[string, Values[], Values[], string]>([
  ['a row too many', [['1']], [['1'], [null]], '2 rows for 1; too many: [null]'],
  ['a row that is missing', [['1'], ['2']], [['2']], '1 rows for 2; missing: ["1"]'],
  ['another value', [['1'], ['1']], [['1'], ['2']], 'other rows; missing: ["1"]; too many: ["2"]'],
  ['another count of the same rows', [['1'], ['1'], ['2']], [['1'], ['2'], ['2']], 'missing: ["1"]; too many: ["2"]'],
  ['null for zero', [[0]], [[null]], 'missing: [0]; too many: [null]'],
  ['another number', [[1]], [[1.000001]], 'missing: [1]; too many: [1.000001]'],
])('%s is a difference', (_, expected, actual, text) => {
  expect(difference(expected, actual, unordered)).toContain(text);
});

it('keys of ORDER BY come in their order', () => {
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

it('only the number of rows counts below a LIMIT without a total order', () => {
  const counted = { ...unordered, countOnly: true };
  expect(difference([['1']], [['2']], counted)).toBeUndefined();
  expect(difference([['1']], [], counted)).toContain('0 rows for 1');
});
