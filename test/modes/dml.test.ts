import { Dictionary, Int8, Int32, Table, tableFromArrays, Utf8, vectorFromArray } from 'apache-arrow';
import { beforeAll, describe, expect, it } from 'vitest';

import { udf } from '../../src/udf/udf.js';
import { STAGES, withCluster, withContext } from '../support/cluster.js';
import { FLIGHTS } from '../support/data.js';
import { rejected } from '../support/rejected.js';
import { statements } from './dml/people.js';

const cluster = await withCluster();
const ctx = withContext(cluster);
/** A context whose queries are split into stages. */
const staged = withContext(cluster, STAGES);

beforeAll(() => ctx.registerParquet('flights', FLIGHTS));

const { rows, change, people, left } = statements(cluster, ctx);

describe('DELETE', () => {
  it.each([
    ['id = 2', [1, 3, 4]],
    ['id > 1 AND id < 4', [1, 4]],
    // Rows with a null condition stay.
    ['age > 30', [2, 4]],
    ['NOT (age > 30)', [1, 2, 3]],
    ['age IS NULL', [1, 3, 4]],
    ['paid', [2, 3]],
    ['paid IS NOT TRUE', [1, 4]],
    ["name LIKE '%a%'", [2, 3]],
    ['NULL', [1, 2, 3, 4]],
    ['false', [1, 2, 3, 4]],
    ['id = 77', [1, 2, 3, 4]],
    ['true', []],
    ['1 = 1', []],
    ['id IN (SELECT id + 1 FROM people WHERE paid)', [1, 3, 4]],
    ['id NOT IN (SELECT id FROM people WHERE paid)', [1, 4]],
    ['name NOT IN (SELECT name FROM people WHERE name IS NULL)', [1, 2, 3, 4]],
    ['EXISTS (SELECT 1 FROM people p WHERE p.id = people.id + 1 AND p.age IS NOT NULL)', [1, 4]],
    ['NOT EXISTS (SELECT 1 FROM people p WHERE p.id = people.id + 1)', [1, 2, 3]],
    ['age < (SELECT avg(age) FROM people)', [1, 2, 3]],
    ['age = (SELECT max(age) FROM people p WHERE p.paid = people.paid)', [2, 3, 4]],
    ['id IN (SELECT count(*) * 0 + 3 FROM flights GROUP BY origin)', [1, 2, 4]],
    ['CASE WHEN age IS NULL THEN id = 2 ELSE id = 1 END', [3, 4]],
  ])('deletes the rows WHERE %s', async (condition, expected) => {
    await people();
    const before = await left();
    expect(await change(`DELETE FROM people WHERE ${condition}`)).toBe(before.length - expected.length);
    expect(await left()).toEqual(expected);
  });

  it('deletes all rows and keeps the columns', async () => {
    await people();
    expect(await change('DELETE FROM people')).toBe(4);
    expect(await change('DELETE FROM people')).toBe(0);
    expect(await change('DELETE FROM people WHERE id = 1')).toBe(0);
    expect((await ctx.table('people')).schema().fields.map(({ name }) => name)).toEqual(['id', 'name', 'age', 'paid']);
    expect(await change("INSERT INTO people VALUES (9, 'Eva', 1.0, true)")).toBe(1);
    expect(await left('id, name')).toEqual([[9, 'Eva']]);
  });

  it('deletes at most LIMIT rows', async () => {
    await people();
    expect(await change('DELETE FROM people WHERE id > 1 LIMIT 2')).toBe(2);
    expect(await left()).toHaveLength(2);
    expect(await left()).toContain(1);
  });

  it('takes a qualified table name', async () => {
    await people();
    expect(await change('DELETE FROM datafusion.public.people WHERE people.id = 1')).toBe(1);
    expect(await left()).toEqual([2, 3, 4]);
  });
});

describe('TRUNCATE', () => {
  it.each(['TRUNCATE TABLE people', 'TRUNCATE people'])('deletes all rows with %s', async (statement) => {
    await people();
    expect(await change(statement)).toBe(4);
    expect(await left()).toEqual([]);
    expect(await change(statement)).toBe(0);
  });
});

