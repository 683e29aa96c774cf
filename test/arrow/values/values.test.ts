import * as arrow from 'apache-arrow';
import { type DataType, Field, type RecordBatch, Schema } from 'apache-arrow';
import { describe, expect, it } from 'vitest';

import { readBatches } from '../../../src/arrow/ipc/decode.js';
import { encode } from '../../../src/arrow/ipc/encode.js';
import { rowsToIpc } from '../../../src/arrow/ipc/plain-input.js';
import { type ConvertOptions, toConversion } from '../../../src/arrow/values/convert-options.js';
import { converter } from '../../../src/arrow/values/values.js';
import { batchOf, valuesOf } from '../../support/columns.js';
import { thrown } from '../../support/thrown.js';

const item = (type: DataType) => new Field('item', type, true);
const mapType = new arrow.Map_(
  new Field(
    'entries',
    new arrow.Struct<never>([
      new Field('key', new arrow.Utf8(), false),
      new Field('value', new arrow.Int64(), true),
    ] as never),
    false,
  ) as never,
);

/** The input, the default output, and the output for JSON if it differs. */
const cases: [type: DataType, given: unknown[], values: unknown[], json?: unknown[]][] = [
  [new arrow.Null(), [null, null], [null, null]],
  [new arrow.Bool(), [true, null, false], [true, null, false]],
  [new arrow.Int8(), [-128, null, 127], [-128, null, 127]],
  [new arrow.Int16(), [-32768], [-32768]],
  [new arrow.Int32(), [-2147483648], [-2147483648]],
  [new arrow.Int64(), [-(2n ** 63n), null, 5], [-(2n ** 63n), null, 5n], [String(-(2n ** 63n)), null, '5']],
  [new arrow.Uint8(), [255], [255]],
  [new arrow.Uint16(), [65535], [65535]],
  [new arrow.Uint32(), [4294967295], [4294967295]],
  [new arrow.Uint64(), [2n ** 64n - 1n], [2n ** 64n - 1n], [String(2n ** 64n - 1n)]],
  [new arrow.Float16(), [1.5, -0.25, 65504], [1.5, -0.25, 65504]],
  [new arrow.Float32(), [1.5, null], [1.5, null]],
  [new arrow.Float64(), [0.1, Number.NaN, -Infinity], [0.1, Number.NaN, -Infinity], [0.1, 'NaN', '-Infinity']],
  [new arrow.Utf8(), ['', 'ä€😀', null, '\ufeffbom'], ['', 'ä€😀', null, '\ufeffbom']],
  [new arrow.LargeUtf8(), ['x', null], ['x', null]],
  [new arrow.Binary(), [Uint8Array.of(0, 255), null], [Uint8Array.of(0, 255), null], ['AP8=', null]],
  [new arrow.LargeBinary(), [Uint8Array.of(1)], [Uint8Array.of(1)], ['AQ==']],
  [new arrow.FixedSizeBinary(2), [Uint8Array.of(1, 2), null], [Uint8Array.of(1, 2), null], ['AQI=', null]],
  [
    new arrow.Decimal(2, 10),
    ['12.3', '-0.05', 7, null],
    ['12.30', '-0.05', '7.00', null],
    ['12.30', '-0.05', '7.00', null],
  ],
  [new arrow.Decimal(0, 38), [10n ** 37n, -(10n ** 37n)], [String(10n ** 37n), String(-(10n ** 37n))]],
  [new arrow.Decimal(-2, 10), ['1200'], ['1200']],
  [
    new arrow.Decimal(3, 76, 256),
    ['-1234567890123456789012345678901234567890.125'],
    ['-1234567890123456789012345678901234567890.125'],
  ],
  [
    new arrow.DateDay(),
    ['2021-01-31', '1969-12-31', null],
    [new Date('2021-01-31'), new Date('1969-12-31'), null],
    ['2021-01-31', '1969-12-31', null],
  ],
  [new arrow.DateMillisecond(), ['1969-12-31'], [new Date('1969-12-31')], ['1969-12-31']],
  [new arrow.TimeSecond(), [0, 86_399], ['00:00:00', '23:59:59']],
  [new arrow.TimeMillisecond(), [1], ['00:00:00.001']],
  [new arrow.TimeMicrosecond(), [1_000_001], ['00:00:01.000001']],
  [new arrow.TimeNanosecond(), [86_399_999_999_999n, null], ['23:59:59.999999999', null]],
  [new arrow.TimestampSecond(), [-1n], [new Date(-1000)], ['1969-12-31T23:59:59']],
  [
    new arrow.TimestampMillisecond('UTC'),
    [new Date(-1), null],
    [new Date(-1), null],
    ['1969-12-31T23:59:59.999Z', null],
  ],
  [
    new arrow.TimestampMicrosecond(),
    [-1n, 1n],
    [new Date(-1), new Date(0)],
    ['1969-12-31T23:59:59.999999', '1970-01-01T00:00:00.000001'],
  ],
  [new arrow.TimestampNanosecond('Europe/Paris'), [-1n], [new Date(-1)], ['1969-12-31T23:59:59.999999999Z']],
  [new arrow.DurationMicrosecond(), [-5n], [-5n], ['-5']],
  [
    new arrow.IntervalYearMonth(),
    [{ months: -14 }],
    [{ months: -14, days: 0, nanoseconds: 0n }],
    [{ months: -14, days: 0, nanoseconds: '0' }],
  ],
  [
    new arrow.IntervalDayTime(),
    [{ days: 2, nanoseconds: -3_000_000n }],
    [{ months: 0, days: 2, nanoseconds: -3_000_000n }],
    [{ months: 0, days: 2, nanoseconds: '-3000000' }],
  ],
  [
    new arrow.IntervalMonthDayNano(),
    [{ months: 1, days: -2, nanoseconds: -3n }, null],
    [{ months: 1, days: -2, nanoseconds: -3n }, null],
    [{ months: 1, days: -2, nanoseconds: '-3' }, null],
  ],
  [
    new arrow.List(item(new arrow.Int64())),
    [[1, null], [], null, [2]],
    [[1n, null], [], null, [2n]],
    [['1', null], [], null, ['2']],
  ],
  [new arrow.LargeList(item(new arrow.Utf8())), [['a'], null], [['a'], null]],
  [new arrow.FixedSizeList(2, item(new arrow.Int32())), [[1, 2], null, [3, null]], [[1, 2], null, [3, null]]],
  [
    new arrow.Struct([new Field('a', new arrow.Int32(), true), new Field('__proto__', new arrow.Utf8(), true)]),
    [{ a: 1, ['__proto__']: 'p' }, null],
    [{ a: 1, ['__proto__']: 'p' }, null],
  ],
  [mapType, [new Map([['k', 1]]), new Map(), null], [new Map([['k', 1n]]), new Map(), null], [[['k', '1']], [], null]],
  [new arrow.Dictionary(new arrow.Utf8(), new arrow.Int32()), ['a', null, 'a', 'b'], ['a', null, 'a', 'b']],
  [
    new arrow.List(item(new arrow.Struct([new Field('d', new arrow.List(item(new arrow.Bool())), true)]))),
    [[{ d: [true] }, null, { d: null }]],
    [[{ d: [true] }, null, { d: null }]],
  ],
];

