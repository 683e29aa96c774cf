import { on } from 'node:events';
import { beforeAll, describe, expect, it } from 'vitest';

import type { DataFrame } from '../../src/dataframe/dataframe.js';
import { col, lit } from '../../src/expr/expr.js';
import * as f from '../../src/functions/index.js';
import type { UdfLogEntry } from '../../src/udf/log.js';
import { udf } from '../../src/udf/udf.js';
import { LOCAL, withCluster, withContext } from '../support/cluster.js';
import { FLIGHTS, tempFolder } from '../support/data.js';
import { rejected } from '../support/rejected.js';
import { thrown } from '../support/thrown.js';

/** A captured variable of functions below. */
declare const factor: number;

const cluster = await withCluster();
const ctx = withContext(cluster);
const temp = tempFolder();

const double = udf({ name: 'double', args: ['Float64'], returns: 'Float64' }, (x) => (x === null ? null : x * 2));
const shout = udf({ name: 'shout', args: ['Utf8'], returns: 'Utf8', skipNulls: true }, (s) => `${s.toUpperCase()}!`);
const price = udf(
  { name: 'price', args: ['Float64', 'Float64'], returns: 'Float64', skipNulls: true },
  (p, d) => p * (1 - d),
);
const isEven = udf({ name: 'is_even', args: ['Int64'], returns: 'Boolean', skipNulls: true }, (x) => x % 2n === 0n);

let t: DataFrame;

beforeAll(async () => {
  for (const fn of [double, shout, price, isEven]) ctx.registerUdf(fn);
  t = await ctx.fromColumns({ id: [1, 2, 3, 4, 5], v: [1.5, null, -0, 2.25, 1e300], s: ['a', 'ß🌍', null, '', 'x y'] });
  await ctx.registerView('t', t);
  await ctx.registerParquet('flights', FLIGHTS);
});

const sql = async (query: string) => (await ctx.sql(query)).toArray({ int64: 'number' });

