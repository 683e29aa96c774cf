/**
 * Programs with an AsyncLocalStorage, such as those with OpenTelemetry. Up to Node 22, its hooks run JavaScript whenever a native call
 * makes a promise, so the call must not have much on its stack.
 */

import { AsyncLocalStorage } from 'node:async_hooks';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';

import { BallistaSessionContext } from '../../src/session/ballista-session-context.js';

it('all calls work, and keep the store', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'ballista-test-'));
  const storage = new AsyncLocalStorage<string>();
  await storage.run('request 7', async () => {
    await using ctx = await BallistaSessionContext.standalone({ vcores: 1 });
    const df = await ctx.sql('select 1 as a');
    expect(await (await ctx.prepare('select 2 as a')).execute().toArray()).toEqual([{ a: 2n }]);
    expect(await df.writeParquet(join(folder, 'a'))).toBe(1);
    await ctx.registerParquet('t', join(folder, 'a'));
    expect(await (await ctx.readParquet(join(folder, 'a'))).count()).toBe(1);
    expect(await (await ctx.table('t')).collect()).toHaveLength(1);
    await df.cache();
    expect(await df.analyze()).toHaveLength(1);
    await df.executionPlan();
    await df.optimizedLogicalPlan();
    expect(await ctx.jobs()).not.toEqual([]);
    expect(storage.getStore()).toBe('request 7');
  });
  await rm(folder, { recursive: true });
});
