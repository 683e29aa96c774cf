import * as arrow from 'apache-arrow';
import { Field, Precision, type RecordBatch, Schema } from 'apache-arrow';
import { describe, expect, it } from 'vitest';

import { readBatches } from '../../src/arrow/ipc/decode.js';
import { rowsToIpc } from '../../src/arrow/ipc/plain-input.js';
import type { Row } from '../../src/arrow/values/values.js';
import { drawTable, type TableOptions } from '../../src/display/draw-table.js';
import { formatFloat, formatter } from '../../src/display/format-value.js';
import { batchOf, dataOf } from '../support/columns.js';

/** The lines of the table for some rows, followed by its notes. */
async function lines(rows: Row[], options?: TableOptions): Promise<string[]> {
  const batches = readBatches(rowsToIpc(rows));
  const { text, notes } = await drawTable(batches, (batches[0] as RecordBatch).schema, options);
  return [...text.split('\n'), ...notes];
}

describe('drawTable', () => {
  it('draws the count from the Ballista user guide', async () => {
    expect(await lines([{ 'COUNT(UInt8(1))': 9071244 }])).toEqual([
      '+-----------------+',
      '| COUNT(UInt8(1)) |',
      '+-----------------+',
      '| 9071244         |',
      '+-----------------+',
    ]);
  });

  it('draws the plans from the Ballista user guide, as cells with several lines', async () => {
    const logical = [
      'Projection: #COUNT(UInt8(1))',
      '  Aggregate: groupBy=[[]], aggr=[[COUNT(UInt8(1))]]',
      '    TableScan: trips projection=[VendorID]',
    ];
    const physical = [
      'ProjectionExec: expr=[COUNT(UInt8(1))@0 as COUNT(UInt8(1))]',
      '  ProjectionExec: expr=[9071244 as COUNT(UInt8(1))]',
      '    EmptyExec: produce_one_row=true',
      '',
    ];
    const rows = [
      { plan_type: 'logical_plan', plan: logical.join('\n') },
      { plan_type: 'physical_plan', plan: physical.join('\n') },
    ];
    expect((await lines(rows)).join('\n')).toBe(
      `
+---------------+-------------------------------------------------------------+
| plan_type     | plan                                                        |
+---------------+-------------------------------------------------------------+
| logical_plan  | Projection: #COUNT(UInt8(1))                                |
|               |   Aggregate: groupBy=[[]], aggr=[[COUNT(UInt8(1))]]         |
|               |     TableScan: trips projection=[VendorID]                  |
| physical_plan | ProjectionExec: expr=[COUNT(UInt8(1))@0 as COUNT(UInt8(1))] |
|               |   ProjectionExec: expr=[9071244 as COUNT(UInt8(1))]         |
|               |     EmptyExec: produce_one_row=true                         |
|               |                                                             |
+---------------+-------------------------------------------------------------+
`.trim(),
    );
  });

  it('keeps the columns of a result without rows', async () => {
    const schema = new Schema([new Field('a', new arrow.Int32()), new Field('b', new arrow.Utf8())]);
    expect((await drawTable([], schema)).text.split('\n')).toEqual([
      '+---+---+',
      '| a | b |',
      '+---+---+',
      '+---+---+',
    ]);
    expect((await drawTable([], new Schema([]))).text).toBe('++\n++');
  });

  it('measures text width as a terminal does', async () => {
    expect(await lines([{ t: '日本' }, { t: '👩‍👩‍👧' }, { t: 'é' }])).toEqual([
      '+------+',
      '| t    |',
      '+------+',
      '| 日本 |',
      '| 👩‍👩‍👧   |',
      '| é    |',
      '+------+',
    ]);
  });

  it('cuts text with wide characters', async () => {
    const [, , , row] = await lines([{ t: '日本語のとても長いテキスト' }], { maxWidth: 15 });
    expect(row).toBe('| 日本語のと… |');
  });

  it('escapes control characters', async () => {
    expect((await lines([{ t: '\u001b[31mred\r\t|' }]))[3]).toBe('| \\x1b[31mred\\r    | |');
  });

  it('notes that there are more rows', async () => {
    expect((await lines([{ a: 1 }, { a: 2 }, { a: 3 }], { maxRows: 2 })).slice(3)).toEqual([
      '| 1 |',
      '| 2 |',
      '+---+',
      '(the first 2 rows; there are more)',
    ]);
    expect((await lines([{ a: 1 }], { maxRows: 0 })).slice(-2)).toEqual([
      '+---+',
      '(the first 0 rows; there are more)',
    ]);
  });

  it('shrinks the widest columns to fit', async () => {
    expect(await lines([{ id: 1, text: 'a long text that goes on and on', n: 2 }], { maxWidth: 30 })).toEqual([
      '+----+-------------------+---+',
      '| id | text              | n |',
      '+----+-------------------+---+',
      '| 1  | a long text that… | 2 |',
      '+----+-------------------+---+',
      '(… marks text cut to fit the terminal)',
    ]);
  });

  it('omits columns in the middle if shrinking is not enough', async () => {
    const row = Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`column_${i}`, i]));
    const table = await lines([row], { maxWidth: 60 });
    expect(table[1]).toBe('| column_0 | column_1 | … | column_18 | column_19 |');
    expect(table.at(-1)).toMatch(/^\(16 of 20 columns left out to fit the terminal: column_2, column_3, /);
    for (const line of table.slice(0, 5)) expect(line.length).toBeLessThanOrEqual(60);
  });
});

