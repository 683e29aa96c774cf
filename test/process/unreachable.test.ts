/** A client that cannot connect to an executor, although the scheduler can, does not wait until its query ends. */

import { BallistaSessionContext, type SessionOptions } from 'ballista';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { FarCluster } from '../support/far-cluster.js';
import { rejected } from '../support/rejected.js';

/**
 * How long the client tries to connect, and how long its last attempt may take; twice, because the scheduler cannot reach the
 * port for rows either, so that it takes the executor for lost once.
 */
const LIMIT_MS = 2 * (15_000 + 10_000);
/** Runs for days, without a table that the client would have to make on the cluster before. */
const ENDLESS = 'select sum(a.value + b.value) as s from range(100000000) a cross join range(100000000) b';
const WHOLE: SessionOptions = { clusterConfig: { 'cluster.whole_query': 'always' } };
const STAGES: SessionOptions = { clusterConfig: { 'cluster.whole_query': 'never' } };

// The client, the scheduler and the executors need different addresses, which only Linux has.
describe.runIf(process.platform === 'linux')('an executor', () => {
  let cluster: FarCluster;
  beforeEach(async () => {
    cluster = await FarCluster.start();
  });
  afterEach(() => cluster.close());

  /** Breaks the way to the rows of all executors. The way of tasks stays. */
  const ways = {
    'that refuses connections': () => Promise.all(cluster.fronts.map(({ rows }) => rows.close())),
    'that does not answer': async () => {
      for (const { rows } of cluster.fronts) rows.hold();
    },
  };
  const ports = () => cluster.fronts.map(({ rows }) => `127\\.0\\.0\\.[23]:${rows.port}`).join('|');

  it.each(Object.entries(ways))('%s', async (_, breakWay) => {
    const addresses = ports();
    await breakWay();
    const ctx = new BallistaSessionContext(cluster.url, WHOLE);
    const error = await rejected((await ctx.sql(ENDLESS)).collect({ signal: AbortSignal.timeout(LIMIT_MS) }));
    expect(error).toMatchObject({
      code: 'CONNECTION',
      message: expect.stringMatching(new RegExp(addresses, 'u')),
      jobId: expect.any(String),
    });
    // The query was cancelled.
    expect(await ctx.cancelJob(error.jobId ?? '')).toBe(false);
    await ctx.close();
  });

  it('that is unreachable for a moment does not fail a query', async () => {
    for (const { rows } of cluster.fronts) rows.hold();
    const ctx = new BallistaSessionContext(cluster.url, WHOLE);
    const result = (await ctx.sql('select sum(value) as s from range(1000)')).toArray();
    await expect.poll(() => cluster.fronts.some(({ rows }) => rows.holds)).toBe(true);
    await new Promise((resolve) => setTimeout(resolve, 9_000));
    for (const { rows } of cluster.fronts) rows.release();
    expect(await result).toEqual([{ s: 499_500n }]);
    await ctx.close();
  });

  it('that cannot be reached fails a distributed query at its end', async () => {
    const addresses = ports();
    await ways['that refuses connections']();
    const ctx = new BallistaSessionContext(cluster.url, STAGES);
    const error = await rejected((await ctx.sql('select 1 as a')).collect());
    expect(error).toMatchObject({
      code: 'CONNECTION',
      message: expect.stringMatching(new RegExp(`(?:${addresses}).*externalHost`, 'u')),
    });
    await ctx.close();
  });
});
