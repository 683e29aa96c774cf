import { readdirSync } from 'node:fs';
import { expect, it } from 'vitest';

import { SessionContext } from '../../src/session/session-context.js';
import { udaf } from '../../src/udf/udaf.js';
import { udf } from '../../src/udf/udf.js';

const QUERIES = 10_000;

/** The threads, open file descriptors and memory in bytes of this process. */
function taken() {
  return {
    threads: readdirSync('/proc/self/task').length,
    open: readdirSync('/proc/self/fd').length,
    memory: process.memoryUsage.rss(),
  };
}

it.skipIf(process.platform !== 'linux')(
  `${QUERIES} queries with UDFs leak no threads, handles or memory`,
  { timeout: 900_000 },
  async () => {
    await using ctx = SessionContext.local({ config: { 'datafusion.execution.target_partitions': 1 } });
    ctx.registerUdf(udf({ name: 'twice', args: ['Int64'], returns: 'Int64', skipNulls: true }, (x) => x * 2n));
    ctx.registerUdaf(
      udaf({
        name: 'total',
        args: ['Int64'],
        returns: 'Int64',
        init: () => 0n,
        update: (state, x) => state + (x ?? 0n),
        merge: (a, b) => a + b,
      }),
    );
    const query = async (i: number) => {
      const rows = await (await ctx.sql(`SELECT total(twice(column1)) AS n FROM (VALUES (${i}), (1))`)).toArray();
      if (rows[0]?.['n'] !== BigInt(2 * i + 2)) throw new Error(`${i}: ${String(rows[0]?.['n'])}`);
    };
    for (let i = 0; i < QUERIES / 10; i++) await query(i);
    const before = taken();
    for (let i = 0; i < QUERIES; i++) await query(i);
    const after = taken();
    // The engine temporarily adds a thread if a call takes long.
    expect(after.threads).toBeLessThanOrEqual(before.threads + 4);
    expect(after.open).toBeLessThanOrEqual(before.open);
    // Ten kilobytes for each query would be a leak. Garbage that is not collected yet takes less.
    expect(after.memory - before.memory).toBeLessThan(100e6);
  },
);
