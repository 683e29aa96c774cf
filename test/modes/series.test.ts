import { describe, expect, it } from 'vitest';

import { withCluster, withContext } from '../support/cluster.js';

const cluster = await withCluster();
const ctx = withContext(cluster);

async function rows(query: string) {
  const df = await ctx.sql(query);
  return df.toArray({ int64: 'number' });
}

async function values(query: string) {
  return (await rows(query)).map((row) => row['value']);
}

describe('table functions', () => {
  it.each([
    ['generate_series(3)', [0, 1, 2, 3]],
    ['generate_series(2, 4)', [2, 3, 4]],
    ['generate_series(5, 1, -2)', [5, 3, 1]],
    ['range(3)', [0, 1, 2]],
    ['range(2, 4)', [2, 3]],
    ['range(5, 1, -2)', [5, 3]],
    ['range(4, 2)', []],
  ])('%s', async (call, expected) => {
    expect(await values(`SELECT * FROM ${call}`)).toEqual(expected);
  });

  it('over time', async () => {
    const call = `generate_series(TIMESTAMP '1969-12-31T00:00:00', TIMESTAMP '1970-01-02T00:00:00', INTERVAL '1 day')`;
    expect(await values(`SELECT * FROM ${call}`)).toEqual(
      ['1969-12-31', '1970-01-01', '1970-01-02'].map((day) => new Date(day)),
    );
  });

  it('a million numbers', async () => {
    expect(await rows('SELECT count(*) AS n, sum(value) AS s FROM generate_series(1, 1000000)')).toEqual([
      { n: 1_000_000, s: 500_000_500_000 },
    ]);
  });

  it('each row of a union of series once', async () => {
    const union = 'SELECT value FROM range(0, 1000) UNION ALL SELECT value FROM range(0, 500)';
    expect(await rows(`SELECT count(*) AS n, sum(value) AS s FROM (${union})`)).toEqual([{ n: 1500, s: 624_250 }]);
    await cluster.betweenQueries();
    expect((await values(`SELECT value FROM (${union}) ORDER BY value LIMIT 4`)).join()).toBe('0,0,1,1');
  });

  it('joins of series', async () => {
    const query = 'SELECT count(*) AS n FROM range(0, 100) AS a JOIN range(50, 150) AS b ON a.value = b.value';
    expect(await rows(query)).toEqual([{ n: 50 }]);
  });

  it.each(['generate_series()', 'range(1, 2, 3, 4)', "range('a', 'b')", 'range(0, 10, 0)'])(
    'refuses %s',
    async (call) => {
      await expect(rows(`SELECT * FROM ${call}`)).rejects.toMatchObject({ name: 'BallistaError' });
    },
  );
});

describe('unnest', () => {
  it('in the list of columns', async () => {
    expect(await rows('SELECT unnest([1, 2, NULL]) AS x')).toEqual([{ x: 1 }, { x: 2 }, { x: null }]);
  });

  it('as a table', async () => {
    expect(await rows('SELECT * FROM unnest([1, 2], [3, 4]) AS t(a, b)')).toEqual([
      { a: 1, b: 3 },
      { a: 2, b: 4 },
    ]);
  });

  it('of a column, with the rest of its row', async () => {
    const query = `SELECT id, unnest(items) AS item FROM (VALUES (1, [10, 20]), (2, [30])) AS t(id, items) ORDER BY item`;
    expect(await rows(query)).toEqual([
      { id: 1, item: 10 },
      { id: 1, item: 20 },
      { id: 2, item: 30 },
    ]);
  });

  it('of a struct', async () => {
    const [row] = await rows("SELECT unnest(s) FROM (SELECT {a: 1, b: 'x'} AS s)");
    expect(Object.values(row ?? {})).toEqual([1, 'x']);
  });
});
