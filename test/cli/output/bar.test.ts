import { expect, it } from 'vitest';

import { barText } from '../../../src/cli/output/bar.js';

it('is full only at the end', () => {
  expect(barText(0)).toBe('[....................] 0 %');
  expect(barText(0.375)).toBe('[########............] 37 %');
  expect(barText(0.999)).toMatch(/ 99 %$/);
  expect(barText(1)).toBe('[####################] 100 %');
});
