import type { Vector } from 'apache-arrow';
import { beforeAll, describe, expect, it } from 'vitest';

import type { DataFrame } from '../../src/dataframe/dataframe.js';
import { col, lit } from '../../src/expr/expr.js';
import { Window } from '../../src/expr/window.js';
import { udwf } from '../../src/udf/udwf.js';
import { withCluster, withContext } from '../support/cluster.js';
import { FLIGHTS } from '../support/data.js';
import { rejected } from '../support/rejected.js';

const cluster = await withCluster();
const ctx = withContext(cluster);

const session = udwf(
  { name: 'session', args: ['Int64', 'Int64'], returns: 'Int32', int64: 'number' },
  function* (at, gap) {
    let id = 0;
    let last = Number.NEGATIVE_INFINITY;
    for (const [i, time] of at.entries()) {
      if ((time ?? 0) - last > (gap[i] ?? 0)) id++;
      last = time ?? 0;
      yield id;
    }
  },
);

let clicks: DataFrame;

beforeAll(async () => {
  ctx.registerUdwf(session);
  clicks = await ctx.fromColumns({ who: ['a', 'b', 'a', 'a', 'b', 'a'], at: [1, 2, 9, 40, 50, 41] });
  await ctx.registerView('clicks', clicks);
  await ctx.registerParquet('flights', FLIGHTS);
});

const sql = async (query: string) => (await ctx.sql(query)).toArray({ int64: 'number' });

describe('a TypeScript UDWF', () => {
  it('works in SQL and in expressions', async () => {
    const expected = [1, 1, 1, 2, 2, 2];
    const rows = await sql(
      'SELECT at, session(at, 10) OVER (PARTITION BY who ORDER BY at) AS s FROM clicks ORDER BY at',
    );
    expect(rows.map((row) => row['s'])).toEqual(expected);
    const over = session(col('at'), lit(10)).over(Window.partitionBy('who').orderBy('at'));
    const same = await clicks.select('at', over.alias('s')).sort('at').toArray();
    expect(same.map((row) => row['s'])).toEqual(expected);
  });

  it('works with any order and without an order', async () => {
    const rows = await sql('SELECT at, session(-at, 10) OVER (ORDER BY at DESC) AS s FROM clicks ORDER BY at');
    expect(rows.map((row) => row['s'])).toEqual([2, 2, 2, 1, 1, 1]);
    expect(await sql('SELECT max(s) AS s FROM (SELECT session(0, 1) OVER () AS s FROM clicks)')).toEqual([{ s: 1 }]);
    expect(await sql('SELECT session(at, 1) OVER () AS s FROM clicks WHERE at > 99')).toEqual([]);
  });

  it('works with batches, many partitions and computed keys', async () => {
    const numbered = udwf(
      { name: 'numbered', args: ['Int64'], returns: 'Int64', batch: true },
      (values: Vector, { rows }) =>
        BigInt64Array.from({ length: rows }, (_, row) => BigInt(row + (values.length === rows ? 1 : 0))),
    );
    ctx.registerUdwf(numbered);
    const [row] = await sql(`
      SELECT count(*) AS n, count(*) FILTER (WHERE a = b) AS same FROM (
        SELECT numbered(delay) OVER w AS a, row_number() OVER w AS b
        FROM flights WINDOW w AS (PARTITION BY upper(origin) ORDER BY date, distance, delay, destination))`);
    expect(row?.['n']).toBeGreaterThan(100_000);
    expect(row?.['same']).toBe(row?.['n']);
  });

  it('fails with UDF if it returns too few values, returns nothing or throws', async () => {
    const make = (name: string, fn: () => unknown) =>
      udwf({ name, args: ['Int64'], returns: 'Int64' }, fn as never)(col('at')).over(Window.orderBy('at'));
    for (const [expr, text] of [
      [make('few', () => [1, 2]), '2 values for 6 rows'],
      [make('none', () => undefined), 'a value for each row'],
      [
        make('throws', () => {
          throw new Error('no session');
        }),
        'no session',
      ],
    ] as const) {
      const error = await rejected(clicks.select(expr.alias('s')).toArray());
      expect(error.code).toBe('UDF');
      expect(String((error.cause as Error).message)).toContain(text);
    }
  });

  it('is listed, needs a window and can be deregistered', async () => {
    expect(ctx.udwfs()).toContain('session');
    expect((await rejected(sql('SELECT session(at, 1) FROM clicks'))).code).toBe('PLAN');
    expect(ctx.deregisterUdwf('session')).toBe(true);
    expect(() => ctx.registerUdwf('session' as never)).toThrow(/made with udwf\(\)/u);
  });
});
