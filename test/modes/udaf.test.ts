import { beforeAll, describe, expect, it } from 'vitest';

import type { DataFrame } from '../../src/dataframe/dataframe.js';
import { col } from '../../src/expr/expr.js';
import { Window } from '../../src/expr/window.js';
import { udaf } from '../../src/udf/udaf.js';
import { withCluster, withContext } from '../support/cluster.js';
import { FLIGHTS } from '../support/data.js';
import { rejected } from '../support/rejected.js';

const cluster = await withCluster();
const ctx = withContext(cluster);

const mean = udaf({
  name: 'mean_of',
  args: ['Float64'],
  returns: 'Float64',
  skipNulls: true,
  init: () => ({ sum: 0, n: 0 }),
  update: (state, x) => {
    state.sum += x;
    state.n++;
  },
  merge: (a, b) => ({ sum: a.sum + b.sum, n: a.n + b.n }),
  finish: ({ sum, n }) => (n === 0 ? null : sum / n),
});
const total = udaf({
  name: 'total',
  args: ['Float64'],
  returns: 'Float64',
  state: 'Float64',
  init: () => 0,
  update: (state: number, x) => state + (x ?? 0),
  merge: (a, b) => a + b,
  retract: (state, x) => state - (x ?? 0),
});
/** Has no `retract`. Its result depends on the order of the rows. */
const joined = udaf({
  name: 'joined',
  args: ['Utf8'],
  returns: 'Utf8',
  state: 'Utf8',
  init: () => '',
  update: (state: string, s) => state + (s ?? '-'),
  merge: (a, b) => a + b,
});

let t: DataFrame;

beforeAll(async () => {
  for (const fn of [mean, total, joined]) ctx.registerUdaf(fn);
  t = await ctx.fromColumns({
    id: [1, 2, 3, 4, 5, 6],
    k: ['a', 'b', 'a', 'b', 'a', null],
    v: [1, 2, null, 4, 6, 8],
  });
  await ctx.registerView('t', t);
  await ctx.registerParquet('flights', FLIGHTS);
});

const sql = async (query: string) => (await ctx.sql(query)).toArray({ int64: 'number' });

