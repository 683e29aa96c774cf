import { expect, it } from 'vitest';

import { joinArrays } from '../../../src/dataframe/stream/row-stream.js';

it.each([0, 1, 3, 25_000])('concatenates %i arrays', (count) => {
  const parts = Array.from({ length: count }, (_, i) => [i, [i]]);
  expect(joinArrays(parts)).toEqual(parts.flat());
});
