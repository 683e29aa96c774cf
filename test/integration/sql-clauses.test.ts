/** Clauses of other engines: what is rewritten, and what is refused before it is planned. The plan is the same in all modes. */

import { describe, expect, it } from 'vitest';

import { SessionContext } from '../../src/session/session-context.js';
import { rejected } from '../support/rejected.js';

const ctx = SessionContext.local();
await ctx.sql(`CREATE TABLE t AS SELECT * FROM (VALUES (1, 'a'), (2, 'b'), (3, 'b')) v(id, s)`);
await ctx.sql(`CREATE TABLE u AS SELECT 2 AS id, [7, 8] AS items, TIMESTAMP '2024-03-01 10:00:00' AS time`);

async function rows(query: string) {
  return ctx.query(query, { int64: 'number' });
}

describe('forms that are rewritten', () => {
  it.each([
    ['FROM t', 'SELECT * FROM t'],
    ['FROM t SELECT id', 'SELECT id FROM t'],
    ['SELECT id FROM t SEMI JOIN u USING (id)', 'SELECT id FROM t LEFT SEMI JOIN u USING (id)'],
    ['SELECT id FROM t ANTI JOIN u USING (id) ORDER BY 1', 'SELECT id FROM t LEFT ANTI JOIN u USING (id) ORDER BY 1'],
    ['SELECT t.id FROM (t ANTI JOIN u USING (id)) ORDER BY 1', 'SELECT id FROM t WHERE id <> 2 ORDER BY 1'],
    ['SELECT id FROM t ORDER BY id FETCH FIRST 2 ROWS ONLY', 'SELECT id FROM t ORDER BY id LIMIT 2'],
    ['SELECT id FROM t ORDER BY id FETCH FIRST ROW ONLY', 'SELECT id FROM t ORDER BY id LIMIT 1'],
    [
      'SELECT id FROM t ORDER BY id OFFSET 1 ROWS FETCH NEXT 1 ROWS ONLY',
      'SELECT id FROM t ORDER BY id LIMIT 1 OFFSET 1',
    ],
    [`SELECT s FROM t WHERE s NOT REGEXP 'A'`, 'SELECT s FROM t'],
    [`SELECT s FROM t WHERE s RLIKE 'b'`, `SELECT s FROM t WHERE s ~ 'b'`],
    ['SELECT true IS DISTINCT FROM true AND false AS x', 'SELECT false AS x'],
    [
      'SELECT id FROM t WHERE NOT id IS DISTINCT FROM 1 OR id > 2 ORDER BY id',
      'SELECT id FROM t WHERE id IN (1, 3) ORDER BY id',
    ],
    [
      `SELECT id FROM t WHERE id < 3 AND s IS NOT DISTINCT FROM 'b' AND id > 1 OR id IS NOT DISTINCT FROM 3 AND s = 'b'`,
      'SELECT id FROM t WHERE id IN (2, 3)',
    ],
    [`SELECT id FROM t WHERE id > 1 AND s IS DISTINCT FROM 'a' OR id = 1 ORDER BY id`, 'SELECT id FROM t ORDER BY id'],
    [`SELECT id FROM t WHERE s IS DISTINCT FROM ('a' || '') AND id = 2`, 'SELECT 2 AS id'],
    ['EXPLAIN FROM t', 'EXPLAIN SELECT * FROM t'],
    [`SELECT (named_struct('a', 1)).a AS a`, 'SELECT 1 AS a'],
    [`SELECT t.s[1] AS c FROM (SELECT [7] AS s) t`, 'SELECT 7 AS c'],
    [`SELECT t.s['a'] AS a FROM (SELECT named_struct('a', 1) AS s) t`, 'SELECT 1 AS a'],
    [`SELECT (s).A.b AS b FROM (SELECT named_struct('a', named_struct('b', 2)) AS s)`, 'SELECT 2 AS b'],
    [`SELECT (s)."A" AS a FROM (SELECT named_struct('A', 3) AS s)`, 'SELECT 3 AS a'],
  ])('%s', async (query, meaning) => {
    const found = await rows(query);
    expect(found).toEqual(await rows(meaning));
    expect(found.length).toBeGreaterThan(0);
  });

  it('CREATE TABLE AS FROM', async () => {
    await ctx.sql('CREATE TABLE copy AS FROM t');
    expect(await rows('FROM copy')).toEqual(await rows('SELECT * FROM t'));
  });
});

