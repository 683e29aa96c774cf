import { expect, it } from 'vitest';

import { campaign, report } from './campaign.js';
import { SETTINGS } from './settings.js';

// What these find, and what the long form finds (`npm run fuzz`), becomes a test of its own.
it.each([1, 10_000, 20_000])('the queries from seed %i on give what single-node DataFusion gives', async (seed) => {
  const summary = await campaign({ seed, queries: 100, settings: SETTINGS, shrink: false });
  expect(summary.failures.map(report)).toEqual([]);
  // The queries are worth something.
  expect(summary.filled).toBeGreaterThan(40);
});
