import { BallistaSessionContext } from 'ballista';
import { afterAll, beforeAll, expect, it } from 'vitest';

import { registerNumbers, SHORT, WIDE } from './fixtures/queries.mjs';

let ctx: BallistaSessionContext;

/** Runs `work`, and counts how often a 5 ms timer fires meanwhile. */
async function ticksDuring(work: () => Promise<unknown>): Promise<{ ticks: number; ms: number }> {
  let ticks = 0;
  const timer = setInterval(() => {
    ticks++;
  }, 5);
  const begin = performance.now();
  await work();
  clearInterval(timer);
  return { ticks, ms: performance.now() - begin };
}

beforeAll(async () => {
  ctx = await BallistaSessionContext.standalone({ vcores: 2 });
  await registerNumbers(ctx);
});
afterAll(() => ctx.close());

// If a call blocks, the timer fires only once or twice. An idle loop fires it 200 times a second. The test requires a tenth of that.
it.each([
  ['a heavy query', async () => (await ctx.sql(`${SHORT} union all ${SHORT} union all ${SHORT}`)).collect()],
  [
    'a large result',
    async () => {
      for await (const _ of await ctx.sql(WIDE));
    },
  ],
  ['an in-memory table', async () => ctx.sql('create or replace table copy as select * from n')],
  ['starting and closing', async () => (await BallistaSessionContext.standalone({ executors: 4, vcores: 2 })).close()],
])('%s does not block the event loop', async (_, work) => {
  const { ticks, ms } = await ticksDuring(async () => {
    const end = performance.now() + 3000;
    do await work();
    while (performance.now() < end);
  });
  expect(ticks).toBeGreaterThan(Math.min(20, ms / 50));
});
