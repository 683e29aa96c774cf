import pl from 'nodejs-polars';
import { describe, expect, it } from 'vitest';

import { tempFolder } from '../support/data.js';
import { countLate, LATE, LATE_COUNTS, ROUNDED, ROWS, TYPES, withFlights } from './context.js';

const ctx = await withFlights();
const types = await ctx.sql(TYPES);
const late = await ctx.sql(LATE);
const folder = tempFolder();

const read = {
  file: (bytes: Uint8Array) => pl.readIPC(Buffer.from(bytes)),
  stream: (bytes: Uint8Array) => pl.readIPCStream(Buffer.from(bytes)),
};

describe.each(['file', 'stream'] as const)('an Arrow IPC %s', (format) => {
  it('is read by polars with the right types, nulls and values', async () => {
    const df = read[format](await types.toIPC({ format }));
    const type = (name: string) => String(df.getColumn(name).dtype).replaceAll('DataType(', '').replaceAll(')', '');
    expect(df.columns.filter((name) => name !== 'bytes').map((name) => `${name}: ${type(name)}`)).toEqual([
      'id: Int64',
      'number: Float64',
      'truth: Bool',
      'text: String',
      'price: Decimal(10,2',
      'day: Date',
      'at: Datetime(us,',
      'zoned: Datetime(ms,UTC',
      'word: Categorical',
      'list: List(Int64',
      'struct: Struct(Field("x", Int64,Field("y", String',
    ]);
    // polars does not convert decimals and bytes to JavaScript values, and converts 64-bit integers to numbers.
    expect(df.drop('price', 'bytes').toRecords()).toEqual([
      { ...without(ROUNDED[0]), id: 1, list: [1, null], struct: { x: 1, y: 'k' } },
      { ...without(ROUNDED[1]), id: 2 },
    ]);
    expect(df.select(pl.col('price').cast(pl.Float64)).toRecords()).toEqual([{ price: 12.3 }, { price: null }]);
  });

  it('is read back from polars', async () => {
    const df = read[format](await types.toIPC({ format }));
    const bytes = format === 'file' ? df.writeIPC() : df.writeIPCStream();
    const back = await ctx.fromArrow(bytes);
    expect(await back.toArray()).toEqual(ROWS);
    expect((await back.toColumns({ timestamp: 'string' }))['at']?.[0]).toBe('1969-12-31T23:59:59.999999');
  });

  it('is read by polars and back, with many batches and dictionaries', async () => {
    const df = read[format](await late.toIPC({ format }));
    expect(df.height).toBe(63_449);
    expect(countLate(df.getColumn('origin').toArray())).toEqual(LATE_COUNTS);
    const back = await ctx.fromArrow(format === 'file' ? df.writeIPC() : df.writeIPCStream());
    expect(countLate((await back.toColumns())['origin'] ?? [])).toEqual(LATE_COUNTS);
  });
});

it('a table of polars can be queried', async () => {
  const df = pl.DataFrame({
    who: ['Ada', null, 'Bob'],
    at: [new Date(-1), null, new Date(0)],
    some: [[1.5], null, []],
  });
  await ctx.fromArrow(df.writeIPC(), 'people');
  const rows = await ctx.sql(
    'SELECT who, at, array_length(some) AS n FROM people WHERE who IS NOT NULL ORDER BY who DESC',
  );
  expect(await rows.toArray({ int64: 'number' })).toEqual([
    { who: 'Bob', at: new Date(0), n: expect.toBeOneOf([0, null]) },
    { who: 'Ada', at: new Date(-1), n: 1 },
  ]);
});

describe('Parquet', () => {
  it('of ballista is read by polars', async () => {
    await types.writeParquet(folder('here.parquet'));
    const df = pl.readParquet(folder('here.parquet'));
    expect(df.select('id', 'text', 'day', 'at').toRecords()).toEqual(
      ROUNDED.map(({ id, text, day, at }) => ({ id: Number(id), text, day, at })),
    );
  });

  it('of polars is read by ballista', async () => {
    // The engine cannot read the type that polars stores in the file for a categorical column.
    const df = read.file(await types.toIPC({ format: 'file' })).withColumn(pl.col('word').cast(pl.String));
    df.writeParquet(folder('there.parquet'));
    expect(await (await ctx.readParquet(folder('there.parquet'))).toArray()).toEqual(ROWS);
  });
});

function without({ price: _, bytes: __, ...rest }: (typeof ROUNDED)[number]): object {
  return rest;
}
