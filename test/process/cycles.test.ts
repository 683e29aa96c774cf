import { expect, it } from 'vitest';

import { Program } from '../support/program.js';

it.runIf(process.platform === 'linux')(
  '50 cycles of start, query and close leak no threads, handles or folders',
  async () => {
    const { code, stdout, stderr, left } = await new Program('cycles.mjs', { timeoutMs: 110_000 }).ended;
    expect({ code, stderr, left }).toEqual({ code: 0, stderr: '', left: [] });
    const { before, after, memory } = JSON.parse(stdout);
    console.log(`before ${JSON.stringify(before)}, after ${JSON.stringify(after)}, RSS every 10 cycles ${memory} MB`);
    // A few more are allowed, because the thread pools of the client's runtime and of libuv may still grow.
    expect(after.threads).toBeLessThanOrEqual(before.threads + 4);
    expect(after.descriptors).toBeLessThanOrEqual(before.descriptors + 4);
    expect(after.folders).toBe(0);
  },
  120_000,
);
