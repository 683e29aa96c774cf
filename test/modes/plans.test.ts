import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';

import { LOCAL, withCluster, withContext } from '../support/cluster.js';
import { AIRPORTS, FLIGHTS, tempFolder } from '../support/data.js';
import { rejected } from '../support/rejected.js';

// Queries that the engine's own planner and messages handle incorrectly on a cluster.

const cluster = await withCluster();
const temp = tempFolder();
const never = LOCAL ? {} : { 'cluster.whole_query': 'never' };
const contexts = {
  'with default settings': withContext(cluster),
  'with stages': withContext(cluster, { clusterConfig: never }),
  'with merge joins': withContext(cluster, {
    clusterConfig: { ...never, 'datafusion.optimizer.prefer_hash_join': false },
  }),
};

beforeAll(async () => {
  for (const ctx of Object.values(contexts)) {
    await ctx.registerCsv('airports', AIRPORTS);
    await ctx.registerParquet('flights', FLIGHTS);
  }
});

const A = '(values (1), (2), (3)) as a(id)';
const B = '(values (1), (2)) as b(id)';
const X = "(values (1, 'a'), (2, 'a'), (3, 'b')) as t(x, z)";

const CASES: [what: string, query: string, rows: object[]][] = [
  // A join condition in addition to the keys, which reads more columns than are selected.
  ...['a.iata', 'a.iata, a.longitude', 'a.iata, a.longitude, a.state'].map((columns): [string, string, object[]] => [
    `a left join with a condition, selecting ${columns}`,
    `select count(m) as n from (
       select ${columns}, b.iata as m from airports a left join airports b on a.iata = b.iata and a.latitude > 40)`,
    [{ n: 1574 }],
  ]),
  [
    'a left join with a condition on a column that is not selected',
    'select a.id, b.id as m from (values (1, 0, 9), (2, 9, 0)) as a(id, w, v) left join (values (1), (2)) as b(id) on a.id = b.id and a.v > 5 order by 1',
    [
      { id: 1, m: 1 },
      { id: 2, m: null },
    ],
  ],
  [
    'an inner join with a condition on both sides',
    'select count(*) as n from airports a join airports b on a.iata = b.iata and a.latitude <> b.longitude and a.city = b.city',
    [{ n: 3376 }],
  ],
  ...(
    [
      ['left', [3, 2, 1]],
      ['right', [2, 1]],
      ['full', [3, 2, 1]],
      ['inner', [2, 1]],
    ] as const
  ).map(([how, ids]): [string, string, object[]] => [
    `a sorted ${how} join`,
    `select coalesce(a.id, b.id) as q from ${A} ${how} join ${B} on a.id = b.id order by q desc`,
    ids.map((q) => ({ q })),
  ]),
  [
    'a sorted semi join',
    `select id from ${A} where id in (select id from ${B}) order by id desc`,
    [{ id: 2 }, { id: 1 }],
  ],
  ['an anti join', `select id from ${A} where id not in (select id from ${B})`, [{ id: 3 }]],

  [
    'a window function with FILTER',
    `select count(*) filter (where x > 1) over (partition by z) as c, sum(x) filter (where x < 3) over (order by x) as s from ${X} order by x`,
    [
      { c: 1, s: 1 },
      { c: 1, s: 3 },
      { c: 1, s: 3 },
    ],
  ],
  [
    'a window partitioned by a column that WHERE makes constant',
    `select row_number() over (partition by origin order by date, delay) as l, count(*) over (partition by origin) > 2 as many
     from flights where origin = 'SEA' order by date, delay limit 2`,
    [
      { l: 1, many: true },
      { l: 2, many: true },
    ],
  ],
  [
    'a window partitioned by a constant',
    `with t as (select 1 as k, iata from airports)
     select max(l) as m from (select row_number() over (partition by k order by iata) as l from t)`,
    [{ m: 3376 }],
  ],
  [
    'windows with several orders, where two stages need different ones',
    `select a, b, n from (
       select max('a') over (partition by c, c order by false desc, c desc nulls last
                             rows between unbounded preceding and current row) as a,
              min(true) over (partition by 'a' order by c desc nulls last) as b,
              sum(1) over (order by c desc nulls last, c) as n
       from (select unnest(make_array(1, 2, 2, null)) as c) where c >= -1) order by n`,
    [
      { a: 'a', b: true, n: 2 },
      { a: 'a', b: true, n: 2 },
      { a: 'a', b: true, n: 3 },
    ],
  ],

  [
    'an aggregate of no rows',
    'select sum(delay) as s, count(delay) as n from flights where 1 = 0',
    [{ s: null, n: 0 }],
  ],
  ['an aggregate of LIMIT 0', 'select sum(d) as s from (select delay as d from flights limit 0)', [{ s: null }]],
  [
    'contradictory conditions',
    "select max(delay) as m from flights where origin = 'SEA' and origin = 'JFK'",
    [{ m: null }],
  ],
  ['an empty subquery', 'select (select max(delay) from flights where false) as m', [{ m: null }]],
  [
    'NOT IN an empty subquery',
    'select count(*) as n from airports where iata not in (select origin from flights where false)',
    [{ n: 3376 }],
  ],
  ['a union with an empty side', "select iata from airports where false union all select 'x'", [{ iata: 'x' }]],
  [
    'grouping sets of no rows',
    'select origin, count(*) as n from flights where false group by grouping sets ((origin), ())',
    [{ origin: null, n: 0 }],
  ],
];

describe.each(Object.entries(contexts))('%s', (_, ctx) => {
  it.each(CASES)('the query returns the right rows: %s', async (_what, query, rows) => {
    await cluster.betweenQueries();
    const df = await ctx.sql(query);
    expect(await df.toArray({ int64: 'number' })).toEqual(rows);
  });

  it('COPY of no rows writes the header', async () => {
    const path = temp('nothing.csv');
    await ctx.sql(`copy (select origin, delay from flights where false) to '${path}'`);
    expect(readFileSync(path, 'utf8')).toBe('origin,delay\n');
  });
});

it.each([
  [
    'IGNORE NULLS of a window function',
    `select last_value(nullif(x, 3)) ignore nulls over (order by x) as a from ${X}`,
    [{ a: 1 }, { a: 2 }, { a: 2 }],
  ],
  [
    'FILTER of an aggregate that includes nulls',
    `select array_agg(x) filter (where x > 1) over (order by x) as a from ${X}`,
    [{ a: null }, { a: [2] }, { a: [2, 3] }],
  ],
  ['LIMIT beyond 32 bits', `select x as a from ${X} limit 4294967296`, [{ a: 1 }, { a: 2 }, { a: 3 }]],
  ['OFFSET beyond 32 bits', `select x as a from ${X} offset 4294967296`, []],
])(`%s ${LOCAL ? 'works' : 'is rejected instead of ignored'}`, async (_, query, rows) => {
  const df = await contexts['with stages'].sql(query);
  if (LOCAL) expect(await df.toArray({ int64: 'number' })).toEqual(rows);
  else expect((await rejected(df.collect())).code).toBe('NOT_IMPLEMENTED');
});