/** A query and a part of what the error says to write. */
const REFUSED: readonly [query: string, instead: string][] = [
  ['SELECT * FROM t TABLESAMPLE (10 PERCENT)', 'WHERE random() < 0.1'],
  ['SELECT * FROM (SELECT 1) x TABLESAMPLE (10 ROWS)', 'sample()'],
  ['EXPLAIN SELECT * FROM t TABLESAMPLE (10 PERCENT)', 'WHERE random() < 0.1'],
  [`COPY (SELECT * FROM t TABLESAMPLE (10 PERCENT)) TO 'x.csv'`, 'WHERE random() < 0.1'],
  ['SELECT TOP 1 * FROM t', 'LIMIT 10'],
  ['SELECT * FROM t PREWHERE id = 1', 'Write WHERE'],
  ['SELECT * FROM t START WITH id = 1 CONNECT BY PRIOR id = id', 'WITH RECURSIVE'],
  ['SELECT s, count(*) FROM t GROUP BY s WITH ROLLUP', 'GROUP BY ROLLUP (a, b)'],
  ['SELECT id FROM t ORDER BY id FETCH FIRST 1 ROWS WITH TIES', 'FETCH FIRST 10 ROWS ONLY'],
  ['SELECT * FROM u, LATERAL unnest(items) AS item', 'unnest(items) AS item'],
  ['SELECT * FROM u CROSS JOIN unnest(items) AS item', 'unnest(items) AS item'],
  ['SELECT * FROM u LATERAL VIEW explode(items) e AS item', 'unnest(items) AS item'],
  [`SELECT * FROM t PIVOT (sum(id) FOR s IN ('a'))`, 'pivot()'],
  ['PIVOT t ON s USING sum(id)', 'pivot()'],
  ['UNPIVOT t ON id', 'unpivot()'],
  [`SELECT * FROM JSON_TABLE('[1]', '$[*]' COLUMNS (a INT PATH '$')) j`, 'readJson()'],
  ['CREATE INDEX i ON t (id)', 'sorted by the column'],
  ['CREATE FUNCTION f() RETURNS INT RETURN 1', 'registerUdf()'],
  ['SUMMARIZE t', 'describe()'],
  ['TABLE t', 'SELECT * FROM t'],
  [`COPY t FROM 'x.csv'`, 'INSERT INTO t SELECT'],
  [`COPY t TO 'x.parquet' (FORMAT parquet)`, 'STORED AS PARQUET'],
  ['SELECT * FROM t LIMIT 50 PERCENT', 'LIMIT with a number of rows'],
  ['SELECT * FROM t ORDER BY ALL', 'ORDER BY 1, 2, 3'],
  ['SELECT count(*, 1) FROM t', 'Write the columns'],
  ['SELECT max(t.*) FROM t', 'Write the columns'],
  ['SELECT count(DISTINCT *) FROM t', 'Write the columns'],
  ['SELECT * FROM t FULL JOIN u USING (id)', 'coalesce(a.key, b.key)'],
  ['SELECT * FROM (t NATURAL RIGHT JOIN u)', 'coalesce(a.key, b.key)'],
  ['SELECT count(*) OVER (w) FROM t WINDOW w AS (PARTITION BY s)', 'Write OVER w'],
  ['SELECT sum(id) OVER v FROM t WINDOW w AS (PARTITION BY s), v AS (w ORDER BY id)', 'Write OVER w'],
  ['SELECT INTERVAL $1', `n * INTERVAL '1 day'`],
  ['SELECT * FROM t a JOIN t b ON sum(a.id) = 1', 'in a subquery'],
  ['INSERT INTO t VALUES (sum(1), 1)', 'in a subquery'],
  ['SELECT * FROM t LIMIT (SELECT 1)', 'LIMIT $1'],
  ['SELECT * FROM t OFFSET 1 + (SELECT 1)', 'LIMIT $1'],
  ['BEGIN', 'Remove BEGIN, COMMIT and ROLLBACK'],
  ['START TRANSACTION', 'each statement takes effect when it ends'],
  ['COMMIT', 'Remove BEGIN'],
  ['ROLLBACK', 'Remove BEGIN'],
  ['SAVEPOINT a', 'Remove BEGIN'],
  ['SET TIME ZONE LOCAL', `SET TIME ZONE 'Europe/Berlin'`],
  ['SELECT * FROM t ORDER BY s COLLATE "de"', 'lower(name)'],
  ['SELECT time AT TIME ZONE s FROM t, u', `AT TIME ZONE 'Europe/Berlin'`],
  ['SELECT 1 UNION ALL SELECT 1 FROM t ASOF JOIN t b ON t.id = b.id', 'max_by(b.price, b.time)'],
];

