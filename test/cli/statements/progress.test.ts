import { expect, it } from 'vitest';

import { progressText } from '../../../src/cli/statements/progress.js';

it('shows what is known', () => {
  const counted = { done: 3, running: 2, total: 8 };
  expect(progressText({ elapsedMs: 1234, rows: 0 })).toBe('1.2 s');
  expect(progressText({ elapsedMs: 2000, state: 'queued' })).toBe('2.0 s · queued');
  expect(progressText({ elapsedMs: 61_000, rows: 1_234_567, scannedRows: 2_000_000 })).toBe(
    '61.0 s · 2,000,000 rows read · 1,234,567 rows',
  );
  expect(progressText({ elapsedMs: 2000, rows: 0, tasks: counted, fraction: 0.375, remainingMs: 3200 })).toBe(
    '2.0 s · [########............] 37 % · 3/8 tasks · about 4 s left',
  );
  expect(progressText({ elapsedMs: 2000, tasks: { done: 0, running: 1, total: 1 } })).toBe('2.0 s');
});
