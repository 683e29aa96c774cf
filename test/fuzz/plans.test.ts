import { expect, it } from 'vitest';

import { campaign, report } from './campaign.js';
import { SETTINGS } from './settings.js';

// Each error that this test or `npm run fuzz` finds gets its own test.
it.each([1, 10_000, 20_000])(
  '100 queries from seed %i return the same rows as single-node DataFusion',
  async (seed) => {
    const summary = await campaign({ seed, queries: 100, settings: SETTINGS, shrink: false });
    expect(summary.failures.map(report)).toEqual([]);
    // Enough queries return rows.
    expect(summary.filled).toBeGreaterThan(40);
  },
);
