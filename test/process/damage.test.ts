/** Damaged bytes and cut connections never give wrong rows: the rows are right, or the query fails with a code. */

import { createHash } from 'node:crypto';
import { closeSync, openSync, readdirSync, readSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { BallistaError, BallistaSessionContext, SessionContext, type SessionOptions } from 'ballista';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { FarCluster, type Hop } from '../support/far-cluster.js';
import type { Fault } from '../support/faulty-proxy.js';
import { failure } from '../support/rejected.js';
import { registerTpch } from '../support/tpch.js';
import { until } from '../support/until.js';

/** Shuffles some hundred kilobytes, and sorts the result on one executor. */
const STAGES = `select l_orderkey, max(l_comment) as c, cast(sum(l_quantity) as double) as q from lineitem
                where l_orderkey < 60000 group by l_orderkey order by l_orderkey`;
/** A result of a few megabytes. */
const ROWS = 'select l_orderkey, l_linenumber, l_comment from lineitem where l_orderkey < 150000';

const MODES = {
  'as a whole': { clusterConfig: { 'cluster.whole_query': 'always' } },
  'in stages': { clusterConfig: { 'cluster.whole_query': 'never' } },
} satisfies Record<string, SessionOptions>;
type Mode = keyof typeof MODES;

/** How many queries of each kind run into a fault. By hand: `BALLISTA_FAULTS=100`. */
const TIMES = Number(process.env['BALLISTA_FAULTS'] ?? 12);

/** A query that takes longer hangs. */
const HANG_MS = 60_000;

/** What an interrupted query may fail with. */
const CODES = ['CONNECTION', 'IO', 'JOB_FAILED', 'NO_EXECUTORS'];

let cluster: FarCluster;
const right = new Map<string, string>();

beforeAll(async () => {
  cluster = await FarCluster.start();
  const local = await SessionContext.local();
  await registerTpch(local);
  for (const query of [STAGES, ROWS]) right.set(query, await digest(local, query));
  await local.close();
});
afterAll(() => cluster.close());

/** Identifies the rows of a query, in any order. */
async function digest(ctx: SessionContext, query: string): Promise<string> {
  const rows = await (await ctx.sql(query)).toArray({ signal: AbortSignal.timeout(HANG_MS) });
  const lines = rows.map((row) => JSON.stringify(row, (_, value) => (typeof value === 'bigint' ? `${value}` : value)));
  return createHash('sha256').update(lines.sort().join('\n')).digest('hex');
}

async function connect(mode: Mode): Promise<BallistaSessionContext> {
  const ctx = new BallistaSessionContext(cluster.url, MODES[mode]);
  await registerTpch(ctx);
  return ctx;
}

/** Runs a query: the code of its failure, `right` or `wrong`. */
async function outcome(mode: Mode, query: string): Promise<string> {
  const ctx = await connect(mode);
  try {
    return (await digest(ctx, query)) === right.get(query) ? 'right' : 'wrong';
  } catch (error) {
    if (!BallistaError.is(error)) throw error;
    if (!CODES.includes(error.code)) throw error;
    return error.code;
  } finally {
    await ctx.close().catch(() => undefined);
  }
}

/** A generator of random numbers below 1, which is the same in each run. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Runs a query `times` times, each time with a fault at a random byte of a hop. Returns how often it ended how. */
async function faults(kind: Fault, hop: Hop, mode: Mode, query: string, times: number) {
  const proxies = cluster.proxies(hop);
  for (const proxy of proxies) proxy.arm();
  expect(await outcome(mode, query)).toBe('right');
  const usual = proxies.map((proxy) => proxy.passed);
  const next = random(times);
  const counts = new Map<string, number>();
  const before = proxies.reduce((sum, proxy) => sum + proxy.faults, 0);
  for (let time = 0; time < times; time++) {
    const chosen = Math.floor(next() * proxies.length);
    proxies[chosen]?.arm(kind, Math.floor(next() * (usual[chosen] ?? 0)));
    const ended = await outcome(mode, query);
    counts.set(ended, (counts.get(ended) ?? 0) + 1);
  }
  const happened = proxies.reduce((sum, proxy) => sum + proxy.faults, 0) - before;
  for (const proxy of proxies) proxy.arm();
  console.log(`${kind} ${hop} ${mode}: ${happened} faults,`, Object.fromEntries(counts));
  return { happened, wrong: counts.get('wrong') ?? 0, right: counts.get('right') ?? 0 };
}

describe.each<[Hop, Mode, string]>([
  ['to-executor', 'as a whole', ROWS],
  ['to-executor', 'in stages', ROWS],
  ['to-executor', 'in stages', STAGES],
  ['client-scheduler', 'in stages', STAGES],
  ['executor-scheduler', 'in stages', STAGES],
  ['scheduler-executor', 'in stages', STAGES],
])('%s %s', (hop, mode, query) => {
  it(`flipped bits give no wrong rows: ${query.slice(7, 40)}`, { timeout: 900_000 }, async () => {
    const ended = await faults('flip', hop, mode, query, TIMES);
    expect(ended.wrong).toBe(0);
    // A whole query uses one of the two executors.
    expect(ended.happened).toBeGreaterThan(TIMES / 6);
    if (hop === 'to-executor') expect(ended.right).toBeGreaterThan(TIMES / 3);
  });
});

it.each<[Mode, string]>([
  ['as a whole', ROWS],
  ['in stages', ROWS],
  ['in stages', STAGES],
])('cut connections to executors give no wrong rows: %s', { timeout: 900_000 }, async (mode, query) => {
  const ended = await faults('cut', 'to-executor', mode, query, TIMES);
  expect(ended.wrong).toBe(0);
  // A whole query uses one of the two executors.
  expect(ended.happened).toBeGreaterThan(TIMES / 6);
});

/** Flips a bit in the middle of each file of rows. Returns how many there are. */
function damageFiles(folder: string): number {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  const files = names.filter((name) => name.endsWith('.arrow')).map((name) => join(folder, name));
  const byte = Buffer.alloc(1);
  for (const path of files) {
    const file = openSync(path, 'r+');
    const at = Math.floor(readSync(file, Buffer.alloc(1 << 24), { position: 0 }) / 2);
    readSync(file, byte, { position: at, length: 1 });
    byte[0] = (byte[0] ?? 0) ^ 1;
    writeSync(file, byte, 0, 1, at);
    closeSync(file);
  }
  return files.length;
}

describe('a damaged file of an executor', () => {
  it('that other executors read makes the query run again', async () => {
    const ctx = await connect('in stages');
    const held = cluster.proxies('to-executor');
    for (const proxy of held) proxy.hold();
    try {
      const rows = digest(ctx, STAGES);
      await until('executors want the rows of others', () => held.some((proxy) => proxy.holds));
      const damaged = cluster.workDirs.map((folder) => damageFiles(join(folder, 'jobs')));
      expect(damaged.reduce((sum, files) => sum + files, 0)).toBeGreaterThan(0);
      for (const proxy of held) proxy.release();
      expect(await rows).toBe(right.get(STAGES));
    } finally {
      for (const proxy of held) proxy.release();
      await ctx.close();
    }
  });

  it('that the client reads is an IO error', async () => {
    const ctx = await connect('in stages');
    const held = cluster.proxies('to-executor');
    for (const proxy of held) proxy.hold();
    try {
      const rows = (await ctx.sql(ROWS)).collect();
      rows.catch(() => undefined);
      await until('the client wants the rows', () => held.some((proxy) => proxy.holds));
      for (const folder of cluster.workDirs) damageFiles(join(folder, 'jobs'));
      for (const proxy of held) proxy.release();
      const error = await failure(rows);
      expect(error).toMatchObject({
        code: 'IO',
        message: expect.stringMatching(/executor at 127\.0\.0\.\d:\d+: .* is damaged/u),
      });
    } finally {
      for (const proxy of held) proxy.release();
      await ctx.close();
    }
  });
});
