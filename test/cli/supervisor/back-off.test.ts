import { expect, it } from 'vitest';

import { BackOff } from '../../../src/cli/supervisor/back-off.js';

it('pauses double up to 30 seconds, and begin again after a minute without an end', () => {
  const backOff = new BackOff();
  const pauses = Array.from({ length: 9 }, () => backOff.pauseMs(10));
  expect(pauses).toEqual([250, 500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
  expect(backOff.pauseMs(60_000)).toBe(250);
  expect(backOff.pauseMs(10)).toBe(500);
});