describe('UPDATE', () => {
  it.each([
    ["SET name = 'X'", 4, ['X', 'X', 'X', 'X']],
    ["SET name = 'X' WHERE age > 30", 2, ['X', 'Ben', 'X', 'Dan']],
    ["SET name = 'X' WHERE NOT (age > 30)", 1, ['Ada', 'Ben', null, 'X']],
    ["SET name = 'X' WHERE NULL", 0, ['Ada', 'Ben', null, 'Dan']],
    ["SET name = 'X' WHERE id = 77", 0, ['Ada', 'Ben', null, 'Dan']],
    ['SET name = NULL WHERE id < 3', 2, [null, null, null, 'Dan']],
    ['SET name = name', 4, ['Ada', 'Ben', null, 'Dan']],
    ["SET name = upper(name) || '!' WHERE paid", 2, ['ADA!', 'Ben', null, 'DAN!']],
    ['SET name = id * 2 WHERE id = 3', 1, ['Ada', 'Ben', '6', 'Dan']],
    ["SET name = 'X' WHERE id IN (SELECT id FROM people WHERE paid)", 2, ['X', 'Ben', null, 'X']],
    ["SET name = 'X' WHERE id NOT IN (SELECT id FROM people WHERE paid)", 2, ['Ada', 'X', 'X', 'Dan']],
    ['SET name = (SELECT max(name) FROM people) WHERE name IS NULL', 1, ['Ada', 'Ben', 'Dan', 'Dan']],
    ['SET name = (SELECT min(p.name) FROM people p WHERE p.id = people.id + 1)', 4, ['Ben', null, 'Dan', null]],
  ])('applies %s', async (assignments, count, names) => {
    await people();
    expect(await change(`UPDATE people ${assignments}`)).toBe(count);
    expect(await left('id, name')).toEqual(names.map((name, index) => [index + 1, name]));
  });

  it('sets several columns from their old values', async () => {
    await ctx.sql('CREATE OR REPLACE TABLE pairs AS VALUES (1, 10), (2, NULL), (3, 30)');
    expect(await change('UPDATE pairs SET column1 = column2, column2 = column1 WHERE column1 <> 2')).toBe(2);
    expect(await left('column1, column2', 'pairs')).toEqual([
      [2, null],
      [10, 1],
      [30, 3],
    ]);
  });

  it('takes a table alias', async () => {
    await people();
    expect(await change('UPDATE people AS p SET age = p.age + 1 WHERE p.id = 1')).toBe(1);
    expect(await left('id, age')).toEqual([
      [1, 37.5],
      [2, null],
      [3, 41],
      [4, 20],
    ]);
  });

  it('casts values to the types of the columns', async () => {
    await ctx.sql('CREATE OR REPLACE TABLE typed (a SMALLINT, b DECIMAL(6, 2), c TIMESTAMP, d DATE, e BIGINT[])');
    await change(
      "INSERT INTO typed VALUES (1, 1.5, '2024-01-01T00:00:00', '2024-01-01', [1]), (2, 2, NULL, NULL, NULL)",
    );
    const types = (await ctx.table('typed')).schema().fields.map(String);
    const set = "a = '7', b = a + 0.126, c = '2025-06-07T08:09:10', d = '2025-06-07', e = [a, 4]";
    expect(await change(`UPDATE typed SET ${set} WHERE a = 2`)).toBe(1);
    expect((await ctx.table('typed')).schema().fields.map(String)).toEqual(types);
    const text =
      'a, CAST(b AS VARCHAR) AS b, CAST(c AS VARCHAR) AS c, CAST(d AS VARCHAR) AS d, CAST(e AS VARCHAR) AS e';
    expect((await rows(`SELECT ${text} FROM typed`)).map((row) => Object.values(row))).toEqual([
      [1, '1.50', '2024-01-01T00:00:00', '2024-01-01', '[1]'],
      [7, '2.13', '2025-06-07T08:09:10', '2025-06-07', '[2, 4]'],
    ]);
  });

  it('sets structs that contain lists', async () => {
    await ctx.registerView('nested', await ctx.fromRows([{ a: { b: 1, c: ['x'] } }, { a: { b: 2, c: [] } }]));
    await ctx.sql('CREATE OR REPLACE TABLE nests AS SELECT *, row_number() OVER (ORDER BY a.b) AS id FROM nested');
    expect(await change("UPDATE nests SET a = named_struct('b', a.b + 10, 'c', ['y', 'z']) WHERE id = 2")).toBe(1);
    expect(await rows('SELECT a FROM nests ORDER BY id')).toEqual([
      { a: { b: 1, c: ['x'] } },
      { a: { b: 12, c: ['y', 'z'] } },
    ]);
  });

  it('sets a column with the name of the internal row column', async () => {
    await ctx.sql('CREATE OR REPLACE TABLE named AS SELECT 1 AS "__row", 2 AS "__row_"');
    expect(await change('UPDATE named SET "__row" = "__row_" WHERE "__row" = 1')).toBe(1);
    expect(await left('"__row", "__row_"', 'named')).toEqual([[2, 2]]);
  });

  it('sets columns whose names have capitals, spaces and dots', async () => {
    await ctx.sql('CREATE OR REPLACE TABLE names AS SELECT 1 AS "A b", 2 AS "c.d"');
    expect(await change('UPDATE names SET "A b" = "c.d" + 1, "c.d" = 9 WHERE "c.d" = 2')).toBe(1);
    expect(await rows('SELECT * FROM names')).toEqual([{ 'A b': 3, 'c.d': 9 }]);
  });

  it('calls TypeScript UDFs', async () => {
    await people();
    const twice = udf({ name: 'twice', args: ['Utf8'], returns: 'Utf8' }, (text) => text && text + text);
    ctx.registerUdf(twice);
    expect(await change("UPDATE people SET name = twice(name) WHERE twice(name) = 'BenBen'")).toBe(1);
    expect(await left('id, name')).toEqual([
      [1, 'Ada'],
      [2, 'BenBen'],
      [3, null],
      [4, 'Dan'],
    ]);
  });
});

