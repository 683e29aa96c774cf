import { expect, it } from 'vitest';

import { load, SHAPES } from '../load/campaign.js';

/** Times depend on what else the machine does, so they are printed only. `npm run load` measures them. */
const SECONDS = 8;

it.runIf(process.platform === 'linux').each(SHAPES)('$name run mixed queries without an error', async (shape) => {
  const { done, bigMs, errors, delay, memory } = await load(shape, SECONDS, 4_000, 1);
  console.log(`${done.length} queries, event-loop delay p99 ${delay.p99} ms, ${JSON.stringify(memory)}`);
  expect(errors).toEqual([]);
  expect(done.length).toBeGreaterThan(100);
  expect(bigMs.length).toBeGreaterThan(0);
});