describe('formatter', () => {
  const item = (type: arrow.DataType) => new Field('item', type, true);
  const printed: [arrow.DataType, unknown, string][] = [
    [new arrow.Null(), null, ''],
    [new arrow.Bool(), true, 'true'],
    [new arrow.Int64(), -5n, '-5'],
    [new arrow.Float64(), 1, '1.0'],
    [new arrow.Utf8(), null, ''],
    [new arrow.Binary(), Uint8Array.of(0, 255), '00ff'],
    [new arrow.Decimal(2, 10), '-0.05', '-0.05'],
    [new arrow.DateDay(), '2021-01-01', '2021-01-01'],
    [new arrow.DateMillisecond(), '2021-01-01', '2021-01-01T00:00:00'],
    [new arrow.TimeNanosecond(), 1_000n, '00:00:00.000001'],
    [new arrow.TimestampMillisecond(), new Date('2021-01-01'), '2021-01-01T00:00:00'],
    [new arrow.TimestampMillisecond(), new Date('2021-01-01T00:00:00.120Z'), '2021-01-01T00:00:00.120'],
    [new arrow.TimestampSecond('UTC'), 0n, '1970-01-01T00:00:00Z'],
    [new arrow.TimestampSecond('+02:00'), 0n, '1970-01-01T02:00:00+02:00'],
    [
      new arrow.TimestampNanosecond('America/New_York'),
      1_720_000_000_000_000_001n,
      '2024-07-03T05:46:40.000000001-04:00',
    ],
    [new arrow.DurationMillisecond(), 93_784_005n, '1 days 2 hours 3 mins 4.005 secs'],
    [new arrow.DurationSecond(), -61n, '0 days 0 hours -1 mins -1 secs'],
    [new arrow.IntervalYearMonth(), { months: -1 }, '-1 years 11 mons'],
    [new arrow.IntervalDayTime(), { days: 1, nanoseconds: 3_661_500_000_000n }, '1 days 1 hours 1 mins 1.500 secs'],
    [new arrow.IntervalMonthDayNano(), { months: 1, days: 2, nanoseconds: -1n }, '1 mons 2 days -0.000000001 secs'],
    [new arrow.IntervalMonthDayNano(), {}, '0 secs'],
    [new arrow.List(item(new arrow.Int32())), [1, null, 2], '[1, , 2]'],
    [
      new arrow.Struct([new Field('a', new arrow.Int32(), true), new Field('b', new arrow.Utf8(), true)]),
      { a: 1, b: 'x' },
      '{a: 1, b: x}',
    ],
    [new arrow.Dictionary(new arrow.Utf8(), new arrow.Int32()), 'x', 'x'],
  ];

  it.each(printed)('%s: %s', (type, value, text) => {
    expect(formatter(type)(dataOf(batchOf(type, [value])))(0)).toBe(text);
  });

  it.each([
    [0, '0.0'],
    [-0, '-0.0'],
    [1.5, '1.5'],
    [1e15, '1000000000000000.0'],
    [1e16, '1e16'],
    [1.25e300, '1.25e300'],
    [0.00001, '0.00001'],
    [0.000001, '1e-6'],
    [Number.NaN, 'NaN'],
    [-Infinity, '-inf'],
  ])('prints the float %d like Rust', (value, text) => {
    expect(formatFloat(value, Precision.DOUBLE)).toBe(text);
  });

  it('prints a Float32 with single-precision digits', () => {
    expect(formatFloat(Math.fround(0.1), Precision.SINGLE)).toBe('0.1');
    expect(formatFloat(Math.fround(16777216), Precision.SINGLE)).toBe('16777216.0');
    expect(formatFloat(Math.fround(3.4028235e38), Precision.SINGLE)).toBe('3.4028235e38');
  });
});
