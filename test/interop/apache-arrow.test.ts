import type * as arrow from 'apache-arrow';
import { RecordBatch, RecordBatchReader, Table, tableFromArrays, tableFromIPC, tableToIPC } from 'apache-arrow';
import { describe, expect, it } from 'vitest';

import { countLate, LATE, LATE_COUNTS, ROWS, TYPES, withFlights } from './context.js';

const ctx = await withFlights();
const types = await ctx.sql(TYPES);
const late = await ctx.sql(LATE);

describe('a result', () => {
  it('is returned as a Table', async () => {
    const table = await types.toArrow();
    expect(table).toBeInstanceOf(Table);
    expect(table.schema.fields.map(String)).toEqual(types.schema().fields.map(String));
    expect(table.getChild('text')?.toJSON()).toEqual(['Köln', null]);
    expect(table.getChild('id')?.toArray()).toEqual(BigInt64Array.of(1n, 2n));
    expect(table.getChild('list')?.get(0)?.toJSON()).toEqual([1n, null]);
  });

  it('is returned as batches', async () => {
    const batches = await late.collect();
    expect(batches.length).toBeGreaterThan(1);
    for (const batch of batches) expect(batch).toBeInstanceOf(RecordBatch);
    expect(countLate(new Table(batches).getChild('origin') ?? [])).toEqual(LATE_COUNTS);
  });

  it('is returned as a stream of batches', async () => {
    const origins: unknown[] = [];
    for await (const batch of late) origins.push(...(batch.getChild('origin') ?? []));
    expect(countLate(origins)).toEqual(LATE_COUNTS);
  });

  it.each(['stream', 'file'] as const)('is returned as the bytes of an IPC %s', async (format) => {
    const bytes = await late.toIPC({ format });
    const reader = RecordBatchReader.from(bytes);
    expect(reader.isFile()).toBe(format === 'file');
    expect(countLate(tableFromIPC(bytes).getChild('origin') ?? [])).toEqual(LATE_COUNTS);
    expect(tableFromIPC(await types.toIPC({ format })).toString()).toBe((await types.toArrow()).toString());
  });

  it('is returned as streams of bytes', async () => {
    expect(countLate((await tableFromIPC(late.stream().ipc())).getChild('origin') ?? [])).toEqual(LATE_COUNTS);
    const response = new Response(late.toReadableStream({ format: 'ipc' }));
    const reader = await RecordBatchReader.from(response);
    let rows = 0;
    for await (const batch of reader) rows += batch.numRows;
    expect(rows).toBe(63_449);
  });

  it('has one dictionary for each column, with every entry once', async () => {
    const column = (await late.toArrow()).getChild('origin');
    expect(new Set(column?.data.map(({ dictionary }) => dictionary)).size).toBe(1);
    const entries = column?.data[0]?.dictionary?.toJSON() ?? [];
    expect(new Set(entries).size).toBe(entries.length);
    expect(countLate(column ?? [])).toEqual(LATE_COUNTS);
  });
});

describe('fromArrow', () => {
  const table = tableFromArrays({ n: Int32Array.of(1, 2, 3), text: ['a', 'b', 'a'] });
  const rows = [
    { n: 1, text: 'a' },
    { n: 2, text: 'b' },
    { n: 3, text: 'a' },
  ];
  const sources: [string, () => arrow.Table | Iterable<RecordBatch> | RecordBatch | Uint8Array | ArrayBuffer][] = [
    ['a Table', () => table],
    ['a batch', () => table.batches[0] as RecordBatch],
    ['batches', () => table.batches],
    [
      'a generator of batches',
      function* () {
        yield* table.batches;
      },
    ],
    ['the bytes of an IPC stream', () => tableToIPC(table, 'stream')],
    ['the bytes of an IPC file', () => tableToIPC(table, 'file')],
    ['an ArrayBuffer', () => new Uint8Array(tableToIPC(table)).buffer],
    ['a reader of an IPC stream', () => RecordBatchReader.from(tableToIPC(table, 'stream'))],
    ['a reader of an IPC file', () => RecordBatchReader.from(tableToIPC(table, 'file'))],
  ];

  it.each(sources)('takes %s', async (_, source) => {
    expect(await (await ctx.fromArrow(source())).toArray()).toEqual(rows);
  });

  it('takes a Table with many batches, and a slice of it', async () => {
    const many = await late.toArrow();
    const back = await ctx.fromArrow(many, 'late_again');
    expect(await back.count()).toBe(63_449);
    const query = "SELECT count(*) AS n FROM late_again WHERE origin = 'ABQ'";
    expect(await (await ctx.sql(query)).toArray({ int64: 'number' })).toEqual([{ n: LATE_COUNTS.ABQ }]);
    expect(await (await ctx.fromArrow(many.slice(10, 25))).toColumns()).toEqual({
      origin: many.slice(10, 25).getChild('origin')?.toJSON(),
      delay: many.slice(10, 25).getChild('delay')?.toJSON(),
    });
  });

  it('restores results of every type', async () => {
    for (const data of [
      await types.toArrow(),
      await types.collect(),
      await types.toIPC(),
      await types.toIPC({ format: 'file' }),
    ]) {
      expect(await (await ctx.fromArrow(data)).toArray()).toEqual(ROWS);
    }
  });
});
