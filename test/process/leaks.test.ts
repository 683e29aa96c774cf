import { expect, it } from 'vitest';

import { leaks } from '../leaks/campaign.js';

it.runIf(process.platform === 'linux')(
  'queries, dropped streams, cancels and failures leave nothing behind',
  async () => {
    const { growths, left } = await leaks({ queries: 600, 'dropped streams': 60, cancels: 60, failures: 60 });
    console.log(JSON.stringify(growths));
    expect(left).toEqual([]);
    expect(growths).toHaveLength(3);
    for (const { process, before, after } of growths) {
      // Each query has a result of a megabyte. Allocators keep some memory of all kinds of work.
      expect(after.megabytes - before.megabytes, `memory of the ${process}`).toBeLessThan(60);
      expect(after.descriptors - before.descriptors, `descriptors of the ${process}`).toBeLessThanOrEqual(4);
      expect(after.threads - before.threads, `threads of the ${process}`).toBeLessThanOrEqual(4);
    }
  },
  300_000,
);
