import { beforeAll, describe, expect, it } from 'vitest';

import { LOCAL, STAGES, withCluster, withContext } from '../support/cluster.js';
import { FLIGHTS } from '../support/data.js';

const cluster = await withCluster();
const ctx = withContext(cluster, STAGES);
const whole = withContext(cluster, LOCAL ? {} : { clusterConfig: { 'cluster.whole_query': 'always' } });
const QUERY = 'SELECT origin, count(*) AS n FROM flights GROUP BY origin';

beforeAll(async () => {
  for (const session of [ctx, whole]) await session.registerParquet('flights', FLIGHTS);
});

type Plan = { plan_type: string; plan: string };

async function plans(query: string): Promise<Plan[]> {
  return (await ctx.sql<Plan>(query)).toArray();
}

describe('EXPLAIN', () => {
  it('returns the logical and the physical plan, and on a cluster the distributed plan', async () => {
    const all = await plans(`EXPLAIN ${QUERY}`);
    const types = ['logical_plan', 'physical_plan', ...(LOCAL ? [] : ['distributed_plan'])];
    expect(all.map((plan) => plan.plan_type)).toEqual(types);
    const [logical, physical, distributed] = all.map((plan) => plan.plan);
    expect(logical).toBe(
      [
        'Projection: flights.origin, count(Int64(1)) AS count(*) AS n',
        '  Aggregate: groupBy=[[flights.origin]], aggr=[[count(Int64(1))]]',
        '    TableScan: flights projection=[origin]',
      ].join('\n'),
    );
    expect(physical).toContain('AggregateExec: mode=Partial');
    expect(physical).toContain('flights-3m.parquet');
    if (LOCAL) return;
    expect(distributed).toMatch(/Stage\[stage_id=1.*Stage\[stage_id=2/s);
    expect(distributed).toContain('ShuffleWriterExec');
  });

  it.skipIf(LOCAL)('says that one executor runs the whole query', async () => {
    const all = await (await whole.sql<Plan>(`EXPLAIN ${QUERY}`)).toArray();
    expect(all.map((plan) => plan.plan_type)).toEqual(['logical_plan', 'physical_plan', 'distributed_plan']);
    expect(all[1]?.plan).toContain('AggregateExec: mode=FinalPartitioned');
    expect(all[2]?.plan).toBe('One executor runs the whole query as one task, with 2 partitions in parallel.');
    const [tree] = await (await whole.sql<Plan>(`EXPLAIN FORMAT TREE ${QUERY}`)).toArray();
    expect(tree?.plan).toMatch(/RepartitionExec.*partition_count.*2/s);
  });

  it('VERBOSE returns every step of the optimizer', async () => {
    const types = (await plans(`EXPLAIN VERBOSE ${QUERY}`)).map((plan) => plan.plan_type);
    expect(types[0]).toBe('initial_logical_plan');
    expect(types).toContain('logical_plan');
    expect(types).toContain('initial_physical_plan');
    expect(types.length).toBeGreaterThan(20);
  });

  it('FORMAT TREE draws a tree', async () => {
    const [tree] = await plans(`EXPLAIN FORMAT TREE ${QUERY}`);
    expect(tree?.plan_type).toBe('physical_plan');
    expect(tree?.plan).toMatch(/┌─+┐\n│ +\w+Exec +│/);
    expect(tree?.plan).toContain('DataSourceExec');
  });

  it('ANALYZE runs the query and returns its metrics, on a cluster for each stage', async () => {
    const [measured, ...others] = await plans(`EXPLAIN ANALYZE ${QUERY}`);
    expect(others).toEqual([]);
    expect(measured?.plan_type).toBe('Plan with Metrics');
    expect(measured?.plan.match(/^Stage \d+ \(\d+ partitions\)/gm) ?? []).toHaveLength(LOCAL ? 0 : 2);
    expect(measured?.plan).toMatch(/DataSourceExec.*output_rows=3\.00 M/);
    expect(measured?.plan).toMatch(/AggregateExec: mode=FinalPartitioned.*output_rows=229/);
  });
});

describe('DataFrame.explainString', () => {
  it('returns the result of EXPLAIN as a table', async () => {
    const text = await (await ctx.sql(QUERY)).explainString();
    const [top, head, rule, ...lines] = text.split('\n');
    expect(top).toMatch(/^\+-+\+-+\+$/);
    expect(head).toMatch(/^\| plan_type +\| plan +\|$/);
    expect(rule).toBe(top);
    expect(lines.some((line) => line.startsWith('| logical_plan '))).toBe(true);
    expect(new Set(lines.map((line) => line.length))).toEqual(new Set([top?.length]));
  });

  it('takes options', async () => {
    const df = await ctx.sql(QUERY);
    expect(await df.explainString({ verbose: true })).toContain('initial_logical_plan');
    expect(await df.explainString({ format: 'tree' })).toContain('┌──');
    expect(await df.explainString({ format: 'graphviz' })).toContain('digraph');
    expect(JSON.stringify(await df.explainString({ format: 'pgjson' }))).toContain('Node Type');
    await cluster.betweenQueries();
    expect(await df.explainString({ analyze: true })).toContain('Plan with Metrics');
  });
});