it('SET TIME ZONE sets the zone of the session', async () => {
  const zoned = SessionContext.local();
  await zoned.sql(`SET TIME ZONE 'Europe/Berlin'`);
  expect(await rejected(zoned.sql(`SET TIME ZONE 'Mars/Olympus'`))).toMatchObject({
    code: 'CONFIG',
    message: expect.stringContaining('Mars/Olympus'),
  });
  expect(await zoned.query(`SELECT arrow_typeof(now()) AS t`)).toEqual([{ t: 'Timestamp(ns, "Europe/Berlin")' }]);
});

describe('clauses that are refused', () => {
  it.each(REFUSED)('%s', async (query, instead) => {
    expect(await rejected(rows(query))).toMatchObject({
      code: 'NOT_IMPLEMENTED',
      message: expect.stringContaining(instead),
    });
    expect(await rows('SELECT count(*) AS n FROM t')).toEqual([{ n: 3 }]);
  });

  it('a column can have the name all', async () => {
    expect(await rows('SELECT id AS "all" FROM t ORDER BY all LIMIT 1')).toEqual([{ all: 1 }]);
  });

  it('functions that read files in DuckDB: the error says how to read them here', async () => {
    expect(await rejected(rows(`SELECT * FROM read_csv('a.csv')`))).toMatchObject({
      code: 'PLAN',
      message: expect.stringContaining(`FROM 'file.parquet'`),
    });
  });
});

describe('formats of dates', () => {
  it.each([
    `SELECT to_char(time, 'YYYY-MM-DD') FROM u`,
    `SELECT date_format(time, 'yyyy-MM-dd') FROM u`,
    `SELECT to_timestamp('2024-01-02', 'YYYY-MM-DD')`,
    `SELECT to_date('02.01.2024', 'DD.MM.YYYY')`,
    `SELECT strftime(time, 'YYYY') FROM u`,
  ])('without fields are refused: %s', async (query) => {
    expect(await rejected(rows(query))).toMatchObject({
      code: 'PLAN',
      message: expect.stringContaining(`'%Y-%m-%d %H:%M:%S'`),
    });
  });

  it.each([
    [`to_char(time, '%d.%m.%Y')`, '01.03.2024'],
    [`to_char(INTERVAL '1 day' + time - time, 'pretty')`, '1 days 0 hours 0 mins 0.000000000 secs'],
    [`to_char(time, '')`, ''],
  ])('%s is %j', async (expression, value) => {
    expect(await rows(`SELECT ${expression} AS x FROM u`)).toEqual([{ x: value }]);
  });
});

describe('the rows of EXPLAIN', () => {
  it.each(['EXPLAIN SELECT * FROM t', 'EXPLAIN ANALYZE SELECT * FROM t'])(
    '%s: verbs say to collect them',
    async (query) => {
      const explained = await ctx.sql(query);
      expect(() => explained.limit(1)).toThrow('Collect its rows, for example with toArray().');
      const table = await ctx.table('t');
      expect(() => table.union(explained)).toThrow('Collect its rows');
      expect((await explained.toArray()).length).toBeGreaterThan(0);
    },
  );
});