describe('a TypeScript UDAF', () => {
  it('handles so many groups that the engine skips partial aggregation', async () => {
    const groups = (mean: string, total: string) =>
      sql(`
        SELECT count(*) AS n, sum(m) AS m, sum(s) AS s, count(s) AS c FROM (
          SELECT ${mean}(v) AS m, ${total}(v) FILTER (WHERE value % 3 <> 1) AS s
          FROM (SELECT value, CASE WHEN value % 7 = 0 THEN NULL ELSE CAST(value AS DOUBLE) END AS v FROM range(0, 600000))
          GROUP BY value % 400000)`);
    const expected = await groups('avg', 'sum');
    const [ours] = await groups('mean_of', 'total');
    // Its sum of no rows is 0, not null.
    expect(ours).toEqual({ ...expected[0], c: 400_000 });
  });

  it('aggregates all rows, no rows and groups, in SQL and in expressions', async () => {
    expect(await sql('SELECT mean_of(v) AS m, total(v) AS s FROM t')).toEqual([{ m: 4.2, s: 21 }]);
    expect(await sql('SELECT mean_of(v) AS m, total(v) AS s FROM t WHERE id > 9')).toEqual([{ m: null, s: 0 }]);
    expect(await sql('SELECT k, mean_of(v) AS m FROM t WHERE id > 9 GROUP BY k')).toEqual([]);
    const expected = [
      { k: 'a', m: 3.5 },
      { k: 'b', m: 3 },
      { k: null, m: 8 },
    ];
    expect(await sql('SELECT k, mean_of(v) AS m FROM t GROUP BY k ORDER BY k')).toEqual(expected);
    expect(
      await t
        .aggregate(['k'], [mean(col('v')).alias('m')])
        .sort('k')
        .toArray(),
    ).toEqual(expected);
  });

  it('returns the values of the built-in function, for few and many groups', async () => {
    for (const key of ['origin', 'date', 'delay % 7']) {
      const rows = await sql(`
        SELECT count(*) AS n, count(*) FILTER (WHERE a = b OR (a IS NULL AND b IS NULL)) AS same
        FROM (SELECT round(mean_of(delay), 6) AS a, round(avg(delay), 6) AS b FROM flights GROUP BY ${key})`);
      expect(rows[0]).toEqual({ n: rows[0]?.['same'], same: rows[0]?.['same'] });
      expect(rows[0]?.['n']).toBeGreaterThan(5);
    }
  });

  it('handles almost as many groups as rows', async () => {
    const [row] = await sql(`
      SELECT count(*) AS n, sum(s) AS s FROM
        (SELECT value % 290000 AS k, total(value) AS s FROM generate_series(1, 300000) GROUP BY value % 290000)`);
    expect(row).toEqual({ n: 290_000, s: (300_000 * 300_001) / 2 });
  });

  it('works with FILTER, with DISTINCT, in HAVING and beside other aggregates', async () => {
    expect(await sql("SELECT total(v) FILTER (WHERE k = 'a') AS s FROM t")).toEqual([{ s: 7 }]);
    expect(await sql('SELECT total(DISTINCT id % 4) AS s FROM t')).toEqual([{ s: 6 }]);
    expect(await sql('SELECT k FROM t GROUP BY k HAVING total(v) > 7 AND count(*) = 1')).toEqual([{ k: null }]);
  });

  it('works over windows, with growing and moving frames of rows, ranges and groups', async () => {
    const over = async (window: string) =>
      (await sql(`SELECT joined(k) OVER (${window}) AS j FROM t ORDER BY id`)).map((row) => row['j']);
    expect(await over('ORDER BY id')).toEqual(['a', 'ab', 'aba', 'abab', 'ababa', 'ababa-']);
    expect(await over('ORDER BY id ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING')).toEqual([
      'ab',
      'aba',
      'bab',
      'aba',
      'ba-',
      'a-',
    ]);
    expect(await over('PARTITION BY k ORDER BY id')).toEqual(['a', 'b', 'aa', 'bb', 'aaa', '-']);
    expect(await over('ORDER BY id / 2 RANGE BETWEEN 1 PRECEDING AND CURRENT ROW')).toHaveLength(6);
    const pairs = [
      'ORDER BY id ROWS BETWEEN 2 PRECEDING AND CURRENT ROW',
      'ORDER BY id DESC ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING',
      'ORDER BY v RANGE BETWEEN 2 PRECEDING AND 2 FOLLOWING',
      'ORDER BY id / 2 GROUPS BETWEEN 1 PRECEDING AND CURRENT ROW',
      'PARTITION BY k',
      'PARTITION BY k ORDER BY v DESC NULLS LAST',
      '',
    ];
    for (const window of pairs) {
      const rows = await sql(`
        SELECT total(v) OVER (${window}) AS a, coalesce(sum(v) OVER (${window}), 0) AS b, id FROM t ORDER BY id`);
      expect(rows.map((row) => row['a'])).toEqual(rows.map((row) => row['b']));
    }
    const rows = await t
      .select('id', total(col('v')).over(Window.partitionBy('k').orderBy('id')).alias('s'))
      .sort('id')
      .toArray();
    expect(rows.map((row) => row['s'])).toEqual([1, 2, 1, 6, 7, 8]);
  });

  it('takes several arguments, a Map as state and captures', async () => {
    const base = 10;
    const top = udaf({
      name: 'top',
      args: ['Utf8', 'Int64'],
      returns: 'Utf8',
      captures: { base },
      init: () => new Map<string | null, number>(),
      update: (state, k, v) => {
        state.set(k, (state.get(k) ?? base) + Number(v));
      },
      merge: (a, b) => {
        for (const [k, v] of b) a.set(k, (a.get(k) ?? 0) + v);
      },
      finish: (state) => [...state].sort((a, b) => b[1] - a[1])[0]?.[0],
    });
    const [row] = await t.aggregate([], [top(col('k'), col('id')).alias('top')]).toArray();
    expect(row).toEqual({ top: 'a' });
  });

  it('fails with UDF and the cause when it throws', async () => {
    const fails = udaf({
      name: 'fails',
      args: ['Int64'],
      returns: 'Int64',
      showArguments: true,
      init: () => 0,
      update: (state, x) => {
        if (x === 4n) throw new RangeError('four');
        return state + Number(x);
      },
      merge: (a, b) => a + b,
    });
    const error = await rejected(t.aggregate([], [fails(col('id')).alias('n')]).toArray());
    expect(error).toMatchObject({ code: 'UDF', cause: { name: 'RangeError', message: 'four' } });
    expect(error.message).toContain('fails');
  });

  it('returns a separate state for each row of a window if it has no finish', async () => {
    const all = udaf({
      name: 'all_of',
      args: ['Int64'],
      returns: 'List(Int64)',
      init: (): (bigint | null)[] => [],
      update: (state, x) => {
        state.push(x);
      },
      merge: (a, b) => [...a, ...b],
    });
    ctx.registerUdaf(all);
    const rows = await sql('SELECT all_of(id) OVER (ORDER BY id) AS ids FROM (VALUES (1), (2), (3)) AS v (id)');
    expect(rows).toEqual([{ ids: [1] }, { ids: [1, 2] }, { ids: [1, 2, 3] }]);
  });

  it('keeps a null state', async () => {
    const strict = udaf({
      name: 'median',
      args: ['Float64'],
      returns: 'Float64',
      init: (): number | null => 0,
      update: (sum, x) => (sum === null || x === null ? null : sum + x),
      merge: (a, b) => (a === null || b === null ? null : a + b),
    });
    const df = await ctx.sql('SELECT x, g FROM (VALUES (1, 1, 0), (2, NULL, 0), (3, 2, 0), (4, 5, 1)) AS v (id, x, g)');
    expect(
      await df
        .aggregate(['g'], [strict(col('x')).alias('s')])
        .sort('g')
        .toColumns({ int64: 'number' }),
    ).toEqual({ g: [0, 1], s: [null, 5] });
    await ctx.registerView('with_null', df);
    ctx.registerUdaf(strict);
    expect(await sql('SELECT median(x) OVER (ORDER BY g, x DESC NULLS LAST) AS s FROM with_null')).toEqual(
      [2, 3, null, null].map((s) => ({ s })),
    );
    // It has the name of a built-in function that skips nulls.
    const filtered = 'SELECT median(x) FILTER (WHERE x > 1) OVER (ORDER BY x) FROM with_null';
    expect(await rejected(sql(filtered))).toMatchObject({ code: 'NOT_IMPLEMENTED' });
    ctx.deregisterUdaf('median');
  });

  it('rejects unsupported calls and invalid definitions', async () => {
    const elsewhere = 1;
    const distinct = 'SELECT total(DISTINCT v), count(DISTINCT k) FROM t';
    expect(await rejected(sql(distinct))).toMatchObject({ code: 'NOT_IMPLEMENTED' });
    const ordered = 'SELECT joined(k ORDER BY id) FROM t';
    expect(await rejected(sql(ordered))).toMatchObject({ code: 'NOT_IMPLEMENTED' });
    const filtered = 'SELECT total(v) FILTER (WHERE id > 1) OVER (ORDER BY id) FROM t';
    expect(await rejected(sql(filtered))).toMatchObject({ code: 'NOT_IMPLEMENTED' });
    expect(() =>
      udaf({ name: 'x', args: [], returns: 'Int32', init: () => 0, update: () => 0, merge: () => 0 }),
    ).toThrow(/one type/u);
    expect(() =>
      udaf({
        name: 'x',
        args: ['Int32'],
        returns: 'Binary',
        init: () => 0,
        update: () => elsewhere,
        merge: () => 0,
      }),
    ).toThrow(/"elsewhere"/u);
    expect(() => ctx.registerUdf(total as never)).toThrow(/made with udf\(\), not one made with udaf/u);
  });

  it('is listed until it is deregistered', async () => {
    expect(ctx.udafs()).toContain('total');
    expect(ctx.deregisterUdaf('joined')).toBe(true);
    expect(ctx.udafs()).not.toContain('joined');
  });
});