describe('every type', () => {
  it.each(cases)('%s', (type, given, values, json = values) => {
    const batch = batchOf(type, given);
    expect(valuesOf(batch)).toEqual(values);
    const safe = valuesOf(batch, { json: true });
    expect(safe).toEqual(json);
    expect(() => JSON.stringify(safe)).not.toThrow();
  });

  it.each(cases)('%s, from the middle of a batch', (type, given, values) => {
    const twice = batchOf(type, [...given, ...given]);
    expect(valuesOf(twice.slice(given.length, 2 * given.length))).toEqual(values);
    expect(valuesOf(twice.slice(1))).toEqual([...values, ...values].slice(1));
  });

  it('covers every type that apache-arrow reads', () => {
    const ids = Object.values(arrow.Type).filter((id): id is number => typeof id === 'number' && id > 0);
    const here = new Set<number>([
      ...cases.map(([type]) => type.typeId),
      arrow.Type.Dictionary,
      arrow.Type.Union,
      arrow.Type.Utf8View,
      arrow.Type.BinaryView,
    ]);
    expect(ids.length).toBeGreaterThan(20);
    const missing = ids.filter((id) => !here.has(id) && arrow.Type[id] !== 'Dictionary');
    expect(missing.map((id) => arrow.Type[id])).toEqual([]);
  });
});

