/**
 * Every example of the Ballista user guide (Python bindings), in TypeScript, in the order of the guide. Only its last section,
 * user-defined functions, is missing, because they do not exist there yet.
 */

import { RecordBatch, tableFromArrays } from 'apache-arrow';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';

import {
  BallistaExecutor,
  BallistaScheduler,
  BallistaSessionContext,
  col,
  type DataFrame,
  setupTestCluster,
  type TestCluster,
} from '../../src/index.js';
import { FLIGHTS } from '../support/data.js';

const EXECUTORS = 2;
const CONCURRENT_TASKS = 3;

const scheduler = new BallistaScheduler({ port: 0 });
const executors: BallistaExecutor[] = [];

beforeAll(async () => {
  await scheduler.start();
  for (let i = 0; i < EXECUTORS; i++) {
    const executor = new BallistaExecutor({
      schedulerPort: scheduler.port,
      port: 0,
      grpcPort: 0,
      vcores: CONCURRENT_TASKS,
    });
    await executor.start();
    executors.push(executor);
  }
});

afterAll(async () => {
  await Promise.all(executors.map((executor) => executor.close()));
  await scheduler.close();
});

/** Runs an action, and returns what it prints to standard output. */
async function printed(action: () => Promise<void>): Promise<string> {
  const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  await action();
  return write.mock.calls.map(([text]) => String(text)).join('');
}

afterEach(() => vi.restoreAllMocks());

describe('Connecting to a Cluster', () => {
  it('Remote cluster', async () => {
    const ctx = new BallistaSessionContext(`df://localhost:${scheduler.port}`);
    expect(await (await ctx.sql('SELECT 1 AS one')).toArray()).toEqual([{ one: 1n }]);
    await ctx.close();
  });

  it('In-process cluster', async () => {
    const { host, port, close } = await setupTestCluster();
    const ctx = new BallistaSessionContext(`df://${host}:${port}`);
    expect(await (await ctx.sql('SELECT 1 AS one')).toArray()).toEqual([{ one: 1n }]);
    await ctx.close();
    await close();
  });
});

describe('Configuration', () => {
  it('Target Partitions', async () => {
    const targetPartitions = EXECUTORS * CONCURRENT_TASKS - 1;
    const ctx = new BallistaSessionContext(`df://localhost:${scheduler.port}`, {
      clusterConfig: { 'datafusion.execution.target_partitions': String(targetPartitions) },
    });
    await ctx.registerParquet('trips', FLIGHTS);
    const df = await ctx.sql('SELECT origin, count(*) FROM trips GROUP BY origin');
    expect(await df.explainString({ analyze: true })).toMatch(
      new RegExp(`Stage \\d+ \\(${targetPartitions} partitions\\)`),
    );
    await ctx.close();
  });
});

describe('SQL', () => {
  let ctx: BallistaSessionContext;
  let df: DataFrame;

  beforeAll(() => {
    ctx = new BallistaSessionContext(scheduler.url);
  });
  afterAll(() => ctx.close());

  it('Registering Tables', async () => {
    await ctx.registerParquet('trips', FLIGHTS);
    expect(await ctx.tableExists('trips')).toBe(true);
    expect(await ctx.deregisterTable('trips')).toBe(true);
    await ctx.sql(`CREATE EXTERNAL TABLE trips STORED AS PARQUET LOCATION '${FLIGHTS}'`);
    expect(await ctx.tableExists('trips')).toBe(true);
  });

  it('Executing Queries', async () => {
    df = await ctx.sql('SELECT count(*) FROM trips');
    expect(String(df)).toBe('DataFrame { count(*): Int64 }');
  });

  it('Showing Query Results', async () => {
    expect(await printed(() => df.show())).toBe(
      [
        '+----------+', //
        '| count(*) |',
        '+----------+',
        '| 3000000  |',
        '+----------+',
        '',
      ].join('\n'),
    );
  });

  it('Collecting Query Results', async () => {
    const batches = await df.collect();
    expect(batches).toHaveLength(1);
    expect(batches[0]).toBeInstanceOf(RecordBatch);
    expect(batches[0]?.schema.fields.map(String)).toEqual(['count(*): Int64']);
    expect(batches[0]?.getChildAt(0)?.toArray()).toEqual(BigInt64Array.of(3_000_000n));
  });

  it('Viewing Query Plans', async () => {
    const [top, head, rule, ...lines] = (await printed(() => df.explain())).trimEnd().split('\n');
    expect(top).toMatch(/^\+-+\+-+\+$/);
    expect([rule, lines.pop()]).toEqual([top, top]);
    const cells = [head ?? '', ...lines].map((line) => line.slice(2, -2).split(' | ', 2));
    expect(cells.slice(0, 4).map(([type, plan]) => [type?.trim(), plan?.trimEnd()])).toEqual([
      ['plan_type', 'plan'],
      ['logical_plan', 'Projection: count(Int64(1)) AS count(*)'],
      ['', '  Aggregate: groupBy=[[]], aggr=[[count(Int64(1))]]'],
      ['', '    TableScan: trips projection=[]'],
    ]);
    // As in the guide, the count comes from the file statistics.
    const physical = cells.findIndex(([type]) => type?.trim() === 'physical_plan');
    expect(cells.slice(physical, physical + 2).map(([, plan]) => plan?.trimEnd())).toEqual([
      'ProjectionExec: expr=[3000000 as count(*)]',
      '  PlaceholderRowExec',
    ]);
  });
});

describe('DataFrame API', () => {
  let cluster: TestCluster;
  let ctx: BallistaSessionContext;

  beforeAll(async () => {
    cluster = await setupTestCluster();
    ctx = new BallistaSessionContext(`df://${cluster.host}:${cluster.port}`);
  });
  afterAll(async () => {
    await ctx.close();
    await cluster.close();
  });

  it('createDataFrame', async () => {
    const { batches } = tableFromArrays({ a: BigInt64Array.of(1n, 2n, 3n), b: BigInt64Array.of(4n, 5n, 6n) });
    let df = await ctx.createDataFrame([batches]);

    df = df.select(col('a').add(col('b')), col('a').sub(col('b')));

    const [result] = await df.collect();
    expect(result?.getChildAt(0)?.toArray()).toEqual(BigInt64Array.of(5n, 7n, 9n));
    expect(result?.getChildAt(1)?.toArray()).toEqual(BigInt64Array.of(-3n, -3n, -3n));
  });
});
