import { expect, it } from 'vitest';

import { leaked, leaks } from '../leaks/campaign.js';

it.runIf(process.platform === 'linux')(
  'queries, dropped streams, cancels and failures leave nothing behind',
  async () => {
    const report = await leaks({ queries: 600, 'dropped streams': 60, cancels: 60, failures: 60 });
    console.log(JSON.stringify(report.growths));
    expect(report.growths).toHaveLength(3);
    expect(leaked(report)).toEqual([]);
  },
  300_000,
);