/** A batch with one column that apache-arrow made. */
function arrowBatch(vector: arrow.Vector): RecordBatch {
  const schema = new Schema([new Field('x', vector.type, true)]);
  const [batch] = readBatches(encode(schema, new arrow.Table(schema, { x: vector }).batches));
  if (!batch) throw new Error('no batch');
  return batch;
}

describe('columns that apache-arrow builds', () => {
  it('reads short and long views', () => {
    const texts = ['short', 'a text of more than twelve bytes', null, '', 'ä'.repeat(20)];
    const batch = arrowBatch(arrow.vectorFromArray(texts, new arrow.Utf8View()));
    expect(valuesOf(batch)).toEqual(texts);
    expect(valuesOf(batch.slice(1, 4))).toEqual(texts.slice(1, 4));
    const bytes = arrowBatch(arrow.vectorFromArray([Buffer.alloc(20, 7), null, Buffer.of(1)], new arrow.BinaryView()));
    expect(valuesOf(bytes)).toEqual([new Uint8Array(20).fill(7), null, Uint8Array.of(1)]);
  });

  it.each(['Dense', 'Sparse'] as const)('reads %s unions', (mode) => {
    const fields = [new Field('n', new arrow.Int32(), true), new Field('s', new arrow.Utf8(), true)];
    const n = arrow.vectorFromArray(mode === 'Dense' ? [1, null] : [1, null, null], new arrow.Int32()).data[0];
    const s = arrow.vectorFromArray(mode === 'Dense' ? ['x'] : [null, 'x', null], new arrow.Utf8()).data[0];
    const type = mode === 'Dense' ? new arrow.DenseUnion([5, 9], fields) : new arrow.SparseUnion([5, 9], fields);
    const parts = { type, length: 3, typeIds: Int8Array.of(5, 9, 5), children: [n, s] };
    const data = arrow.makeData(
      (mode === 'Dense' ? { ...parts, valueOffsets: Int32Array.of(0, 0, 1) } : parts) as never,
    );
    expect(valuesOf(arrowBatch(arrow.makeVector(data as never)))).toEqual([1, 'x', null]);
  });

  it('reads dictionaries that grow by deltas', () => {
    const type = new arrow.Dictionary(new arrow.Utf8(), new arrow.Int32(), 1);
    const chunk = (texts: string[]) => arrow.vectorFromArray(texts, new arrow.Utf8());
    const dictionary = chunk(['a', 'b']).concat(chunk(['c']));
    const data = arrow.makeData({ type, length: 3, data: Int32Array.of(2, 0, 2), dictionary });
    expect(valuesOf(arrowBatch(arrow.makeVector(data)))).toEqual(['c', 'a', 'c']);
  });

  it('agrees with apache-arrow on integers and text', () => {
    const table = arrow.tableFromArrays({ i: new Int32Array([1, 2]), s: ['a', 'b'] });
    const [batch] = table.batches;
    if (!batch) throw new Error('no batch');
    expect(converter(table.schema, toConversion()).rows(batch)).toEqual([
      { i: 1, s: 'a' },
      { i: 2, s: 'b' },
    ]);
  });
});

describe('rows', () => {
  const rowsOf = (rows: object[]) => {
    const [batch] = readBatches(rowsToIpc(rows));
    return converter((batch as RecordBatch).schema, toConversion({ int64: 'number' })).rows(batch as RecordBatch);
  };

  it('are separate plain objects, even with hundreds of columns', () => {
    const names = Array.from({ length: 300 }, (_, i) => `column ${i}`);
    const rows = [0, 1000].map((start) => Object.fromEntries(names.map((name, i) => [name, start + i])));
    const found = rowsOf(rows);
    expect(found).toEqual(rows);
    expect(Object.keys(found[1] as object)).toEqual(names);
    expect(Object.getPrototypeOf(found[0])).toBe(Object.prototype);
  });

  it('can have any column name as a key', () => {
    const rows = [1, 2].map((n) => JSON.parse(`{"__proto__": ${n}, "constructor": ${n}, "1": ${n}}`));
    const found = rowsOf(rows);
    expect(found.map((row) => JSON.stringify(row))).toEqual(rows.map((row) => JSON.stringify(row)));
    expect(Object.getPrototypeOf(found[0])).toBe(Object.prototype);
  });
});