describe('a UDF in SQL and in expressions', () => {
  it('takes numbers and nulls', async () => {
    const expected = [3, null, -0, 4.5, 2e300].map((d) => ({ d }));
    expect(await sql('SELECT double(v) AS d FROM t ORDER BY id')).toEqual(expected);
    expect(
      await t
        .sort('id')
        .select(double(col('v')).alias('d'))
        .toArray(),
    ).toEqual(expected);
  });

  it('takes strings and skips nulls', async () => {
    const expected = ['A!', 'SS🌍!', null, '!', 'X Y!'].map((s) => ({ s }));
    expect(
      await t
        .sort('id')
        .select(shout(col('s')).alias('s'))
        .toArray(),
    ).toEqual(expected);
  });

  it('takes constants', async () => {
    expect(await sql("SELECT double(21) AS n, shout('a') AS s")).toEqual([{ n: 42, s: 'A!' }]);
  });

  it('returns the values of a built-in expression for millions of rows', async () => {
    await expect(
      sql('SELECT sum(price(delay, 0.25)) AS a, sum(CAST(delay AS DOUBLE) * 0.75) AS b FROM flights'),
    ).resolves.toSatisfy(([{ a, b }]: [{ a: number; b: number }]) => Math.abs(a - b) < 1e-6 && b > 1e7);
  });

  it.each([
    ['WHERE', 'SELECT id FROM t WHERE is_even(id) ORDER BY id', [{ id: 2 }, { id: 4 }]],
    ['another call', 'SELECT double(double(v)) AS d FROM t WHERE id = 4', [{ d: 9 }]],
    [
      'GROUP BY',
      'SELECT is_even(id) AS e, count(*) AS n FROM t GROUP BY is_even(id) ORDER BY 1',
      [
        { e: false, n: 3 },
        { e: true, n: 2 },
      ],
    ],
    ['ORDER BY', 'SELECT id FROM t ORDER BY is_even(id) DESC, id', [2, 4, 1, 3, 5].map((id) => ({ id }))],
    [
      'the keys of a join',
      'SELECT a.id AS x, b.id AS y FROM t a JOIN t b ON double(a.id) = double(b.id) AND is_even(a.id) ORDER BY 1',
      [
        { x: 2, y: 2 },
        { x: 4, y: 4 },
      ],
    ],
    ['another join condition', 'SELECT count(*) AS n FROM t a JOIN t b ON double(a.id) < b.id', [{ n: 4 }]],
    ['an aggregate', 'SELECT sum(double(v)) AS s FROM t WHERE id < 5', [{ s: 7.5 }]],
    ['the FILTER of an aggregate', 'SELECT count(*) FILTER (WHERE is_even(id)) AS n FROM t', [{ n: 2 }]],
    [
      'a window',
      'SELECT id, sum(double(id)) OVER (PARTITION BY is_even(id) ORDER BY id) AS s FROM t ORDER BY id',
      [2, 4, 8, 12, 18].map((s, i) => ({ id: i + 1, s })),
    ],
    ['HAVING', 'SELECT id % 2 AS k FROM t GROUP BY id % 2 HAVING is_even(count(*))', [{ k: 0 }]],
    [
      'a subquery',
      'SELECT id FROM t WHERE id IN (SELECT CAST(double(id) AS BIGINT) FROM t) ORDER BY id',
      [{ id: 2 }, { id: 4 }],
    ],
    [
      'CASE',
      'SELECT CASE WHEN is_even(id) THEN double(id) ELSE 0 END AS c FROM t ORDER BY id',
      [0, 4, 0, 8, 0].map((c) => ({ c })),
    ],
    ['a query without rows', 'SELECT double(v) AS d FROM t WHERE id > 9', []],
    ['a query with one row', 'SELECT shout(s) AS s FROM t WHERE id = 1', [{ s: 'A!' }]],
    [
      'UNION',
      "SELECT shout('a') AS s UNION ALL SELECT shout(s) FROM t WHERE id = 5 ORDER BY 1",
      [{ s: 'A!' }, { s: 'X Y!' }],
    ],
  ])('works in %s', async (_, query, expected) => {
    expect(await sql(query)).toEqual(expected);
  });

  it('works in views and in writes', async () => {
    await ctx.registerView('doubled', t.select('id', double(col('v')).alias('d')));
    expect(await sql('SELECT d FROM doubled WHERE id = 4')).toEqual([{ d: 4.5 }]);
    expect(await t.select('id', shout(col('s')).alias('s')).writeParquet(temp('shouted.parquet'))).toBe(5);
    expect(await (await ctx.readParquet(temp('shouted.parquet'))).filter("s = 'SS🌍!'").count()).toBe(1);
  });

  it('works in expressions without registration', async () => {
    const add = udf(
      { name: 'not_registered', args: ['Int64', 'Int64'], returns: 'Int64', skipNulls: true },
      (a, b) => a + b,
    );
    expect(await t.aggregate([], f.sum(add(col('id'), lit(1))).alias('s')).toArray()).toEqual([{ s: 20n }]);
    expect((await rejected(ctx.sql('SELECT not_registered(1, 2)'))).code).toBe('PLAN');
  });

  it('works in expressions with the name of a built-in function', async () => {
    for (const name of ['sum', 'row_number', 'upper']) {
      const own = udf({ name, args: ['Int64'], returns: 'Int64', skipNulls: true }, (x) => x + 1n);
      expect(
        await t
          .filter('id = 1')
          .select(own(col('id')).alias('n'))
          .toArray(),
        name,
      ).toEqual([{ n: 2n }]);
    }
  });

  it('can be replaced and deregistered', async () => {
    ctx.registerUdf(udf({ name: 'changes', args: [], returns: 'Utf8' }, () => 'one'));
    expect(await sql('SELECT changes() AS s')).toEqual([{ s: 'one' }]);
    ctx.registerUdf(udf({ name: 'changes', args: [], returns: 'Utf8' }, () => 'two'));
    expect(await sql('SELECT changes() AS s')).toEqual([{ s: 'two' }]);
    expect(ctx.udfs()).toContain('changes');
    expect(ctx.deregisterUdf('changes')).toBe(true);
    expect((await rejected(ctx.sql('SELECT changes()'))).code).toBe('PLAN');
    expect(ctx.deregisterUdf('changes')).toBe(false);
  });

  it('is needed to deregister a name: built-in functions stay', async () => {
    expect(ctx.deregisterUdf('upper')).toBe(false);
    expect(ctx.deregisterUdaf('sum')).toBe(false);
    expect(ctx.deregisterUdwf('rank')).toBe(false);
    expect(ctx.deregisterUdtf('range')).toBe(false);
    const query = "SELECT upper('a') AS u, sum(value) AS s, rank() OVER () AS r FROM range(0, 3)";
    expect(await sql(query)).toEqual([{ u: 'A', s: 3, r: 1 }]);
  });

  it('that hides a built-in function gives it back when it is deregistered', async () => {
    const query = 'SELECT abs(-3) AS x';
    for (const y of [1, 2]) {
      ctx.registerUdf(udf({ name: 'abs', args: ['Int64'], returns: 'Int64' }, y === 1 ? () => 1n : () => 2n));
      expect(await sql(query)).toEqual([{ x: y }]);
    }
    expect(ctx.deregisterUdf('abs')).toBe(true);
    expect(await sql(query)).toEqual([{ x: 3 }]);
  });
});

