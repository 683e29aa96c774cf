import { expect, it } from 'vitest';

import { toInteger } from '../../src/input/integer.js';
import { thrown } from '../support/thrown.js';

it.each([
  [0, 0],
  [5n, 5],
  [2 ** 53 - 1, 2 ** 53 - 1],
  [2n ** 53n - 1n, 2 ** 53 - 1],
])('takes %s', (value, number) => {
  expect(toInteger(value, 'it', 0)).toBe(number);
});

it.each([-1, -1n, 0.5, 2 ** 53, 2n ** 53n, Number.NaN, Infinity, '5', null, undefined, true, {}])(
  'rejects %s',
  (value) => {
    const error = thrown(() => toInteger(value as number, 'it', 0));
    expect(error.code).toBe('INVALID_ARGUMENT');
    expect(error.message).toMatch(/^it must be a whole number from 0 to 9007199254740991, not /);
  },
);
