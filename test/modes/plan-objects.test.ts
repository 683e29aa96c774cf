import { readdirSync, readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';

import {
  col,
  ExecutionPlan,
  f,
  LogicalPlan,
  type SessionContext,
  type SqlDialect,
  SubstraitPlan,
  substrait,
} from '../../src/index.js';
import { LOCAL, STAGES, withCluster, withContext } from '../support/cluster.js';
import { AIRPORTS, FLIGHTS, tempFolder } from '../support/data.js';
import { failure, rejected } from '../support/rejected.js';
import { thrown } from '../support/thrown.js';

const cluster = await withCluster();
const temp = tempFolder();

/** The engine's names of the SQL dialects. */
const DIALECTS: Readonly<Record<SqlDialect, string>> = {
  default: 'Generic',
  mysql: 'MySQL',
  postgres: 'PostgreSQL',
  sqlite: 'SQLite',
  duckdb: 'DuckDB',
};

const contexts = Object.entries(DIALECTS).map(
  ([dialect, name]) =>
    [
      dialect as SqlDialect,
      withContext(cluster, { clusterConfig: { 'datafusion.sql_parser.dialect': name } }),
    ] as const,
);
const ctx = withContext(cluster);

const ITEMS = [
  { k: 'SEA', g: 1, v: 3 },
  { k: 'SFO', g: 1, v: 1 },
  { k: 'zzz', g: 2, v: 2 },
  { k: "it's", g: 2, v: null },
];

async function register(session: SessionContext): Promise<void> {
  await session.registerParquet('flights', FLIGHTS);
  await session.registerCsv('airports', AIRPORTS);
  await session.registerRecordBatches('items', await (await session.fromRows(ITEMS)).collect());
}

beforeAll(async () => {
  for (const each of [ctx, ...contexts.map(([, context]) => context)]) await register(each);
});

/** Queries that every form of a plan can express. They have no nulls, or sort nulls as all dialects do. */
const QUERIES: [what: string, query: string][] = [
  ['a filter', `select iata, city from airports where state = 'CA' and latitude > 38 order by iata`],
  [
    'an aggregate',
    'select state, count(*) as n, avg(latitude) as d from airports where latitude > 30 group by state order by n desc, state limit 5',
  ],
  ['a join', 'select a.state, i.v from items i join airports a on i.k = a.iata order by i.v'],
  [
    'a left join',
    `select a.iata, i.v from airports a left join items i on a.iata = i.k where a.iata in ('SEA', 'SFO', 'AAF') order by a.iata`,
  ],
  ['a full join', 'select count(a.k) as a, count(b.k) as b from items a full join items b on a.k = b.k and b.v > 1'],
  ['a cross join', 'select a.k, b.k as b from items a cross join items b where a.g < b.g order by 1, 2'],
  ['a subquery', 'select k, v > (select avg(v) from items) as above from items order by k'],
  [
    'a window',
    'select k, row_number() over (partition by g order by k) as r, sum(v) over (partition by g order by k rows between unbounded preceding and current row) as s from items order by k',
  ],
  ['a union', `select k from items union all select iata from airports where state = 'HI' order by 1 limit 6`],
  ['distinct rows', `select distinct state from airports where state < 'C' order by state`],
  [
    'CASE',
    `select k, case when v > 2 then 'big' when v is null then 'none' else 'small' end as size from items order by k`,
  ],
  [
    'WITH',
    'with t as (select g, max(v) as m from items group by g) select items.k from items join t on items.g = t.g and items.v = t.m order by k',
  ],
  ['HAVING', `select g from items group by g having sum(v) > 1 and min(k) < 'z' order by g`],
  ['functions', `select upper(k) as u, k || '!' as e, length(k) as l, coalesce(v, 0) as v from items order by k`],
  ['LIKE and BETWEEN', `select k from items where k like 'S%' or v between 2 and 3 order by k`],
  [
    'arithmetic',
    'select (v + 1) * 2 - (3 - (2 - 1)) as a, (v > 1 or g = 2) and g = 1 as b, v is distinct from 3 as c from items order by k',
  ],
  ['quoted names', 'select v as "Mixed Case", k as "a b" from items order by k'],
  ['literals', `select 'it''s' as a, 1.5 as b, true as c, 9223372036854775807 as d, -3 as e, 'ü"' as f`],
  ['OFFSET', 'select k from items order by g desc, k offset 1 limit 2'],
  ['no rows', 'select k, v from items where false'],
];

async function rowsOf(plan: LogicalPlan): Promise<object[]> {
  return (await ctx.executeLogicalPlan(plan)).toArray();
}

describe.each(QUERIES)('a plan with %s', (_, query) => {
  it('survives a round trip through bytes and Substrait', async () => {
    const df = await ctx.sql(query);
    const rows = await df.toArray();
    const plan = df.logicalPlan();
    expect(await rowsOf(LogicalPlan.fromBytes(ctx, plan.toBytes()))).toEqual(rows);
    const optimized = await df.optimizedLogicalPlan();
    expect(await rowsOf(LogicalPlan.fromBytes(ctx, optimized.toBytes()))).toEqual(rows);
    await cluster.betweenQueries();
    const exchanged = await substrait.toSubstraitPlan(plan, ctx);
    expect(await rowsOf(await substrait.fromSubstraitPlan(ctx, exchanged))).toEqual(rows);
    expect(SubstraitPlan.fromJson(exchanged.toJson()).encode()).toEqual(exchanged.encode());
    const physical = await df.executionPlan();
    const again = ExecutionPlan.fromBytes(ctx, physical.toBytes());
    expect([again.name, again.outputPartitioning]).toEqual([physical.name, physical.outputPartitioning]);
  });

  it('converts to SQL of every dialect', async () => {
    const df = await ctx.sql(query);
    const rows = await df.toArray();
    for (const [dialect, context] of contexts) {
      for (const pretty of [false, true]) {
        const text = df.logicalPlan().toSql({ dialect, pretty });
        expect(await (await context.sql(text)).toArray(), text).toEqual(rows);
      }
    }
  });
});

describe('a logical plan', () => {
  it('prints as text, with its schema and as Graphviz', async () => {
    const plan = (await ctx.table('items')).filter('v > 1').select('k').logicalPlan();
    expect(plan.display()).toBe('Projection: items.k');
    expect(plan.displayIndent().split('\n')).toEqual([
      'Projection: items.k',
      '  Filter: items.v > Int64(1)',
      '    TableScan: items',
    ]);
    expect(plan.displayIndentSchema()).toContain('TableScan: items [k:Utf8;N, g:Int64;N, v:Int64;N]');
    expect(plan.displayGraphviz()).toContain('digraph {');
    expect(plan.inputs().map(String)).toEqual(['Filter: items.v > Int64(1)\n  TableScan: items']);
    expect(plan.inputs()[0]?.inputs()[0]?.inputs()).toEqual([]);
  });

  it('of verbs survives a round trip through bytes', async () => {
    const df = (await ctx.table('flights'))
      .aggregate(['origin'], [f.count().alias('n')])
      .sort(col('n').desc(), 'origin')
      .limit(3);
    expect(await rowsOf(LogicalPlan.fromBytes(ctx, df.logicalPlan().toBytes()))).toEqual(await df.toArray());
  });

  it('takes verbs after executeLogicalPlan', async () => {
    const plan = (await ctx.table('items')).logicalPlan();
    expect(await (await ctx.executeLogicalPlan(plan)).filter('v > 2').select('k').toArray()).toEqual([{ k: 'SEA' }]);
  });

  it('carries in-memory tables, named or not', async () => {
    const other = withContext(cluster);
    const bytes = (await ctx.fromRows(ITEMS)).filter('v > 2').logicalPlan().toBytes();
    const df = await other.executeLogicalPlan(LogicalPlan.fromBytes(other, bytes));
    expect(await df.toArray()).toEqual([{ k: 'SEA', g: 1n, v: 3n }]);
    const named = LogicalPlan.fromBytes(other, (await ctx.table('items')).logicalPlan().toBytes());
    expect(await (await other.executeLogicalPlan(named)).count()).toBe(4);
    await other.close();
  });

  it('can be used after its context closes', async () => {
    const other = withContext(cluster);
    const plan = (await other.fromRows(ITEMS)).logicalPlan();
    await other.close();
    expect(String(plan)).toContain('TableScan');
    expect(await rowsOf(plan)).toHaveLength(4);
    expect((await rejected(other.executeLogicalPlan(plan))).code).toBe('CLOSED');
    expect(thrown(() => LogicalPlan.fromBytes(other, plan.toBytes())).code).toBe('CLOSED');
    expect((await rejected(substrait.serializeToPlan('select 1', other))).code).toBe('CLOSED');
  });

  it('cannot be decoded from invalid bytes', async () => {
    const bytes = (await ctx.table('items')).logicalPlan().toBytes();
    for (const wrong of [Uint8Array.of(1, 2, 3), new Uint8Array(50).fill(255), bytes.subarray(0, bytes.length - 5)]) {
      expect(thrown(() => LogicalPlan.fromBytes(ctx, wrong)).code).toBe('PLAN');
      expect(thrown(() => ExecutionPlan.fromBytes(ctx, wrong)).code).toBe('PLAN');
    }
    expect(await (await ctx.table('items')).count()).toBe(4);
  });

  it('is the only argument that executeLogicalPlan accepts', async () => {
    for (const wrong of [undefined, null, {}, 'plan', await ctx.table('items')]) {
      expect((await rejected(ctx.executeLogicalPlan(wrong as LogicalPlan))).code).toBe('INVALID_ARGUMENT');
    }
  });
});

describe('a physical plan', () => {
  it('can be encoded operator by operator', async () => {
    const plan = await (await ctx.sql(QUERIES[2]?.[1] ?? '')).executionPlan();
    const check = (operator: ExecutionPlan): number => {
      expect(String(ExecutionPlan.fromBytes(ctx, operator.toBytes()))).toBe(String(operator));
      return 1 + operator.children.reduce((sum, child) => sum + check(child), 0);
    };
    expect(check(plan)).toBeGreaterThan(4);
  });

  it('has no metrics before it runs', async () => {
    expect((await (await ctx.table('items')).executionPlan()).metrics()).toBeUndefined();
  });

  it('has the output partitioning of each operator', async () => {
    const plan = await (await ctx.sql('select k, sum(v) from items group by k')).executionPlan();
    const all = (operator: ExecutionPlan): ExecutionPlan[] => [operator, ...operator.children.flatMap(all)];
    const repartition = all(plan).find(({ name }) => name === 'RepartitionExec');
    expect(repartition?.outputPartitioning).toMatchObject({ scheme: 'Hash', hashExpressions: ['k@0'] });
    expect(repartition?.partitionCount).toBeGreaterThan(1);
  });
});

describe('substrait', () => {
  it('survives a round trip through a file', async () => {
    await substrait.serialize('select count(*) as n from flights', ctx, temp('plan'));
    const plan = await substrait.deserialize(temp('plan'));
    expect(Buffer.from(plan.encode()).equals(readFileSync(temp('plan')))).toBe(true);
    expect(await rowsOf(await substrait.fromSubstraitPlan(ctx, plan))).toEqual([{ n: 3_000_000n }]);
  });

  it('reads the tables of the context that runs it', async () => {
    const other = withContext(cluster);
    const plan = await substrait.serializeToPlan('select k from items where v > 1', ctx);
    expect((await rejected(substrait.fromSubstraitPlan(other, plan))).code).toBe('PLAN');
    await other.registerRecordBatches('items', await (await other.fromRows([{ k: 'new', g: 0, v: 5 }])).collect());
    const df = await other.executeLogicalPlan(await substrait.fromSubstraitPlan(other, plan));
    expect(await df.toArray()).toEqual([{ k: 'new' }]);
    await other.close();
  });

  it.each([
    ['selec 1', 'SQL_PARSE'],
    ['select * from nowhere', 'PLAN'],
    ['select nothing from items', 'SCHEMA'],
    ['drop table items', 'PLAN'],
    [`insert into items values ('a', 1, 1)`, 'PLAN'],
    ['set datafusion.execution.batch_size = 10', 'PLAN'],
    ['explain select 1', 'NOT_IMPLEMENTED'],
    [1, 'INVALID_ARGUMENT'],
  ])('rejects %s and leaves no file', async (query, code) => {
    const before = readdirSync(temp());
    expect((await rejected(substrait.serialize(query as string, ctx, temp('none')))).code).toBe(code);
    expect(readdirSync(temp())).toEqual(before);
    expect(await (await ctx.table('items')).count()).toBe(4);
  });
});

describe('analyze', () => {
  const ctx = withContext(cluster, STAGES);

  beforeAll(() => register(ctx));

  it('returns the number of rows of each operator', async () => {
    const stages = await (
      await ctx.sql('select origin, count(*) from flights where delay > 60 group by origin')
    ).analyze();
    expect(stages.map(({ stage }) => stage)).toEqual(LOCAL ? [0] : [1, 2]);
    const rows = (operator: RegExp): (number | undefined)[] =>
      stages
        .flatMap(({ plan }) => plan.collectMetrics())
        .flatMap(([display, { outputRows }]) => (operator.test(display) ? [outputRows] : []));
    expect(rows(/^FilterExec/)).toEqual([152_194]);
    expect(rows(/^AggregateExec: mode=Final/)).toEqual([
      (await (await ctx.sql('select distinct origin from flights where delay > 60')).toArray()).length,
    ]);
    expect(rows(/^DataSourceExec/)).toEqual([3_000_000]);
  });

  it('returns times in nanoseconds', async () => {
    const began = performance.now();
    const stages = await (await ctx.sql('select sum(delay) from flights where delay > 60')).analyze();
    const ended = performance.now();
    const all = stages.flatMap(({ plan }) => plan.collectMetrics()).map(([, metrics]) => metrics);
    const compute = all.reduce((sum, { elapsedCompute = 0 }) => sum + elapsedCompute, 0);
    // A cluster runs at most four tasks at once. Local mode runs as many as the machine allows.
    expect(compute).toBeGreaterThan(10_000);
    expect(compute).toBeLessThan((ended - began) * 1e6 * 64);
    const metrics = all.flatMap((set) => set.metrics());
    if (!LOCAL) expect(metrics.every(({ partition }) => partition === undefined)).toBe(true);
    for (const { valueAsDate } of metrics) {
      if (valueAsDate) expect(Math.abs(Date.now() - valueAsDate.getTime())).toBeLessThan(600_000);
    }
  });

  it('returns a stage for each side of a join', async () => {
    if (!LOCAL) await (await ctx.sql('SET cluster.broadcast_max_bytes = 0')).collect();
    const stages = await (await ctx.sql('select a.city from flights f join airports a on f.origin = a.iata')).analyze();
    if (LOCAL) expect(stages).toHaveLength(1);
    else {
      const last = stages.at(-1);
      expect(stages.length).toBeGreaterThanOrEqual(3);
      const inputs = (plan: ExecutionPlan): number[] => [
        ...(plan.inputStage === undefined ? [] : [plan.inputStage]),
        ...plan.children.flatMap(inputs),
      ];
      expect(last && inputs(last.plan).sort()).toEqual([1, 2]);
    }
  });

  it('rejects with the error of the query', async () => {
    const error = await rejected((await ctx.sql('select 1 / (g - 1) as x from items')).analyze());
    expect(error.code).toBe(LOCAL ? 'ARROW' : 'JOB_FAILED');
    const reason = new Error('enough');
    expect(await failure((await ctx.sql('select 1')).analyze({ signal: AbortSignal.abort(reason) }))).toBe(reason);
    expect((await rejected((await ctx.table('items')).analyze({ signal: 1 } as never))).code).toBe('INVALID_ARGUMENT');
  });
});