describe('dictionary columns', () => {
  const letters = Array.from({ length: 240 }, (_, index) => `letter ${index % 120}`);
  /** 8-bit keys can index 128 values. */
  const kind = new Dictionary(new Utf8(), new Int8());

  beforeAll(async () => {
    const ids = vectorFromArray([...letters.keys()], new Int32());
    const table = new Table({ id: ids, letter: vectorFromArray(letters, kind) });
    await ctx.registerRecordBatches('letters', table.batches);
    expect(String((await ctx.table('letters')).schema().fields[1]?.type)).toBe(String(kind));
  });

  it('keep their type and take more values than their keys can index', async () => {
    const rename = (where: string) =>
      change(`UPDATE letters SET letter = 'new ' || CAST(id AS VARCHAR) WHERE ${where}`);
    expect(await rename('id >= 170')).toBe(70);
    expect(await rename('id >= 100 AND id < 170')).toBe(70);
    expect(await change('UPDATE letters SET letter = NULL WHERE id = 5')).toBe(1);
    expect(await change('DELETE FROM letters WHERE id % 2 = 1 AND id <> 5')).toBe(119);
    const expected = letters.flatMap<(number | string | null)[]>((letter, id) => {
      if (id === 5) return [[id, null]];
      return id % 2 === 1 ? [] : [[id, id >= 100 ? `new ${id}` : letter]];
    });
    expect(await left('id, letter', 'letters')).toEqual(expected);
    expect(String((await ctx.table('letters')).schema().fields[1]?.type)).toBe(String(kind));
  });
});

describe('a table with many files', () => {
  const SET_PARTITIONS = 'SET datafusion.execution.target_partitions = ';

  it.each([
    ['with stages', staged],
    ['with default settings', ctx],
  ])('keeps the order of its rows %s', async (_, own) => {
    const numbers = Array.from({ length: 300_000 }, (_, index) => index + 1);
    await own.sql(`CREATE OR REPLACE TABLE big AS
      SELECT value AS id, repeat('x', 100) AS text FROM generate_series(1, 300000) ORDER BY value`);
    expect(await change('DELETE FROM big WHERE id % 3 = 0', undefined, own)).toBe(100_000);
    expect(await change("UPDATE big SET text = 'even', id = -id WHERE id % 2 = 0", undefined, own)).toBe(100_000);
    // One task reads the files in order.
    await own.sql(`${SET_PARTITIONS} 1`);
    const query = "SELECT id, text = 'even' AS even FROM big";
    const { id, even } = await (await own.sql<{ id: number; even: boolean }>(query)).toColumns({ int64: 'number' });
    await own.sql(`${SET_PARTITIONS} 4`);
    const expected = numbers.filter((id) => id % 3 !== 0);
    expect([...id]).toEqual(expected.map((id) => (id % 2 === 0 ? -id : id)));
    expect([...even]).toEqual(expected.map((id) => id % 2 === 0));
  });
});