describe('options', () => {
  const options: [ConvertOptions, DataType, unknown, unknown][] = [
    [{ int64: 'number' }, new arrow.Int64(), 2n ** 53n - 1n, 2 ** 53 - 1],
    [{ int64: 'string' }, new arrow.Uint64(), 7n, '7'],
    [{ int64: 'number' }, new arrow.DurationSecond(), 7n, 7],
    [{ decimal: 'number' }, new arrow.Decimal(2, 10), '-0.05', -0.05],
    [{ decimal: 'bigint' }, new arrow.Decimal(2, 10), '-0.05', -5n],
    [{ timestamp: 'bigint' }, new arrow.TimestampNanosecond(), -1n, -1n],
    [{ timestamp: 'string' }, new arrow.TimestampSecond('UTC'), 0n, '1970-01-01T00:00:00Z'],
    [{ date: 'string' }, new arrow.DateDay(), '2024-02-29', '2024-02-29'],
    [{ json: true, int64: 'number' }, new arrow.Int64(), 7n, 7],
  ];

  it.each(options)('%j', (convert, type, given, value) => {
    expect(valuesOf(batchOf(type, [given]), convert)).toEqual([value]);
  });

  it('fails with UNSAFE_INTEGER instead of rounding, and names the column and row', () => {
    const rows = (values: bigint[]) => rowsToIpc(values.map((n) => ({ ok: 1, n })));
    const [first, second] = [rows([1n, 2n]), rows([3n, 2n ** 53n])].map(
      (bytes) => readBatches(bytes)[0] as RecordBatch,
    );
    const { columns } = converter((first as RecordBatch).schema, toConversion({ int64: 'number' }));
    columns(first as RecordBatch);
    const error = thrown(() => columns(second as RecordBatch));
    expect(error.code).toBe('UNSAFE_INTEGER');
    expect(error.message).toContain('Column "n", row 3');
  });

  it('rejects timestamps that are out of range for Date, but returns them as strings', () => {
    const batch = batchOf(new arrow.TimestampSecond(), [10n ** 15n]);
    expect(thrown(() => valuesOf(batch)).code).toBe('UNSAFE_INTEGER');
    expect(valuesOf(batch, { timestamp: 'string' })).toEqual(['+31690708-07-05T01:46:40']);
  });

  it.each([
    [new arrow.TimestampSecond(), 8_640_000_000_000n],
    [new arrow.TimestampMillisecond(), 8_640_000_000_000_000n],
    [new arrow.TimestampMicrosecond(), 8_640_000_000_000_000_000n],
  ])('converts a %s up to the first and the last timestamp that Date supports', (type, last) => {
    const ends = [-last, last].map((value) => valuesOf(batchOf(type, [value]))[0]);
    expect(ends).toEqual([new Date(-8.64e15), new Date(8.64e15)]);
    expect(thrown(() => valuesOf(batchOf(type, [-last - 1n]))).code).toBe('UNSAFE_INTEGER');
  });

  it('rejects duplicate column names', () => {
    const twice = new Schema([new Field('id', new arrow.Int32()), new Field('id', new arrow.Utf8())]);
    expect(thrown(() => converter(twice, toConversion()))).toMatchObject({ code: 'SCHEMA' });
  });

  it.each<ConvertOptions>([{ int64: 'int' as never }, { json: 1 as never }, { json: true, int64: 'bigint' }])(
    'rejects %j',
    (convert) => {
      expect(thrown(() => toConversion(convert)).code).toBe('INVALID_ARGUMENT');
    },
  );

  it('gives later options precedence', () => {
    expect(toConversion({ int64: 'number' }, { int64: 'string', date: undefined as never })).toMatchObject({
      int64: 'string',
      date: 'date',
    });
  });
});

it('returns binary values as copies', () => {
  const [bytes] = valuesOf(batchOf(new arrow.Binary(), [Uint8Array.of(1, 2)])) as [Uint8Array];
  expect(bytes.buffer.byteLength).toBe(2);
});
