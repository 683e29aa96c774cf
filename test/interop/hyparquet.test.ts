import { writeFile } from 'node:fs/promises';
import { asyncBufferFromFile, parquetMetadataAsync, parquetQuery, parquetReadObjects } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { describe, expect, it } from 'vitest';

import { tempFolder } from '../support/data.js';
import { countLate, LATE, LATE_COUNTS, ROUNDED, TYPES, withFlights } from './context.js';

const ctx = await withFlights();
const types = await ctx.sql(TYPES);
const late = await ctx.sql(LATE);
const folder = tempFolder();

describe('hyparquet reads Parquet of ballista', () => {
  it('with the right types, nulls and values', async () => {
    await types.writeParquet(folder('types.parquet'));
    const file = await asyncBufferFromFile(folder('types.parquet'));
    const [first, second] = await parquetReadObjects({ file, compressors, utf8: false });
    // It returns decimals as numbers. Without `utf8: false`, it would return bytes as strings.
    expect(first).toEqual({ ...ROUNDED[0], price: 12.3 });
    for (const [name, value] of Object.entries(second ?? {}))
      expect([name, value ?? null]).toEqual([name, name === 'id' ? 2n : null]);
  });

  it.each(['uncompressed', 'snappy', 'zstd', 'gzip', 'brotli', 'lz4_raw'] as const)(
    'with compression %s',
    async (compression) => {
      const path = folder(`${compression}.parquet`);
      expect(await late.writeParquet(path, { compression })).toBe(63_449);
      const file = await asyncBufferFromFile(path);
      const metadata = await parquetMetadataAsync(file);
      expect(Number(metadata.num_rows)).toBe(63_449);
      expect(metadata.row_groups[0]?.columns[0]?.meta_data?.codec).toBe(compression.toUpperCase());
      const rows = await parquetReadObjects({ file, compressors, columns: ['origin'] });
      expect(countLate(rows.map(({ origin }) => origin))).toEqual(LATE_COUNTS);
    },
  );

  it('with snappy and no extra compressors', async () => {
    await late.writeParquet(folder('plain.parquet'), { compression: 'snappy' });
    const file = await asyncBufferFromFile(folder('plain.parquet'));
    const rows = await parquetQuery({ file, filter: { origin: { $eq: 'ABQ' } } });
    expect(rows).toHaveLength(LATE_COUNTS.ABQ);
  });
});

it('ballista reads Parquet of hyparquet-writer', async () => {
  const bytes = parquetWriteBuffer({
    columnData: [
      { name: 'id', data: [1n, 2n], type: 'INT64' },
      { name: 'text', data: ['Köln', null], type: 'STRING' },
      { name: 'at', data: [new Date(-1), null], type: 'TIMESTAMP' },
      { name: 'number', data: [1.5, null], type: 'DOUBLE' },
      { name: 'truth', data: [true, null], type: 'BOOLEAN' },
      { name: 'bytes', data: [Uint8Array.of(1, 2), null], type: 'BYTE_ARRAY' },
    ],
  });
  await writeFile(folder('theirs.parquet'), Buffer.from(bytes));
  expect(await (await ctx.readParquet(folder('theirs.parquet'))).toArray()).toEqual([
    { id: 1n, text: 'Köln', at: new Date(-1), number: 1.5, truth: true, bytes: Uint8Array.of(1, 2) },
    { id: 2n, text: null, at: null, number: null, truth: null, bytes: null },
  ]);
});
