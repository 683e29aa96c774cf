import { beforeAll, describe, expect, it } from 'vitest';

import { lit } from '../../src/expr/expr.js';
import { sql } from '../../src/sql/sql-tag.js';
import { WHOLE, withCluster, withContext } from '../support/cluster.js';
import { AIRPORTS, FLIGHTS } from '../support/data.js';
import { rejected } from '../support/rejected.js';

// The expected values of the real data were computed with DuckDB.
const cluster = await withCluster();
const ctx = withContext(cluster);

beforeAll(async () => {
  await ctx.registerParquet('flights', FLIGHTS);
  await ctx.registerCsv('airports', AIRPORTS);
});

async function rows(query: Parameters<typeof ctx.sql>[0], options?: Parameters<typeof ctx.sql>[1]) {
  const df = await ctx.sql(query, options);
  return df.toArray({ int64: 'number' });
}

describe('SELECT', () => {
  it('works without a table', async () => {
    expect(await rows("SELECT 1 AS a, 'x' AS b, NULL AS c, 1.5 AS d, true AS e")).toEqual([
      { a: 1, b: 'x', c: null, d: 1.5, e: true },
    ]);
  });

  it('aggregates three million rows', async () => {
    const query = `SELECT count(*) AS n, sum(delay) AS delay, sum(distance) AS miles, count(DISTINCT origin) AS origins,
                          min(date) AS first, max(date) AS last FROM flights`;
    expect(await rows(query)).toEqual([
      {
        n: 3_000_000,
        delay: 20_003_603,
        miles: 2_194_861_208,
        origins: 229,
        first: new Date('2001-01-01T00:01:00Z'),
        last: new Date('2001-07-01T00:00:00Z'),
      },
    ]);
  });

  it('groups, filters groups and sorts', async () => {
    const query = `SELECT origin, count(*) AS n FROM flights GROUP BY origin HAVING count(*) > 120000 ORDER BY n DESC`;
    expect(await rows(query)).toEqual([
      { origin: 'ORD', n: 166_341 },
      { origin: 'DFW', n: 157_162 },
      { origin: 'ATL', n: 124_711 },
    ]);
  });

  it('groups with ROLLUP', async () => {
    const query = `SELECT state, count(*) AS n FROM airports WHERE state IN ('WA', 'OR')
                   GROUP BY ROLLUP (state) ORDER BY state NULLS LAST`;
    expect(await rows(query)).toEqual([
      { state: 'OR', n: 57 },
      { state: 'WA', n: 65 },
      { state: null, n: 122 },
    ]);
  });

  it('joins Parquet with CSV', async () => {
    const query = `SELECT a.city, count(*) AS n, sum(f.delay) AS delay FROM flights f JOIN airports a ON a.iata = f.origin
                   WHERE a.state = 'WA' GROUP BY a.city ORDER BY n DESC`;
    expect(await rows(query)).toEqual([
      { city: 'Seattle', n: 50_231, delay: 485_208 },
      { city: 'Spokane', n: 6_193, delay: 41_100 },
      { city: 'Pasco', n: 611, delay: 297 },
    ]);
  });

  it.each([
    ['JOIN', [[2, 2]]],
    [
      'LEFT JOIN',
      [
        [1, null],
        [2, 2],
      ],
    ],
    [
      'RIGHT JOIN',
      [
        [2, 2],
        [null, 3],
      ],
    ],
    [
      'FULL JOIN',
      [
        [1, null],
        [2, 2],
        [null, 3],
      ],
    ],
  ])('supports %s', async (join, expected) => {
    const query = `SELECT l.x, r.x AS y FROM (VALUES (1), (2)) AS l(x) ${join} (VALUES (2), (3)) AS r(x) ON l.x = r.x
                   ORDER BY l.x NULLS LAST, r.x`;
    expect(await rows(query)).toEqual(expected.map(([x, y]) => ({ x, y })));
  });

  it('supports cross joins and joins on inequality', async () => {
    const query = (join: string) =>
      `SELECT count(*) AS n FROM (VALUES (1), (2), (3)) AS l(x) ${join} (VALUES (1), (2), (3)) AS r(x)`;
    expect(await rows(query('CROSS JOIN'))).toEqual([{ n: 9 }]);
    await cluster.betweenQueries();
    expect(await rows(`${query('JOIN')} ON l.x < r.x`)).toEqual([{ n: 3 }]);
  });

  it('supports window functions', async () => {
    const query = `SELECT origin, n, rank() OVER (ORDER BY n DESC) AS rank, sum(n) OVER () AS total,
                          n - lag(n) OVER (ORDER BY n DESC) AS step
                   FROM (SELECT origin, count(*) AS n FROM flights GROUP BY origin) ORDER BY rank LIMIT 2`;
    expect(await rows(query)).toEqual([
      { origin: 'ORD', n: 166_341, rank: 1, total: 3_000_000, step: null },
      { origin: 'DFW', n: 157_162, rank: 2, total: 3_000_000, step: -9_179 },
    ]);
  });

  it('supports common table expressions', async () => {
    const query = `WITH late AS (SELECT * FROM flights WHERE delay > 100), n AS (SELECT count(*) AS n FROM late)
                   SELECT n FROM n`;
    expect(await rows(query)).toEqual([{ n: 63_449 }]);
  });

  it('supports recursive common table expressions if one executor runs the query', async () => {
    const query =
      'WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t WHERE n < 5) SELECT sum(n) AS s FROM t';
    if (WHOLE) expect(await rows(query)).toEqual([{ s: 15 }]);
    else expect(await rejected(rows(query))).toMatchObject({ code: 'NOT_IMPLEMENTED' });
  });

  it.each([
    ['IN', 'iata IN (SELECT origin FROM flights)', 229],
    ['NOT IN', 'iata NOT IN (SELECT origin FROM flights)', 3_147],
    ['EXISTS', 'EXISTS (SELECT 1 FROM flights f WHERE f.origin = iata)', 229],
    ['a correlated scalar', '(SELECT count(*) FROM flights f WHERE f.origin = iata) > 120000', 3],
    ['an uncorrelated scalar', 'latitude > (SELECT max(latitude) - 1 FROM airports)', 3],
  ])('supports subqueries: %s', async (_, predicate, n) => {
    expect(await rows(`SELECT count(*) AS n FROM airports WHERE ${predicate}`)).toEqual([{ n }]);
  });

  it.each([
    ['UNION', [1, 2, 3]],
    ['UNION ALL', [1, 1, 2, 2, 3]],
    ['INTERSECT', [2]],
    ['EXCEPT', [1]],
  ])('supports %s', async (operator, expected) => {
    const query = `SELECT x FROM (VALUES (1), (1), (2)) AS l(x) ${operator} SELECT x FROM (VALUES (2), (3)) AS r(x) ORDER BY x`;
    expect((await rows(query)).map((row) => row['x'])).toEqual(expected);
  });

  it('sorts a union of many parts and returns each row once', async () => {
    // More parts than an executor has slots: several tasks share the stage.
    const part = (state: string) => `SELECT iata FROM airports WHERE state = '${state}'`;
    const states = ['WA', 'OR', 'CA', 'HI', 'AK'];
    const found = await rows(`${states.map(part).join(' UNION ALL ')} ORDER BY iata`);
    const [all] = await rows(`SELECT count(*) AS n FROM airports WHERE state IN ('${states.join("', '")}')`);
    expect(found).toHaveLength(Number(all?.['n']));
    expect(new Set(found.map((row) => row['iata'])).size).toBe(found.length);
  });

  it('supports list functions', async () => {
    const query = `SELECT array_length(x) AS length, array_append(x, 9) AS more, make_array(y, 0) AS made, x[1] AS first,
                          array_to_string(range(0, y), '-') AS range
                   FROM (VALUES ([1, 2], 3), ([4], 2)) AS t(x, y) ORDER BY y`;
    expect(await rows(query)).toEqual([
      { length: 1, more: [4, 9], made: [2, 0], first: 4, range: '0-1' },
      { length: 2, more: [1, 2, 9], made: [3, 0], first: 1, range: '0-1-2' },
    ]);
  });

  it('supports DISTINCT, LIMIT and OFFSET', async () => {
    const query = `SELECT DISTINCT state FROM airports WHERE state IN ('WA', 'OR', 'CA') ORDER BY state LIMIT 2 OFFSET 1`;
    expect(await rows(query)).toEqual([{ state: 'OR' }, { state: 'WA' }]);
  });
});

