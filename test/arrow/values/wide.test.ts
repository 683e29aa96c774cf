import { describe, expect, it } from 'vitest';

import { eachBigint, sharedBigints, wideNumbers } from '../../../src/arrow/values/wide.js';

const EDGES = [0n, -1n, 1n, -1024n, -1025n, 8191n, 8192n, 2n ** 32n, -(2n ** 32n), 2n ** 53n - 1n, -(2n ** 53n) + 1n];
const SIGNED = [...EDGES, 2n ** 63n - 1n, -(2n ** 63n)];
const UNSIGNED = [...EDGES.filter((value) => value >= 0n), 2n ** 63n, 2n ** 64n - 1n];

describe.each([
  ['BigInt64Array', BigInt64Array.from(SIGNED)],
  ['BigUint64Array', BigUint64Array.from(UNSIGNED)],
] as const)('%s', (_, values) => {
  const rows = Array.from(values.keys());

  it('is read as bigints, also a second time', () => {
    const read = sharedBigints(values);
    expect(rows.map(read)).toEqual([...values]);
    expect(rows.map(read)).toEqual([...values]);
    expect(rows.map(eachBigint((value) => value)(values))).toEqual([...values]);
  });

  it('is read as numbers, and only exact ones are safe integers', () => {
    const read = wideNumbers(values);
    for (const row of rows) {
      const exact = Number(values[row]);
      expect(Number.isSafeInteger(read(row))).toBe(Number.isSafeInteger(exact));
      if (Number.isSafeInteger(exact)) expect(read(row)).toBe(exact);
    }
  });

  it('is read from the middle of a buffer', () => {
    const part = values.subarray(3, 6);
    expect([0, 1, 2].map(sharedBigints(part))).toEqual([...part]);
  });
});
