/**
 * Plans that are split into stages, on two executors with two slots each. The tables have several files. The expected row
 * counts are computed in JavaScript.
 */

import { mkdirSync, writeFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';

import { setupTestCluster } from '../../src/cluster/test-cluster.js';
import { BallistaSessionContext } from '../../src/session/ballista-session-context.js';
import { HERE, LOCAL, withCluster, withContext } from '../support/cluster.js';
import { FLIGHTS, tempFolder } from '../support/data.js';
import { rejected } from '../support/rejected.js';

const cluster = await withCluster();
const temp = tempFolder();

/** Options for a cluster. Local mode has none of these settings. */
const distributed = (settings: Record<string, unknown> = {}) =>
  LOCAL ? {} : { clusterConfig: { 'cluster.whole_query': 'never', ...settings } };

const contexts = {
  'with broadcast joins': withContext(cluster, distributed()),
  'without broadcast joins': withContext(cluster, distributed({ 'cluster.broadcast_max_bytes': 0 })),
  'with merge joins': withContext(cluster, distributed({ 'datafusion.optimizer.prefer_hash_join': false })),
};
const ctx = contexts['with broadcast joins'];

const file = (count: number, value: (row: number) => number) => Array.from({ length: count }, (_, row) => value(row));
const L = [0, 1, 2, 3].map((part) => file(10, (row) => (12 * row + 3 * part) % 41));
const R = [8, 8, 7, 7].map((count, part) => file(count, (row) => (28 * row + 7 * part) % 43));
const l = L.flat();
const r = R.flat();

function write(name: string, files: number[][]): string {
  const folder = temp(name);
  mkdirSync(folder);
  for (const [part, values] of files.entries()) writeFileSync(`${folder}/p${part}.csv`, `v\n${values.join('\n')}\n`);
  return folder;
}

beforeAll(async () => {
  const folders = { l: write('l', L), r: write('r', R) };
  for (const context of Object.values(contexts)) {
    for (const [name, folder] of Object.entries(folders)) await context.registerCsv(name, folder);
    // Parquet files have statistics.
    for (const name of Object.keys(folders)) {
      const parquet = temp(`${name}.parquet`);
      if (context === ctx) await (await context.table(name)).writeParquet(parquet);
      await context.registerParquet(`${name}p`, parquet);
    }
    await context.sql('create table t_out as select * from (values (1, 1), (2, 2)) t(id, g)');
    await context.sql('create table t_in as select * from (values (1, 1), (null, 2)) t(id, g)');
  }
});

type Condition = (l: number, r: number) => boolean;

const matched = (one: number[], other: number[], on: Condition) =>
  one.filter((a) => other.some((b) => on(a, b))).length;

/** The number of rows of each kind of join. */
function sizes(on: Condition): Record<string, number> {
  const inner = l.reduce((sum, a) => sum + r.filter((b) => on(a, b)).length, 0);
  const unmatched = { left: l.length - matched(l, r, on), right: r.length - matched(r, l, (b, a) => on(a, b)) };
  return {
    join: inner,
    'left join': inner + unmatched.left,
    'right join': inner + unmatched.right,
    'full join': inner + unmatched.left + unmatched.right,
    'left semi join': l.length - unmatched.left,
    'left anti join': unmatched.left,
    'right semi join': r.length - unmatched.right,
    'right anti join': unmatched.right,
  };
}

const CONDITIONS: [sql: string, on: Condition][] = [
  ['l.v > r.v + 25', (a, b) => a > b + 25],
  ['l.v < r.v - 25', (a, b) => a < b - 25],
  ['l.v between r.v and r.v + 1', (a, b) => a >= b && a <= b + 1],
  ['l.v = r.v or l.v = r.v + 20', (a, b) => a === b || a === b + 20],
  ["cast(l.v as varchar) like cast(r.v as varchar) || '%'", (a, b) => `${a}`.startsWith(`${b}`)],
  ['l.v = r.v', (a, b) => a === b],
  ['l.v = r.v and l.v + r.v > 40', (a, b) => a === b && a + b > 40],
  ['l.v % 5 = r.v % 5', (a, b) => a % 5 === b % 5],
  ['l.v % 5 = r.v % 5 and l.v > r.v', (a, b) => a % 5 === b % 5 && a > b],
];

it('the computed join sizes are correct', () => {
  expect(sizes((a, b) => a > b + 25)).toMatchObject({
    join: 71,
    'left join': 97,
    'right join': 90,
    'full join': 116,
    'left semi join': 14,
    'left anti join': 26,
  });
});

const both = (one: string, other: string, from: (kind: string, on: string) => string) =>
  CONDITIONS.flatMap(([on, condition]) =>
    Object.entries(sizes(condition)).map(([kind, n]): [string, number] => [from(`${one} l ${kind} ${other} r`, on), n]),
  );

describe.each(Object.entries(contexts))('%s', (_, context) => {
  const numbers = async (query: string) => {
    const rows = await (await context.sql(query)).toArray({ int64: 'number' });
    return rows.map((row) => Object.values(row));
  };

  it.each([...both('l', 'r', (join, on) => `${join} on ${on}`), ...both('lp', 'rp', (join, on) => `${join} on ${on}`)])(
    '%s returns %i rows',
    async (from, n) => {
      await cluster.betweenQueries();
      expect(await numbers(`select count(*) from ${from}`)).toEqual([[n]]);
    },
  );

  it.each(CONDITIONS)('EXISTS with %s returns the right rows', async (on, condition) => {
    const { 'left semi join': some, 'left anti join': none } = sizes(condition);
    const few = l.filter((a) => a < 5 || r.some((b) => condition(a, b)));
    const sum = few.reduce((total, a) => total + a, 0);
    for (const [query, expected] of [
      [`select count(*) from l where exists (select 1 from r where ${on})`, [some]],
      [`select count(*) from l where not exists (select 1 from r where ${on})`, [none]],
      [`select count(*), sum(v) from l where exists (select 1 from r where ${on}) or v < 5`, [few.length, sum]],
    ] as const) {
      expect(await numbers(query), query).toEqual([expected]);
    }
  });

  const count = sizes((a, b) => a > b + 25);
  const equal = l.filter((a) => r.includes(a)).sort((a, b) => b - a);
  it.each<[what: string, query: string, rows: unknown[][]]>([
    ['a cross join', 'select count(*) from l cross join r', [[1200]]],
    ['a cross join with one row', 'select count(*) from l, (select max(v) as m from r) where v < m', [[40]]],
    [
      'sums over an outer join',
      'select sum(l.v), count(r.v) from l left join r on l.v > r.v + 25',
      [[l.reduce((sum, a) => sum + a * Math.max(1, r.filter((b) => a > b + 25).length), 0), count['join']]],
    ],
    [
      'a union of outer joins',
      `select count(*) from (select l.v from l left join r on l.v > r.v + 25 union all select l.v from l full join r on l.v > r.v + 25)`,
      [[97 + 116]],
    ],
    [
      'a union of hash joins',
      'select count(*) from (select l.v from lp l join rp r on l.v = r.v union all select l.v from lp l left join rp r on l.v = r.v union all select v from l)',
      [[equal.length + 40 + 40]],
    ],
    [
      'a sorted join',
      'select l.v from lp l join rp r on l.v = r.v order by l.v desc limit 3',
      equal.slice(0, 3).map((v) => [v]),
    ],
    [
      'a join sorted by both sides',
      'select l.v, r.v as w from l left join r on l.v = r.v order by w desc nulls last, l.v limit 2',
      equal.slice(0, 2).map((v) => [v, v]),
    ],
    [
      'a window over a join',
      `select max(n), count(*) from (
         select row_number() over (partition by l.v % 2 order by l.v) as n from lp l join rp r on l.v = r.v)`,
      [[Math.max(equal.filter((v) => v % 2).length, equal.filter((v) => v % 2 === 0).length), equal.length]],
    ],
    [
      'nested joins',
      'select count(*) from lp l join rp r on l.v = r.v left join l x on x.v = l.v left join r y on y.v > x.v + 25',
      [[equal.reduce((sum, a) => sum + Math.max(1, r.filter((b) => b > a + 25).length), 0)]],
    ],

    ['LIMIT', 'select count(*) from (select * from l limit 7)', [[7]]],
    ['OFFSET', 'select count(*) from (select * from l offset 1)', [[39]]],
    ['OFFSET beyond the last row', 'select count(*) from (select * from l offset 41)', [[0]]],
    ['OFFSET and LIMIT', 'select count(*) from (select * from l offset 38 limit 7)', [[2]]],
    ['OFFSET of sorted rows', 'select v from l order by v offset 38', [[39], [40]]],
    [
      'OFFSET in a join',
      'select count(*) from (select * from l offset 1) a cross join (select * from r offset 2) b',
      [[39 * 28]],
    ],
    [
      'OFFSET in a union',
      'select count(*) from ((select v from l offset 1) union all (select v from r offset 2))',
      [[67]],
    ],
    [
      'LIMIT in a union',
      'select count(*) from ((select v from l limit 7) union all (select v from r limit 5))',
      [[12]],
    ],
    [
      'LIMIT of an outer join',
      'select count(*) from (select l.v from l left join r on l.v > r.v + 25 limit 96)',
      [[96]],
    ],
    ['LIMIT of VALUES', 'select * from (values (1), (2), (3), (4)) limit 2', [[1], [2]]],
    ['LIMIT with an expression', 'select * from (values (1), (2), (3), (4)) limit abs(-4) + 4 / -2', [[1], [2]]],
    ['OFFSET with an expression', 'select * from (values (1), (2), (3), (4)) limit 2 offset 1 + 1', [[3], [4]]],

    ['a window without PARTITION BY', 'select max(n) from (select row_number() over (order by v) as n from l)', [[40]]],
    ['a window over all rows', 'select distinct count(*) over () from l', [[40]]],
    [
      'a union of windows',
      'select max(n), count(*) from (select row_number() over (order by v) as n from l union all select row_number() over () as n from r)',
      [[40, 70]],
    ],
    [
      'a union of aggregates',
      'select count(*) as n from l union all select count(*) as n from r union all select max(v) as n from l order by n',
      [[30], [40], [40]],
    ],
    [
      'a union of few rows',
      'select sum(v) from (select 1 as v union all select count(*) from l union all (select v from r order by v limit 1))',
      [[41]],
    ],
    ['several aggregates without a group', 'select count(*), count(distinct v % 7) from l', [[40, 7]]],

    ['NOT IN a subquery', 'select count(*) from l where v not in (select v from r)', [[l.length - equal.length]]],
    ['NOT IN a subquery with a null', 'select count(*) from l where v not in (select nullif(v, 20) from r)', [[0]]],
    ['NOT IN an empty subquery', 'select count(*) from l where v not in (select v from r where v > 100)', [[40]]],
    [
      'a null NOT IN an empty subquery',
      'select count(*) from l where nullif(v, 38 + 2) not in (select v from r where v > 100)',
      [[40]],
    ],
    [
      'a join over NOT IN',
      'select count(*) from (select v from l where v not in (select v from r)) a join l on a.v = l.v',
      [[l.length - equal.length]],
    ],
    ['a correlated NOT IN', 'select id from t_out where 3 not in (select id from t_in where t_in.g = t_out.g)', [[1]]],
    [
      'a correlated NOT IN of a column',
      'select count(*) from l where v not in (select r.v from r where r.v % 5 = l.v % 5)',
      [[l.length - equal.length]],
    ],

    [
      'a scalar subquery with one row',
      'select count(*) from l where v > (select v from r where v = 28)',
      [[l.filter((v) => v > 28).length]],
    ],
    ['a scalar subquery without rows', 'select (select v from r where v > 100) is null', [[true]]],

    ['an empty grouping set', 'select count(*) from l group by grouping sets (())', [[40]]],
    ['two empty grouping sets', 'select max(v) from l group by grouping sets ((), ())', [[40], [40]]],
    ['an empty grouping set without an aggregate', 'select 7 from l group by grouping sets (())', [[7]]],
    [
      'an empty grouping set beside another one',
      'select count(*) as n from l group by grouping sets ((v % 2), ()) order by n',
      [[20], [20], [40]],
    ],
    ['an empty grouping set of no rows', 'select count(*) from l where v < 0 group by grouping sets (())', [[0]]],
  ])('the query returns the right rows: %s', async (_what, query, rows) => {
    expect(await numbers(query)).toEqual(rows);
  });
});

it('a scalar subquery with several rows fails', async () => {
  const df = await ctx.sql('select count(*) from l where v > (select v from r where v > 28)');
  expect((await rejected(df.collect())).message).toMatch(/scalar subquery .*row/iu);
});

it('joinOn returns the right rows', async () => {
  const [left, right] = [await ctx.table('l'), (await ctx.table('r')).withColumnRenamed('v', 'w')];
  expect(await left.joinOn(right, 'v > w + 25', 'left').count()).toBe(97);
  expect(await left.joinOn(right, 'v > w + 25', 'full').count()).toBe(116);
});

it('an in-memory left join with an empty right side keeps all left rows', async () => {
  const query = `select a.k, w from (values (1, 'x'), (2, 'y')) a(k, s) left join (select * from (values (1, 'p')) b(k, w) where k > 5) b on a.k = b.k order by a.k`;
  expect(await (await ctx.sql(query)).toArray({ int64: 'number' })).toEqual([
    { k: 1, w: null },
    { k: 2, w: null },
  ]);
});

describe.skipIf(LOCAL)('the plan', () => {
  const plan = async (context: typeof ctx, query: string) => (await context.sql(query)).explainString();
  const query = 'select count(*) from lp l join rp r on l.v = r.v';

  it('broadcasts a small side of a join', async () => {
    const text = await plan(ctx, query);
    expect(text).toContain('mode=CollectLeft');
    expect(text).not.toContain('mode=Partitioned');
  });

  it('partitions both sides of a join when broadcasts are off', async () => {
    const text = await plan(contexts['without broadcast joins'], query);
    expect(text).toContain('mode=Partitioned');
    expect(text).not.toContain('mode=CollectLeft');
  });

  it('keeps the sides of a full join without equal keys', async () => {
    const outer = 'select count(*) from l full join r on l.v > r.v';
    expect(await plan(ctx, outer)).toMatch(/NestedLoopJoinExec: join_type=Full/u);
  });
});

it.skipIf(LOCAL)('SET rejects the adaptive planner', async () => {
  const set = ctx.sql('set ballista.planner.adaptive.enabled = true');
  expect(await rejected(set)).toMatchObject({ code: 'CONFIG', message: expect.stringContaining('adaptive') });
});

describe.runIf(HERE && !LOCAL)('executors with little memory', () => {
  const clusterConfig = { 'cluster.whole_query': 'never', 'cluster.broadcast_max_bytes': 0 } as const;
  const query = `select count(*) from flights a where exists (
    select 1 from flights b where a.date = b.date and a.origin = b.destination and a.destination = b.origin)`;

  async function run(memoryLimitBytes: number): Promise<{ plan: string; rows: unknown }> {
    await using small = await setupTestCluster({ executors: 2, vcores: 1, memoryLimitBytes });
    await using context = new BallistaSessionContext(small.url, { clusterConfig });
    await context.registerParquet('flights', FLIGHTS);
    const plan = await (await context.sql(`explain ${query}`)).toArray();
    return { plan: JSON.stringify(plan), rows: await (await context.sql(query)).toArray({ int64: 'number' }) };
  }

  it('use merge joins instead of hash joins', async () => {
    const [little, much] = [await run(24 << 20), await run(1 << 30)];
    expect(little.plan).toContain('SortMergeJoinExec');
    expect(much.plan).toContain('HashJoinExec');
    expect(much.plan).not.toContain('SortMergeJoinExec');
    expect(little.rows).toEqual(much.rows);
  });
});