describe('an empty result keeps its columns', () => {
  it.each([
    ['a false predicate', 'SELECT iata, latitude FROM airports WHERE 1 = 2'],
    ['LIMIT 0', 'SELECT iata, latitude FROM airports LIMIT 0'],
    ['no matching row', "SELECT iata, latitude FROM airports WHERE iata = 'none'"],
    ['an empty side of a join', 'SELECT a.iata, a.latitude FROM airports a JOIN (SELECT 1 AS x WHERE false) ON true'],
  ])('with %s', async (_, query) => {
    const df = await ctx.sql(query);
    const table = await df.toArrow();
    expect(table.numRows).toBe(0);
    expect(table.schema.fields.map((field) => `${field.name}: ${field.type}`)).toEqual([
      'iata: Utf8',
      'latitude: Float64',
    ]);
    await cluster.betweenQueries();
    expect(await df.count()).toBe(0);
  });
});

describe('parameters', () => {
  it('are set by position or by name', async () => {
    const query = (a: string, b: string) => `SELECT count(*) AS n FROM airports WHERE state = ${a} AND latitude > ${b}`;
    expect(await rows(query('$1', '$2'), { params: ['WA', 48.5] })).toEqual([{ n: 7 }]);
    await cluster.betweenQueries();
    expect(await rows(query('$state', '$north'), { params: { state: 'WA', north: 48.5 } })).toEqual([{ n: 7 }]);
  });

  it('can have every type', async () => {
    const values = [null, true, 7, 2n ** 62n, 1.5, "x'; --", new Date(-1), Uint8Array.of(0, 255), lit(3, 'Int8')];
    const columns = values.map((_, i) => `$${i + 1} AS c${i}`).join(', ');
    const [row] = await (await ctx.sql(`SELECT ${columns}`, { params: values })).toArray();
    expect(Object.values(row ?? {})).toEqual([...values.slice(0, 2), 7n, ...values.slice(3, 8), 3]);
  });

  it('come from the sql tag, with identifiers and nested queries', async () => {
    const north = sql`${sql.ident('latitude')} > ${48.5}`;
    const states = sql.join(['WA', "it's"]);
    const query = sql`SELECT count(*) AS n FROM ${sql.ident('public', 'airports')} WHERE state IN (${states}) AND ${north}`;
    expect(await rows(query)).toEqual([{ n: 7 }]);
  });
});