describe('a batch UDF', () => {
  it('can read numbers as typed arrays', async () => {
    const scaled = udf(
      { name: 'scaled', args: ['Float64'], returns: 'Float64', batch: true, captures: { factor: 3 } },
      (values) => (values.toArray() as Float64Array).map((value) => value * factor),
    );
    const [{ s }] = (await ctx
      .sql('SELECT CAST(value AS DOUBLE) AS x FROM range(0, 20000)')
      .then((df) => df.aggregate([], f.sum(scaled(col('x'))).alias('s')).toArray())) as [{ s: number }];
    expect(s).toBe(3 * (19_999 * 10_000));
  });

  it('takes vectors and returns arrays or vectors', async () => {
    const lengths = udf(
      { name: 'lengths', args: ['Utf8', 'Int64'], returns: 'Int32', batch: true },
      (texts, ids, { rows }) =>
        Array.from({ length: rows }, (_, i) =>
          texts.get(i) === null ? null : Number(ids.get(i)) * 100 + (texts.get(i) as string).length,
        ),
    );
    const same = udf({ name: 'same', args: ['Utf8'], returns: 'Utf8', batch: true }, (texts) => texts as never);
    const rows = await t
      .sort('id')
      .select(lengths(col('s'), col('id')).alias('n'), same(col('s')).alias('s'))
      .toArray();
    expect(rows).toEqual([
      { n: 101, s: 'a' },
      { n: 203, s: 'ß🌍' },
      { n: null, s: null },
      { n: 400, s: '' },
      { n: 503, s: 'x y' },
    ]);
  });

  it('fails with UDF if it returns the wrong number of values', async () => {
    const short = udf({ name: 'short', args: ['Int64'], returns: 'Int64', batch: true }, () => [1n]);
    const error = await rejected(t.select(short(col('id'))).collect());
    expect(error).toMatchObject({ code: 'UDF', message: expect.stringMatching(/1 values for \d rows/u) });
  });
});

describe('the output of a UDF', () => {
  const talks = udf({ name: 'talks', args: ['Int64'], returns: 'Int64' }, (id) => {
    if (id === 2n) console.error('two\nlines');
    else console.log('row', id);
    return id;
  });

  it('reaches listeners with its job, stage and task', async () => {
    const heard = new Map<string, UdfLogEntry>();
    const all = new Promise<() => void>((resolve) => {
      const end = ctx.onUdfLog((entry) => {
        if (entry.udf === 'talks' && heard.set(entry.text, entry).size === 5) resolve(end);
      });
    });
    await t.select(talks(col('id'))).collect();
    const end = await all;
    expect([...heard.keys()].sort()).toEqual(['row 1n', 'row 3n', 'row 4n', 'row 5n', 'two\nlines']);
    expect(heard.get('two\nlines')).toMatchObject({ udf: 'talks', stream: 'stderr' });
    const { jobId, stageId, taskId, stream } = heard.get('row 1n') as UdfLogEntry;
    expect(stream).toBe('stdout');
    expect([typeof jobId, typeof stageId, typeof taskId]).toEqual(
      LOCAL ? ['undefined', 'undefined', 'undefined'] : ['string', 'number', 'number'],
    );
    end();
    heard.clear();
    const other = new Promise((resolve) => ctx.onUdfLog(resolve));
    await t
      .limit(1)
      .select(talks(col('id')))
      .collect();
    await other;
    expect(heard.size).toBe(0);
  });

  it('causes a warning when a listener throws', async () => {
    const warnings = on(process, 'warning');
    const end = ctx.onUdfLog(() => {
      throw new Error('a listener threw');
    });
    await t
      .limit(1)
      .select(talks(col('id')))
      .collect();
    for await (const [{ message }] of warnings) if (message === 'a listener threw') break;
    end();
    expect(thrown(() => ctx.onUdfLog(1 as never))).toMatchObject({ code: 'INVALID_ARGUMENT' });
  });
});
