import { describe, expect, it } from 'vitest';

import { tempFolder } from '../support/data.js';
import { withDuckdb } from '../support/duckdb.js';
import { LATE, LATE_COUNTS, ROUNDED, TYPES, withFlights } from './context.js';

const ctx = await withFlights();
const folder = tempFolder();
const duckdb = await withDuckdb();

async function rows(query: string): Promise<unknown[]> {
  return (await duckdb.runAndReadAll(query)).getRowObjectsJS();
}

describe('DuckDB reads Parquet of ballista', () => {
  it('with the right types, nulls and values', async () => {
    await (await ctx.sql(TYPES)).writeParquet(folder('types.parquet'));
    const from = `FROM read_parquet('${folder('types.parquet')}')`;
    const types = (await rows(`DESCRIBE SELECT * ${from}`)) as { column_name: string; column_type: string }[];
    expect(types.map(({ column_name, column_type }) => `${column_name} ${column_type}`)).toEqual([
      'id BIGINT',
      'number DOUBLE',
      'truth BOOLEAN',
      'text VARCHAR',
      'price DECIMAL(10,2)',
      'day DATE',
      'at TIMESTAMP',
      'zoned TIMESTAMP WITH TIME ZONE',
      'word VARCHAR',
      'list BIGINT[]',
      'struct STRUCT(x BIGINT, y VARCHAR)',
      'bytes BLOB',
    ]);
    const [first, second] = (await rows(`SELECT * ${from} ORDER BY id`)) as Record<string, unknown>[];
    // DuckDB returns decimals as inexact JavaScript numbers.
    expect({ ...first, bytes: Uint8Array.from(first?.['bytes'] as Uint8Array) }).toEqual({
      ...ROUNDED[0],
      price: 12.3,
    });
    expect(second).toEqual(ROUNDED[1]);
  });

  it('from a partitioned folder', async () => {
    const written = await (await ctx.sql(LATE)).writeParquet(folder('late/'), { partitionBy: 'origin' });
    expect(written).toBe(63_449);
    const query = `SELECT origin, count(*)::INT AS n FROM read_parquet('${folder('late')}/**/*.parquet', hive_partitioning = true)
                   WHERE origin IN ('ABE', 'ABI', 'ABQ') GROUP BY origin ORDER BY origin`;
    expect(await rows(query)).toEqual(Object.entries(LATE_COUNTS).map(([origin, n]) => ({ origin, n })));
  });
});

describe('ballista reads data of DuckDB', () => {
  it('from Parquet, without loss', async () => {
    const path = folder('duckdb.parquet');
    await duckdb.run(`COPY (
      SELECT 9007199254740993::BIGINT AS big, 12.30::DECIMAL(10, 2) AS price, DATE '2021-01-31' AS day,
             TIMESTAMP '1969-12-31 23:59:59.999999' AS at, TIMESTAMPTZ '2021-01-31 12:00:00+00' AS zoned,
             'b'::ENUM ('a', 'b') AS word, [1, NULL]::BIGINT[] AS list, {x: 1::BIGINT, y: 'k'} AS struct,
             MAP {'a': 1} AS map, '\\x01\\x02'::BLOB AS bytes, TIME '12:00:00' AS time, NULL::INT AS nothing
    ) TO '${path}'`);
    expect(await (await ctx.readParquet(path)).toArray()).toEqual([
      {
        big: 9007199254740993n,
        price: '12.30',
        day: new Date('2021-01-31'),
        at: new Date('1969-12-31T23:59:59.999Z'),
        zoned: new Date('2021-01-31T12:00:00Z'),
        word: 'b',
        list: [1n, null],
        struct: { x: 1n, y: 'k' },
        map: new Map([['a', 1]]),
        bytes: Uint8Array.of(1, 2),
        time: '12:00:00.000000',
        nothing: null,
      },
    ]);
  });

  it('from columns and from rows', async () => {
    const result = await duckdb.runAndReadAll(`
      SELECT range AS n, range / 2 AS half, 's' || range AS text, TIMESTAMP '2021-01-01' + INTERVAL (range) DAY AS at,
             CASE WHEN range = 1 THEN 'x' END AS some
      FROM range(3)`);
    const expected = [0, 1, 2].map((n) => ({
      n: BigInt(n),
      half: n / 2,
      text: `s${n}`,
      at: new Date(Date.UTC(2021, 0, 1 + n)),
      some: n === 1 ? 'x' : null,
    }));
    expect(await (await ctx.fromColumns(result.getColumnsObjectJS())).toArray()).toEqual(expected);
    expect(await (await ctx.fromRows(result.getRowObjectsJS())).toArray()).toEqual(expected);
  });
});

it('DuckDB supports Arrow only with an extension that it downloads', async () => {
  // For this reason the guide uses Parquet. Change the guide if this test fails.
  expect(Object.getOwnPropertyNames(Object.getPrototypeOf(duckdb)).filter((name) => /arrow/i.test(name))).toEqual([]);
  const known = await rows(
    "SELECT installed FROM duckdb_extensions() WHERE extension_name IN ('arrow', 'nanoarrow') AND installed",
  );
  expect(known).toEqual([]);
});
