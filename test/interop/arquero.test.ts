import { isArrowTable } from 'apache-arrow';
import * as aq from 'arquero';
import { describe, expect, it } from 'vitest';

import { rejected } from '../support/rejected.js';
import { countLate, LATE, LATE_COUNTS, ROUNDED, TYPES, withFlights } from './context.js';

/** The types of arquero accept only Arrow tables of its own library. At run time, it also reads other Arrow tables. */
type Source = Parameters<typeof aq.fromArrow>[0];

const ctx = await withFlights();
const types = await ctx.sql(TYPES);
const late = await ctx.sql(LATE);

describe('arquero reads', () => {
  it('IPC bytes as plain values, with its own Arrow reader', async () => {
    const table = aq.fromArrow(await types.toIPC());
    const [first, second] = table.objects();
    expect(first).toEqual({
      ...ROUNDED[0],
      id: 1,
      price: 12.3,

      list: [1, null],
      struct: { x: 1, y: 'k' },
    });
    expect(second).toEqual({ ...ROUNDED[1], id: 2 });
  });

  it('a Table as values of apache-arrow', async () => {
    const table = aq.fromArrow((await types.select('id', 'text', 'at', 'number').toArrow()) as unknown as Source);
    expect(table.objects()).toEqual([
      { id: 1n, text: 'Köln', at: -0.001, number: 1.5 },
      { id: 2n, text: null, at: null, number: null },
    ]);
  });

  it.each([
    ['a Table', () => late.toArrow()],
    ['an IPC stream', () => late.toIPC()],
    ['an IPC file', () => late.toIPC({ format: 'file' })],
  ])('%s with many batches and dictionaries', async (_, source) => {
    const table = aq.fromArrow((await source()) as Source);
    expect(table.numRows()).toBe(63_449);
    expect(countLate(table.array('origin') as Iterable<unknown>)).toEqual(LATE_COUNTS);
    const counts = table.groupby('origin').count().orderby('origin').objects({ limit: 3 });
    expect(counts).toEqual(Object.entries(LATE_COUNTS).map(([origin, count]) => ({ origin, count })));
  });
});

describe('a table of arquero', () => {
  const made = aq.table({
    who: ['Ada', null, 'Bob'],
    n: [1, 2, 3],
    at: [new Date(-1), null, new Date(0)],
    big: [1n, 2n ** 60n, null],
  });
  const expected = [
    { who: 'Ada', n: 1, at: new Date(-1), big: 1n },
    { who: null, n: 2, at: null, big: 2n ** 60n },
    { who: 'Bob', n: 3, at: new Date(0), big: null },
  ];

  it.each(['stream', 'file'] as const)('can be read as the bytes of an IPC %s', async (format) => {
    const bytes = made.toArrowIPC({ format }) as Uint8Array;
    expect(await (await ctx.fromArrow(bytes)).toArray()).toEqual(expected);
  });

  it('is rejected as an Arrow table of another library', async () => {
    const table: unknown = made.toArrow();
    expect(isArrowTable(table)).toBe(false);
    const error = await rejected(ctx.fromArrow(table as Uint8Array));
    expect(error.code).toBe('INVALID_ARGUMENT');
    expect(error.message).toContain('as Arrow IPC bytes');
  });

  it('can be read as rows', async () => {
    expect(await (await ctx.fromRows(made.objects())).toArray()).toEqual(
      expected.map((row) => ({ ...row, n: BigInt(row.n) })),
    );
  });
});
