import { expect, it } from 'vitest';

import { load, percentile, SHAPES } from '../load/campaign.js';

const SECONDS = 8;

it.runIf(process.platform === 'linux').each(SHAPES)('$name run mixed queries without an error', async (shape) => {
  const { done, bigMs, errors, delay, memory } = await load(shape, SECONDS, 4_000);
  console.log(`${done.length} queries, event-loop delay p99 ${delay.p99} ms, ${JSON.stringify(memory)}`);
  expect(errors).toEqual([]);
  expect(done.length).toBeGreaterThan(100);
  expect(bigMs.length).toBeGreaterThan(0);
  // Tests run beside others on a busy machine; `npm run load` measures.
  expect(delay.p99).toBeLessThan(100);
  expect(
    percentile(
      done.map(([, ms]) => ms),
      99,
    ),
  ).toBeLessThan(10_000);
});
