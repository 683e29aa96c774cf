import { beforeAll, describe, expect, it } from 'vitest';

import { udf } from '../../src/udf/udf.js';
import { udtf } from '../../src/udf/udtf.js';
import { withCluster, withContext } from '../support/cluster.js';
import { rejected } from '../support/rejected.js';

const cluster = await withCluster();
const ctx = withContext(cluster);

const count = udtf(
  {
    name: 'count_to',
    args: ['Int64', 'Utf8'],
    returns: { n: 'Int64', s: 'Utf8', "it's x": 'List(Int32)' },
    int64: 'number',
  },
  function* (most, text) {
    for (let n = 1; n <= (most ?? 3); n++) yield { n, s: text?.repeat(n), "it's x": [n, null] };
  },
);
/** Never ends. */
const endless = udtf({ name: 'endless', args: [], returns: { n: 'Float64', twice: 'Float64' } }, function* () {
  for (let n = 0; ; n++) yield { n, twice: 2 * n };
});

beforeAll(() => {
  for (const fn of [count, endless]) ctx.registerUdtf(fn);
});

const sql = async (query: string) => (await ctx.sql(query)).toArray({ int64: 'number' });

describe('a TypeScript UDTF', () => {
  it('returns rows in SQL', async () => {
    expect(await sql("SELECT * FROM count_to(2, 'ab') ORDER BY n")).toEqual([
      { n: 1, s: 'ab', "it's x": [1, null] },
      { n: 2, s: 'abab', "it's x": [2, null] },
    ]);
    expect(await sql("SELECT * FROM count_to(0, 'ab')")).toEqual([]);
    expect(await sql('SELECT n, s FROM count_to(NULL, NULL) ORDER BY n DESC')).toEqual([
      { n: 3, s: null },
      { n: 2, s: null },
      { n: 1, s: null },
    ]);
  });

  it('works with filters, joins, groups and unused columns', async () => {
    expect(await sql("SELECT count(*) AS c FROM count_to(100000, '')")).toEqual([{ c: 100_000 }]);
    expect(
      await sql(
        "SELECT a.n % 3 AS k, count(*) AS c FROM count_to(9, 'a') a JOIN count_to(6, 'b') b USING (n) GROUP BY 1 ORDER BY 1",
      ),
    ).toEqual([0, 1, 2].map((k) => ({ k, c: 2 })));
    expect(await sql("SELECT s FROM count_to(9, 'a') WHERE n = 2")).toEqual([{ s: 'aa' }]);
    expect(await sql("SELECT (SELECT max(n) FROM count_to(7, '')) AS m")).toEqual([{ m: 7 }]);
  });

  it('stops at the limit', async () => {
    expect(await sql('SELECT twice FROM endless() LIMIT 3')).toEqual([{ twice: 0 }, { twice: 2 }, { twice: 4 }]);
    expect(await sql('SELECT n FROM endless() LIMIT 2 OFFSET 5')).toEqual([{ n: 5 }, { n: 6 }]);
    expect(await sql('SELECT n FROM endless() LIMIT 0')).toEqual([]);
  });

  it('takes constants, which are computed and cast, and rejects other arguments', async () => {
    expect(await sql("SELECT max(n) AS n FROM count_to(1 + 1, concat('a', 'b'))")).toEqual([{ n: 2 }]);
    expect(await sql("SELECT max(n) AS n FROM count_to('4', 5)")).toEqual([{ n: 4 }]);
    for (const call of ['count_to(1)', "count_to(1, 'a', 2)", "count_to(random(), 'a')", "count_to('x', 'a')"])
      expect((await rejected(sql(`SELECT * FROM ${call}`))).code).toBe('PLAN');
  });

  it('can return an array and be async', async () => {
    const letters = udtf({ name: 'letters', args: ['Utf8'], returns: { c: 'Utf8' } }, (text) =>
      [...(text ?? '')].map((c) => ({ c })),
    );
    const slow = udtf({ name: 'slow', args: [], returns: { c: 'Int32' } }, async function* () {
      yield { c: await Promise.resolve(1) };
      yield {};
    });
    for (const fn of [letters, slow]) ctx.registerUdtf(fn);
    expect(await sql("SELECT c FROM letters('ß🌍')")).toEqual([{ c: 'ß' }, { c: '🌍' }]);
    expect(await sql('SELECT c FROM slow()')).toEqual([{ c: 1 }, { c: null }]);
  });

  it('streams its rows, so a query with a filter and a limit can end it', async () => {
    const rows = await sql('SELECT n % 100000 AS rest FROM endless() WHERE n % 100000 = 7 LIMIT 3');
    expect(rows).toEqual(Array(3).fill({ rest: 7 }));
  });

  it('can return batches and come from a module', async () => {
    const url = new URL('../support/udf/batches.ts', import.meta.url);
    const options = { name: 'batches', args: ['Int32'], returns: { a: 'Int32', b: 'Utf8', c: 'Int32' } } as const;
    ctx.registerUdtf(await udtf.fromModule(url, 'batches', options));
    expect(await sql('SELECT b, a, c FROM batches(2)')).toEqual([
      { b: 'row 0', a: 0, c: null },
      { b: 'row 1', a: 1, c: null },
      { b: null, a: -1, c: null },
    ]);
    expect(await sql('SELECT count(*) AS n, count(b) AS b, sum(a) AS s FROM batches(20000)')).toEqual([
      { n: 20_001, b: 20_000, s: 199_989_999 },
    ]);
    expect(await sql('SELECT a FROM batches(20) LIMIT 2')).toEqual([{ a: 0 }, { a: 1 }]);
  });

  it('can return batches of timestamps, dates and decimals', async () => {
    const url = new URL('../support/udf/batches.ts', import.meta.url);
    const returns = { at: 'Timestamp(µs)', day: 'Date32', price: 'Decimal128(10, 2)', list: 'List(Int32)' } as const;
    const times = await udtf.fromModule(url, 'times', { name: 'times', args: ['Int32'], returns });
    ctx.registerUdtf(times);
    expect(await (await ctx.sql('SELECT * FROM times(1)')).toArray({ timestamp: 'bigint', date: 'string' })).toEqual([
      { at: 1_700_000_000_123_456n, day: '2026-11-23', price: '12.30', list: [1, null] },
    ]);
    // A UDF can read these columns, and is not called if there are no rows.
    const year = udf({ name: 'year_of', args: ['Date32'], returns: 'Int32', skipNulls: true }, (day) =>
      day.getUTCFullYear(),
    );
    ctx.registerUdf(year);
    expect(await sql('SELECT year_of(day) AS y FROM times(1)')).toEqual([{ y: 2026 }]);
    expect(await sql('SELECT year_of(day) AS y FROM times(0)')).toEqual([]);
  });

  it('sends its output to its session', async () => {
    const talks = udtf({ name: 'talks', args: [], returns: { n: 'Int32' } }, function* () {
      console.log('one row');
      yield { n: 1 };
    });
    ctx.registerUdtf(talks);
    const heard = new Promise((resolve) => ctx.onUdfLog(resolve));
    await sql('SELECT n FROM talks()');
    expect(await heard).toMatchObject({ udf: 'talks', text: 'one row', stream: 'stdout' });
  });

  it('works in views and in the DataFrame API', async () => {
    const df = await ctx.sql("SELECT * FROM count_to(5, 'z')");
    await ctx.registerView('counted', df);
    expect(await (await ctx.table('counted')).filter('n > 3').count()).toBe(2);
  });

  it('rejects with the cause, or after timeoutMs', async () => {
    const fails = udtf({ name: 'fails', args: [], returns: { c: 'Int32' } }, function* () {
      yield { c: 1 };
      throw new RangeError('no more');
    });
    const rows = udtf({ name: 'no_rows', args: [], returns: { c: 'Int32' } }, (() => [1]) as never);
    const late = udtf({ name: 'late', args: [], returns: { c: 'Int32' }, timeoutMs: 200 }, function* () {
      for (;;) yield* [];
    });
    for (const fn of [fails, rows, late]) ctx.registerUdtf(fn);
    expect(await rejected(sql('SELECT * FROM fails()'))).toMatchObject({
      code: 'UDF',
      cause: { name: 'RangeError', message: 'no more' },
    });
    expect(String((await rejected(sql('SELECT * FROM no_rows()'))).cause)).toContain('A row must be an object');
    expect((await rejected(sql('SELECT * FROM late()'))).message).toContain('200 ms');
  });

  it('is checked when it is created and can be deregistered', async () => {
    expect(() => udtf({ name: 'x', args: [], returns: {} }, () => [])).toThrow(/each column by its name/u);
    expect(() => udtf({ name: 'x', args: [], returns: 'Int32' as never }, () => [])).toThrow(
      /each column by its name/u,
    );
    expect(() => udtf({ name: 'x', args: [], returns: { 'a"b': 'Int32' } }, () => [])).toThrow(/quote/u);
    expect(() => ctx.registerUdtf(null as never)).toThrow(/made with udtf\(\)/u);
    expect(ctx.deregisterUdtf('endless')).toBe(true);
    expect((await rejected(sql('SELECT * FROM endless()'))).code).toBe('PLAN');
  });
});