describe('an in-memory table', () => {
  it.each<[string, (name: string) => Promise<unknown>]>([
    ['CREATE TABLE', (name) => ctx.sql(`CREATE TABLE ${name} (n INT) AS VALUES (1), (2), (3)`)],
    [
      'registerRecordBatches',
      (name) => ctx.registerRecordBatches(name, tableFromArrays({ n: Int32Array.of(1, 2, 3) })),
    ],
    ['fromArrow', (name) => ctx.fromArrow(tableFromArrays({ n: Int32Array.of(1, 2, 3) }), name)],
  ])('can be changed after %s', async (_, make) => {
    await ctx.deregisterTable('made');
    await make('made');
    expect(await change('UPDATE made SET n = n * 10 WHERE n > 1')).toBe(2);
    expect(await change('DELETE FROM made WHERE n = 20')).toBe(1);
    expect(await left('n', 'made')).toEqual([1, 30]);
    expect(await change('TRUNCATE TABLE made')).toBe(2);
    expect(await left('n', 'made')).toEqual([]);
  });

  it('shows its changes to an earlier DataFrame', async () => {
    await people();
    const df = (await ctx.table('people')).select('id');
    await change('DELETE FROM people WHERE id < 4');
    expect(await df.toArray({ int64: 'number' })).toEqual([{ id: 4 }]);
  });
});

describe('parameters whose type is not that of the column', () => {
  it('INSERT converts them', async () => {
    await ctx.sql('CREATE OR REPLACE TABLE kinds (d DOUBLE, n BIGINT, at TIMESTAMP, day DATE, s VARCHAR)');
    const at = new Date('2024-01-02T03:04:05Z');
    await ctx.sql('INSERT INTO kinds VALUES ($1, $2, $3, $4, $5)', { params: [5, 6, at, '2024-01-01', null] });
    await ctx.sql('INSERT INTO kinds VALUES (0.5, $1, NULL, NULL, $2), ($1, 8, NULL, NULL, NULL)', {
      params: [7, 'x'],
    });
    const found = await ctx.query(
      'SELECT d, n, CAST(at AS VARCHAR) AS at, CAST(day AS VARCHAR) AS day, s FROM kinds ORDER BY n',
    );
    expect(found).toEqual([
      { d: 5, n: 6n, at: '2024-01-02T03:04:05', day: '2024-01-01', s: null },
      { d: 0.5, n: 7n, at: null, day: null, s: 'x' },
      { d: 7, n: 8n, at: null, day: null, s: null },
    ]);
  });

  it('INSERT takes parameters with names', async () => {
    await ctx.sql('CREATE OR REPLACE TABLE named (d DOUBLE, s VARCHAR)');
    await ctx.sql('INSERT INTO named VALUES ($d, $s), ($d, NULL)', { params: { d: 5, s: 'x' } });
    const insert = await ctx.prepare('INSERT INTO named (s, d) VALUES ($s, $d)');
    await (await insert.execute({ s: 'y', d: 6 })).collect();
    expect(await ctx.query('SELECT * FROM named ORDER BY d, s')).toEqual([
      { d: 5, s: 'x' },
      { d: 5, s: null },
      { d: 6, s: 'y' },
    ]);
  });

  it.each([
    ['(n) VALUES ($1)', [1.5]],
    ['(n) VALUES ($1)', ['x']],
    ['(n, s) VALUES ($1, $2)', [1, 2]],
    ['(n) SELECT * FROM (VALUES (1), ($1)) v', [1.5]],
  ])('INSERT of a value that does not fit is refused: %s', async (text, params) => {
    await ctx.sql('CREATE OR REPLACE TABLE fits (n BIGINT, s VARCHAR)');
    expect(await rejected(ctx.sql(`INSERT INTO fits ${text}`, { params }))).toMatchObject({
      code: 'INVALID_ARGUMENT',
      message: expect.stringContaining('does not fit the type'),
    });
    expect(await ctx.query('SELECT * FROM fits')).toEqual([]);
  });

  it('UPDATE converts them', async () => {
    await ctx.sql('CREATE OR REPLACE TABLE changed (d DOUBLE, n BIGINT)');
    await ctx.sql('INSERT INTO changed VALUES (1.5, 2)');
    await ctx.sql('UPDATE changed SET d = $1, n = $1', { params: [5] });
    expect(await ctx.query('SELECT * FROM changed')).toEqual([{ d: 5, n: 5n }]);
    expect(await rejected(ctx.sql('UPDATE changed SET n = $1', { params: [1.5] }))).toMatchObject({
      code: 'INVALID_ARGUMENT',
    });
  });
});

it('queries do not rely on keys, which nothing enforces', async () => {
  await ctx.sql('CREATE OR REPLACE TABLE keyed (id BIGINT PRIMARY KEY, s VARCHAR)');
  await ctx.sql(`INSERT INTO keyed VALUES (1, 'm'), (1, 'n')`);
  expect(await ctx.query('SELECT DISTINCT id FROM keyed')).toEqual([{ id: 1n }]);
  expect(await ctx.query('SELECT s FROM keyed ORDER BY id, s DESC')).toEqual([{ s: 'n' }, { s: 'm' }]);
});
