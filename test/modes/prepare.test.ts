import type { Schema } from 'apache-arrow';
import { beforeAll, describe, expect, it } from 'vitest';

import { lit } from '../../src/expr/expr.js';
import type { PreparedStatement } from '../../src/session/prepared-statement.js';
import type { Params } from '../../src/sql/params.js';
import { sql } from '../../src/sql/sql-tag.js';
import { udf } from '../../src/udf/udf.js';
import { newContext, withCluster, withContext } from '../support/cluster.js';
import { AIRPORTS, FLIGHTS, tempFolder } from '../support/data.js';
import { rejected } from '../support/rejected.js';

const cluster = await withCluster();
const ctx = withContext(cluster);
const temp = tempFolder();

beforeAll(async () => {
  await ctx.registerParquet('flights', FLIGHTS);
  await ctx.registerCsv('airports', AIRPORTS);
});

async function run(statement: PreparedStatement, params?: Params) {
  return (await statement.execute(params)).toArray({ int64: 'number' });
}

async function rows(query: string) {
  return (await ctx.sql(query)).toArray({ int64: 'number' });
}

function types(statement: PreparedStatement) {
  return statement.parameters.map(({ name, type }) => [name, type === undefined ? undefined : String(type)]);
}

describe('a prepared statement', () => {
  it('runs with different values each time', async () => {
    const statement = await ctx.prepare('SELECT count(*) AS n FROM flights WHERE origin = $1 AND delay > $2');
    expect(await run(statement, ['SEA', 60])).toEqual([{ n: 2763 }]);
    await cluster.betweenQueries();
    expect(await run(statement, ['JFK', 600])).toEqual(
      await rows("SELECT count(*) AS n FROM flights WHERE origin = 'JFK' AND delay > 600"),
    );
  });

  it('takes values by name', async () => {
    const statement = await ctx.prepare('SELECT city FROM airports WHERE iata = $iata OR iata = lower($iata)');
    expect(types(statement)).toEqual([['iata', 'Utf8']]);
    expect(await run(statement, { iata: 'SEA' })).toEqual([{ city: 'Seattle' }]);
  });

  it('runs without values if it has no parameters', async () => {
    const statement = await ctx.prepare('SELECT 1 AS one');
    expect(statement.parameters).toEqual([]);
    for (const params of [undefined, [], {}]) expect(await run(statement, params)).toEqual([{ one: 1 }]);
  });

  it('returns a DataFrame that takes verbs', async () => {
    const statement = await ctx.prepare<{ iata: string }>('SELECT * FROM airports WHERE state = $1');
    const df = (await statement.execute(['WA'])).select('iata').sort('iata').limit(1);
    expect(await df.toArray()).toEqual([{ iata: '0S7' }]);
  });

  it('runs concurrently with different values', async () => {
    const statement = await ctx.prepare('SELECT $1 + count(*) AS n FROM airports');
    const results = await Promise.all([1, 2, 3].map((n) => run(statement, [n])));
    expect(results.flat().map(({ n }) => n)).toEqual([3377, 3378, 3379]);
  });

  it('can come from the sql tag without values', async () => {
    const statement = await ctx.prepare(sql`SELECT count(*) AS n FROM ${sql.ident('airports')} WHERE state = $1`);
    expect(statement.text).toBe('SELECT count(*) AS n FROM "airports" WHERE state = $1');
    expect(String(statement)).toBe(`PreparedStatement { ${statement.text} }`);
    expect(await run(statement, ['WA'])).toEqual([{ n: 65 }]);
  });

  it.each([
    'SELECT state, count(*) AS n FROM airports WHERE state IN (SELECT state FROM airports WHERE iata = $1) GROUP BY state',
    'WITH a AS (SELECT * FROM airports WHERE iata = $1) SELECT b.state, count(*) AS n FROM a JOIN airports b USING (state) GROUP BY b.state',
    'SELECT state, (SELECT count(*) FROM airports b WHERE b.state = a.state) AS n FROM airports a WHERE iata = $1',
  ])('takes parameters in %s', async (query) => {
    expect(await run(await ctx.prepare(query), ['SEA'])).toEqual([{ state: 'WA', n: 65 }]);
  });

  it('takes parameters in LIMIT, OFFSET, VALUES and table functions', async () => {
    const limit = await ctx.prepare('SELECT iata FROM airports ORDER BY iata LIMIT $1 OFFSET $2');
    expect(await run(limit, [1, 1])).toEqual([{ iata: '00R' }]);
    await cluster.betweenQueries();
    expect(await run(await ctx.prepare('SELECT * FROM (VALUES ($1), ($2)) AS t(a) ORDER BY a'), [2, 1])).toEqual([
      { a: 1 },
      { a: 2 },
    ]);
    await cluster.betweenQueries();
    const series = await ctx.prepare('SELECT sum(value) AS s FROM range(0, $1)');
    expect(await run(series, [100_000])).toEqual([{ s: 4_999_950_000 }]);
    await cluster.betweenQueries();
    expect(await run(series, [4])).toEqual([{ s: 6 }]);
  });

  it('can be INSERT or EXPLAIN', async () => {
    await rows('CREATE OR REPLACE TABLE people (id BIGINT, name VARCHAR, born DATE)');
    const insert = await ctx.prepare('INSERT INTO people VALUES ($1, $2, $3)');
    expect(await run(insert, [1, 'Ada', '1815-12-10'])).toEqual([{ count: 1 }]);
    await cluster.betweenQueries();
    expect(await run(insert, [2, null, null])).toEqual([{ count: 1 }]);
    await cluster.betweenQueries();
    expect(await rows('SELECT id, name, CAST(born AS VARCHAR) AS born FROM people ORDER BY id')).toEqual([
      { id: 1, name: 'Ada', born: '1815-12-10' },
      { id: 2, name: null, born: null },
    ]);
    const plan = await ctx.prepare('EXPLAIN SELECT * FROM people WHERE id = $1');
    const [{ plan: text }] = (await (await plan.execute([77])).toArray()) as [{ plan: string }];
    expect(text).toContain('77');
  });
});

