import { afterEach, expect, it, vi } from 'vitest';

import { terminalWidth } from '../../../src/cli/output/terminal-width.js';

afterEach(() => vi.unstubAllEnvs());

it('a terminal that does not say its width has COLUMNS, or 80', () => {
  vi.stubEnv('COLUMNS', undefined);
  expect([terminalWidth({ columns: 120 }), terminalWidth({ columns: 0 }), terminalWidth({})]).toEqual([120, 80, 80]);
  vi.stubEnv('COLUMNS', '100');
  expect([terminalWidth({ columns: 120 }), terminalWidth({ columns: 0 })]).toEqual([120, 100]);
});
