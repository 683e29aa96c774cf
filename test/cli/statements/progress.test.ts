import { expect, it } from 'vitest';

import { progressText } from '../../../src/cli/statements/progress.js';

it('shows what is known', () => {
  expect(progressText({ elapsedMs: 1234, rows: 0 })).toBe('1.2 s');
  expect(progressText({ elapsedMs: 61_000, rows: 1_234_567 })).toBe('61.0 s · 1,234,567 rows');
  expect(
    progressText({ elapsedMs: 2000, rows: 0, tasks: { done: 3, total: 8 }, fraction: 0.375, remainingMs: 3200 }),
  ).toBe('2.0 s · [########............] 37 % · 3/8 tasks · about 4 s left');
});