describe('the parameters of a prepared statement', () => {
  it.each([
    [
      'SELECT * FROM flights WHERE delay > $1 AND origin LIKE $2',
      [
        ['1', 'Int64'],
        ['2', 'LargeUtf8'],
      ],
    ],
    [
      'SELECT * FROM flights WHERE date BETWEEN $from AND $to',
      [
        ['from', 'Timestamp<MICROSECOND>'],
        ['to', 'Timestamp<MICROSECOND>'],
      ],
    ],
    [
      'SELECT * FROM airports WHERE latitude IN ($2, $1)',
      [
        ['1', 'Float64'],
        ['2', 'Float64'],
      ],
    ],
    [
      'SELECT * FROM airports LIMIT $3',
      [
        ['1', undefined],
        ['2', undefined],
        ['3', undefined],
      ],
    ],
    [
      'SELECT $1, CAST($2 AS INT), $3::DECIMAL(10, 2)',
      [
        ['1', undefined],
        ['2', 'Int32'],
        ['3', 'Decimal[10e+2]'],
      ],
    ],
    // A parameter that is used with two types takes a value of any type.
    ['SELECT * FROM flights WHERE delay = $1 AND origin = $1', [['1', undefined]]],
    ['SELECT * FROM flights WHERE delay = $1 AND $1 IS NOT NULL', [['1', 'Int64']]],
  ])('have names and types in %s', async (query, expected) => {
    expect(types(await ctx.prepare(query))).toEqual(expected);
  });

  it('determine the schema of the result', async () => {
    const statement = await ctx.prepare('SELECT CAST(delay AS SMALLINT) + $1 AS later, $2 AS any FROM flights LIMIT 1');
    const fields = (schema: { fields: { name: string; type: unknown }[] }) =>
      schema.fields.map(({ name, type }) => `${name}: ${type}`);
    expect(fields(statement.schema())).toEqual(['later: Int16', 'any: Null']);
    expect(fields((await statement.execute([1, 'x'])).schema())).toEqual(['later: Int16', 'any: Utf8']);
  });

  it.each([
    ['CAST($1 AS BIGINT)', 5, 5],
    ['CAST($1 AS TINYINT)', 5n, 5],
    ['CAST($1 AS DOUBLE)', 5, 5],
    ['CAST($1 AS REAL)', 0.5, 0.5],
    ['CAST($1 AS BIGINT)', 5.0, 5],
    ['CAST($1 AS BIGINT)', null, null],
    ['CAST($1 AS DECIMAL(10, 2))', '12.50', '12.50'],
    ['CAST($1 AS DECIMAL(10, 2))', 12.5, '12.50'],
    ['CAST($1 AS DATE)', '2024-02-29', new Date('2024-02-29')],
    ['CAST($1 AS DATE)', new Date('2024-02-29'), new Date('2024-02-29')],
    ['CAST($1 AS TIMESTAMP)', '2024-02-29T12:00:00', new Date('2024-02-29T12:00:00Z')],
    ['CAST($1 AS TIMESTAMP)', new Date('2024-02-29T12:00:00.5Z'), new Date('2024-02-29T12:00:00.5Z')],
    ['CAST($1 AS BYTEA)', Uint8Array.of(1, 2), Uint8Array.of(1, 2)],
    ['CAST($1 AS VARCHAR)', lit('x', 'Utf8View'), 'x'],
    ['CAST($1 AS BIGINT)', lit(5, 'Int8'), 5],
  ])('%s takes %s', async (expr, value, expected) => {
    expect(await run(await ctx.prepare(`SELECT ${expr} AS x`), [value])).toEqual([{ x: expected }]);
  });

  it.each([
    ['CAST($1 AS BIGINT)', 1.5, 'Int64'],
    ['CAST($1 AS BIGINT)', '5', 'Int64'],
    ['CAST($1 AS BIGINT)', 2n ** 63n, 'Int64'],
    ['CAST($1 AS TINYINT)', 300, 'Int8'],
    ['CAST($1 AS DOUBLE)', 2n ** 53n + 1n, 'Float64'],
    ['CAST($1 AS REAL)', 1e300, 'Float32'],
    ['CAST($1 AS DECIMAL(10, 2))', 0.125, 'Decimal128(10, 2)'],
    ['CAST($1 AS VARCHAR)', 5, 'Utf8'],
    ['CAST($1 AS DATE)', 'tomorrow', 'Date32'],
    ['CAST($1 AS DATE)', new Date('2024-02-29T12:00:00Z'), 'Date32'],
    ['CAST($1 AS DATE)', 5, 'Date32'],
    ['CAST($1 AS BOOLEAN)', 1, 'Boolean'],
  ])('%s rejects %s', async (expr, value, type) => {
    const statement = await ctx.prepare(`SELECT ${expr} AS x`);
    const error = await rejected(statement.execute([value]));
    expect(error.code).toBe('INVALID_ARGUMENT');
    expect(error.message).toContain('$1');
    expect(error.message).toContain(type);
  });
});

