import { mkdirSync, writeFileSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';

import { setupTestCluster } from '../../src/cluster/test-cluster.js';
import type { DataFrame } from '../../src/dataframe/dataframe.js';
import { BallistaSessionContext } from '../../src/session/ballista-session-context.js';
import type { SessionContext } from '../../src/session/session-context.js';
import { withContext } from '../support/cluster.js';
import { FLIGHTS, tempFolder } from '../support/data.js';

const NEVER = { 'cluster.whole_query': 'never' };
const PARTITIONS = 'datafusion.execution.target_partitions';
const INFER = 'datafusion.execution.listing_table_factory_infer_partitions';
const QUERY = 'SELECT origin, count(*) AS n FROM flights GROUP BY origin';

const cluster = await setupTestCluster({ executors: 2, vcores: 2 });
afterAll(() => cluster.close());
const temp = tempFolder();

/** The number of tasks of each stage of a query. */
async function tasks(df: DataFrame): Promise<number[]> {
  const plan = await df.explainString({ analyze: true });
  const stages = [...plan.matchAll(/Stage \d+ \((\d+) partitions\)/g)].map(([, count]) => Number(count));
  expect(stages.length).toBeGreaterThan(0);
  return stages;
}

describe(PARTITIONS, () => {
  it.each([1, 3, 7, 16])('sets the number of tasks: %i', async (partitions) => {
    const ctx = withContext(cluster, { clusterConfig: { ...NEVER, [PARTITIONS]: partitions } });
    await ctx.registerParquet('flights', FLIGHTS);
    // With one partition there is no shuffle, so there is only one stage.
    expect(await tasks(await ctx.sql(QUERY))).toEqual(partitions === 1 ? [1] : [partitions, partitions]);
  });

  it.each([
    { executors: 1, vcores: 3 },
    { executors: 2, vcores: 2 },
    { executors: 3, vcores: 2 },
  ])('defaults to the number of slots in the cluster: %j', async ({ executors, vcores }) => {
    const other = await setupTestCluster({ executors, vcores });
    const ctx = new BallistaSessionContext(other.url, { clusterConfig: NEVER });
    await ctx.registerParquet('flights', FLIGHTS);
    expect(await tasks(await ctx.sql(QUERY))).toEqual([executors * vcores, executors * vcores]);
    await ctx.close();
    await other.close();
  });

  it('applies after every transformation', async () => {
    const ctx = withContext(cluster, { clusterConfig: { ...NEVER, [PARTITIONS]: 3 } });
    const flights = await ctx.readParquet(FLIGHTS);
    await ctx.registerView('view', flights.filter('delay > 0'));
    const counted = flights.aggregate('origin', 'count(*) AS n');
    for (const df of [
      counted,
      flights.select('origin').distinct(),
      flights.filter('delay > 100').withColumn('x', 'delay + 1').aggregate('origin', 'sum(x)'),
      flights.union(flights).limit(2_000_000).aggregate('origin', 'count(*)'),
      (await ctx.table('view')).aggregate('origin', 'count(*)'),
      flights.as<{ origin: string }>().aggregate('origin', 'count(*)'),
      (await ctx.sql('SELECT origin FROM view')).aggregate('origin', 'count(*)'),
    ]) {
      expect(await tasks(df), String(df.logicalPlan())).toContain(3);
    }
  });

  it('is changed by SET, and reset to its default by RESET', async () => {
    const ctx = withContext(cluster, { clusterConfig: NEVER });
    await ctx.registerParquet('flights', FLIGHTS);
    await ctx.sql(`SET ${PARTITIONS} = 5`);
    expect(await tasks(await ctx.sql(QUERY))).toEqual([5, 5]);
    await ctx.sql(`RESET ${PARTITIONS}`);
    expect(await tasks(await ctx.sql(QUERY))).toEqual([4, 4]);
  });
});

describe(INFER, () => {
  it.each([
    [true, ['a', 'year']],
    ['false', ['a']],
  ])('%s: decides whether CREATE EXTERNAL TABLE finds partition columns', async (infer, columns) => {
    mkdirSync(temp('years/year=2021'), { recursive: true });
    writeFileSync(temp('years/year=2021/data.csv'), 'a\n1\n');
    const ctx = withContext(cluster, { clusterConfig: { [INFER]: infer } });
    await ctx.sql(`CREATE EXTERNAL TABLE years STORED AS CSV LOCATION '${temp('years/')}'
                   OPTIONS ('format.has_header' 'true')`);
    const df = await ctx.table('years');
    expect(df.schema().fields.map((field) => field.name)).toEqual(columns);
    expect(Object.keys((await df.toArray())[0] ?? {})).toEqual(columns);
  });
});

describe('a setting', () => {
  it('reaches the executors', async () => {
    const ctx = withContext(cluster, { clusterConfig: { 'datafusion.execution.batch_size': 500 } });
    const batches = await (await ctx.readParquet(FLIGHTS)).select('delay').limit(4_000).collect();
    expect(batches.length).toBeGreaterThan(7);
    expect(Math.max(...batches.map((batch) => batch.numRows))).toBeLessThanOrEqual(500);
  });

  it('applies only to its context', async () => {
    const [one, other] = [withContext(cluster, { clusterConfig: { [PARTITIONS]: 9 } }), withContext(cluster)];
    const show = async (ctx: SessionContext) => (await ctx.sql(`SHOW ${PARTITIONS}`)).toArray();
    expect(await show(one)).toEqual([{ name: PARTITIONS, value: '9' }]);
    expect(await show(other)).not.toEqual(await show(one));
  });
});
