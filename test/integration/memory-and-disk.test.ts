import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';

import { RuntimeEnvBuilder, type RuntimeOptions } from '../../src/config/runtime-env.js';
import { SessionContext } from '../../src/session/session-context.js';
import { FLIGHTS, tempFolder } from '../support/data.js';
import { rejected } from '../support/rejected.js';
import { thrown } from '../support/thrown.js';

const MIB = 2 ** 20;
const temp = tempFolder();
const none = new RuntimeEnvBuilder();

function local(runtime: RuntimeEnvBuilder | RuntimeOptions): SessionContext {
  const ctx = SessionContext.local({ runtime, config: { 'datafusion.execution.target_partitions': 2 } });
  afterAll(() => ctx.close());
  return ctx;
}

/** Sorts three million rows, which need more memory than the limits in these tests. */
async function sort(ctx: SessionContext): Promise<number> {
  const sorted = (await ctx.readParquet(FLIGHTS)).sort('delay', 'date');
  let rows = 0;
  for await (const batch of sorted) rows += batch.numRows;
  return rows;
}

describe('memory', () => {
  it('fair: spills data that exceeds the limit, or fails if spilling is disabled', async () => {
    const fair = none.withFairSpillPool(60 * MIB);
    expect(await sort(local(fair.withDiskManagerOs()))).toBe(3_000_000);
    expect(await rejected(sort(local(fair.withDiskManagerDisabled())))).toMatchObject({ code: 'RESOURCES_EXHAUSTED' });
  });

  it('greedy: fails if the limit is reached', async () => {
    const options = { memoryPool: 'greedy', diskManager: 'disabled' } as const;
    expect(await sort(local({ ...options, memoryLimitBytes: 2048 * MIB }))).toBe(3_000_000);
    expect(await rejected(sort(local({ ...options, memoryLimitBytes: 5 * MIB })))).toMatchObject({
      code: 'RESOURCES_EXHAUSTED',
    });
  });

  it('unbounded: does not need to spill', async () => {
    expect(await sort(local(none.withUnboundedMemoryPool().withDiskManagerDisabled()))).toBe(3_000_000);
  });
});

describe('disk', () => {
  it.each<[string, (path: string) => RuntimeEnvBuilder]>([
    ['withTempFilePath', (path) => none.withTempFilePath(path)],
    ['withDiskManagerSpecified', (path) => none.withDiskManagerSpecified(path)],
  ])('%s: sets the folder that queries spill to', async (name, choose) => {
    const folder = temp(name);
    mkdirSync(folder);
    const ctx = SessionContext.local({ runtime: choose(folder).withFairSpillPool(60 * MIB) });
    let most = 0;
    for await (const _ of (await ctx.readParquet(FLIGHTS)).sort('delay', 'date')) {
      most = Math.max(most, existsSync(folder) ? readdirSync(folder, { recursive: true }).length : 0);
    }
    expect(most).toBeGreaterThan(1);
    await ctx.close();
  });

  it('rejects a folder that cannot be created', () => {
    writeFileSync(temp('file'), '');
    expect(thrown(() => local(none.withTempFilePath(temp('file', 'below')))).code).toBe('IO');
  });
});