describe('invalid calls', () => {
  it.each([
    ['SELECT $1, $2', [1], '2 values, not 1'],
    ['SELECT $1', [1, 2], '1 value, not 2'],
    ['SELECT $1', undefined, 'an array of 1 value'],
    ['SELECT $1', { a: 1 }, 'an array of 1 value'],
    ['SELECT 1', [1], '0 values, not 1'],
    ['SELECT 1', { a: 1 }, 'no parameter $a'],
    ['SELECT $a, $b', { a: 1 }, 'without a value: $b'],
    ['SELECT $a, $b', undefined, 'without a value: $a, $b'],
    ['SELECT $a', { a: 1, c: 1 }, 'no parameter $c'],
    ['SELECT $a', [1], 'an object'],
    ['SELECT $a', { a: () => 1 }, 'params.a'],
    ['SELECT $a', 5, 'params'],
  ])('execute rejects %s with params %j', async (query, params, message) => {
    const statement = await ctx.prepare(query);
    const error = await rejected(statement.execute(params as never));
    expect(error).toMatchObject({ code: 'INVALID_ARGUMENT', message: expect.stringContaining(message) });
  });

  it.each([
    ['INVALID_ARGUMENT', 'CREATE TABLE x (a INT)'],
    ['INVALID_ARGUMENT', 'CREATE VIEW x AS SELECT 1'],
    ['INVALID_ARGUMENT', 'DROP TABLE airports'],
    ['INVALID_ARGUMENT', "SET datafusion.execution.batch_size = '5'"],
    ['INVALID_ARGUMENT', 'PREPARE x AS SELECT 1'],
    ['INVALID_ARGUMENT', 'SELECT $1, $name'],
    ['SQL_PARSE', 'SELEC 1'],
    ['PLAN', 'SELECT * FROM nothing'],
    ['PLAN', ''],
    ['SCHEMA', 'SELECT nothing FROM airports'],
  ])('prepare fails with %s: %s', async (code, query) => {
    expect(await rejected(ctx.prepare(query))).toMatchObject({ code });
  });

  it('prepare rejects non-strings, queries with values and unknown options', async () => {
    for (const query of [5, null, sql`SELECT ${1}`])
      expect(await rejected(ctx.prepare(query as never))).toMatchObject({ code: 'INVALID_ARGUMENT' });
    expect(await rejected(ctx.prepare('SELECT 1', { params: [] } as never))).toMatchObject({
      code: 'INVALID_ARGUMENT',
      message: expect.stringContaining('"params"'),
    });
  });

  it('prepare rejects INSERT and COPY when allowDml is false', async () => {
    await rows('CREATE TABLE IF NOT EXISTS kept (a BIGINT)');
    const copy = `COPY (SELECT 1) TO '${temp('never.csv')}' STORED AS CSV`;
    for (const query of ['INSERT INTO kept VALUES ($1)', copy])
      expect(await rejected(ctx.prepare(query, { allowDml: false }))).toMatchObject({ code: 'PLAN' });
  });

  it('prepare and execute fail after close and with an aborted signal', async () => {
    const own = newContext(cluster);
    const statement = await own.prepare('SELECT 1');
    const reason = new Error('too late');
    await expect(own.prepare('SELECT 1', { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    await own.close();
    expect(await rejected(statement.execute())).toMatchObject({ code: 'CLOSED' });
    expect(await rejected(own.prepare('SELECT 1'))).toMatchObject({ code: 'CLOSED' });
  });
});

describe('after the session changes', () => {
  it('a prepared statement keeps the tables that it was planned with', async () => {
    await using own = newContext(cluster);
    const register = async (values: number[]) => {
      const df = await own.fromColumns({ a: values });
      await own.deregisterTable('t');
      await own.registerRecordBatches('t', await df.collect());
    };
    await register([1, 2]);
    const statement = await own.prepare('SELECT sum(a) AS s FROM t WHERE a > $1');
    expect(await run(statement, [0])).toEqual([{ s: 3 }]);
    await register([10, 20]);
    expect(await run(statement, [0])).toEqual([{ s: 3 }]);
    await own.deregisterTable('t');
    expect(await run(statement, [1])).toEqual([{ s: 2 }]);
    expect(await rejected(own.prepare('SELECT sum(a) AS s FROM t'))).toMatchObject({ code: 'PLAN' });
  });

  it('a prepared statement reads the current rows of its tables', async () => {
    await using own = newContext(cluster);
    await own.sql('CREATE TABLE t (a BIGINT)');
    const statement = await own.prepare('SELECT count(*) AS n FROM t');
    await own.sql('INSERT INTO t VALUES (1)');
    expect(await run(statement)).toEqual([{ n: 1 }]);
    const write = async (a: number) => own.fromColumns({ a: [a] }).writeCsv(temp('grows/'), { mode: 'append' });
    await write(1);
    await own.registerCsv('files', temp('grows/'));
    const files = await own.prepare('SELECT count(*) AS n FROM files');
    expect(await run(files)).toEqual([{ n: 1 }]);
    await write(2);
    expect(await run(files)).toEqual([{ n: 2 }]);
  });

  it('a prepared statement keeps the functions that it was planned with', async () => {
    await using own = newContext(cluster);
    own.registerUdf(udf({ name: 'same', args: ['Int64'], returns: 'Int64' }, (x) => x));
    const statement = await own.prepare('SELECT same($1) AS y');
    own.registerUdf(udf({ name: 'same', args: ['Int64'], returns: 'Utf8' }, (x) => String(x)));
    const type = (schema: Schema) => String(schema.fields[0]?.type);
    expect(type((await statement.execute([1])).schema())).toBe('Int64');
    expect(type((await (await own.prepare('SELECT same($1) AS y')).execute([1])).schema())).toBe('Utf8');
  });

  it('a prepared statement uses the current settings', async () => {
    await using own = newContext(cluster);
    await own.registerParquet('flights', FLIGHTS);
    const statement = await own.prepare('SELECT origin, count(*) AS n FROM flights GROUP BY origin');
    for (const partitions of [3, 5]) {
      await own.sql(`SET datafusion.execution.target_partitions = ${partitions}`);
      const plan = await (await statement.execute()).executionPlan();
      expect(String(plan)).toContain(`], ${partitions})`);
    }
  });
});
