import { runInNewContext } from 'node:vm';
import * as arrow from 'apache-arrow';
import { Field, type RecordBatch, Schema, tableFromIPC } from 'apache-arrow';
import { describe, expect, it } from 'vitest';

import { bodyMessages, concatBytes, END_OF_STREAM, schemaMessage } from '../../src/arrow/ipc.js';
import { readBatches } from '../../src/arrow/read.js';
import { schemaText } from '../../src/arrow/type-name.js';
import { converter, toConversion } from '../../src/arrow/values.js';
import { type ArrowInput, columnsToIpc, encode, rowsToIpc, toIpc, toPartitions } from '../../src/arrow/write.js';
import { thrown } from '../support/thrown.js';

/** The schema and the rows of IPC bytes. */
function decode(bytes: Uint8Array): { schema: string; rows: object[] } {
  const table = tableFromIPC(bytes);
  const { rows } = converter(table.schema, toConversion());
  return { schema: schemaText(table.schema), rows: readBatches(bytes).flatMap((batch) => rows(batch)) };
}

const table = arrow.tableFromArrays({ a: new Int32Array([1, 2, 3]), b: ['x', 'y', 'z'] });
const [batch] = table.batches as [RecordBatch];
const rows = [
  { a: 1, b: 'x' },
  { a: 2, b: 'y' },
  { a: 3, b: 'z' },
];

/** An object as an old copy of apache-arrow makes it: the same shape, none of our classes, no brands. */
function foreign<T>(value: T): T {
  const seen = new Map<object, object>();
  const copy = (source: unknown): unknown => {
    if (typeof source !== 'object' || source === null || ArrayBuffer.isView(source)) return source;
    if (source instanceof Map) return new Map(source);
    const known = seen.get(source);
    if (known) return known;
    const target: Record<string, unknown> | unknown[] = Array.isArray(source) ? [] : {};
    seen.set(source, target);
    for (let owner: object | null = source; owner && owner !== Object.prototype; owner = Object.getPrototypeOf(owner)) {
      for (const [name, { get }] of Object.entries(Object.getOwnPropertyDescriptors(owner))) {
        if (
          name in target ||
          name === 'constructor' ||
          (get && !['batches', 'schema', 'typeId', 'children', 'nullCount'].includes(name))
        )
          continue;
        const part = (source as Record<string, unknown>)[name];
        if (typeof part !== 'function') (target as Record<string, unknown>)[name] = copy(part);
      }
    }
    return target;
  };
  return copy(value) as T;
}

describe('toIpc', () => {
  const inputs: [string, ArrowInput][] = [
    ['a table', table],
    ['a batch', batch],
    ['batches', [batch]],
    ['an iterable of batches', new Set([batch])],
    ['a table of another copy of apache-arrow', foreign(table)],
    ['a batch of another copy of apache-arrow', foreign(batch)],
  ];

  it.each(inputs)('takes %s', (_name, input) => {
    expect(decode(toIpc(input)).rows).toEqual(rows);
  });

  it('takes bytes as they are', () => {
    const bytes = arrow.tableToIPC(table);
    expect(toIpc(bytes)).toBe(bytes);
  });

  it('keeps dictionaries, slices and empty tables', () => {
    const words = arrow.tableFromArrays({ w: ['a', 'b', 'a'] });
    expect(decode(toIpc(words)).schema).toContain('Dictionary');
    expect(decode(toIpc(table.slice(1, 2))).rows).toEqual([rows[1]]);
    const empty = new arrow.Table(table.schema, []);
    expect(decode(toIpc(empty))).toEqual({ schema: schemaText(table.schema), rows: [] });
  });

  it('joins the nullability of batches, and refuses other differences', () => {
    const one = (nullable: boolean, type: arrow.DataType = new arrow.Int32()) => {
      const [made] = readBatches(rowsToIpc([{ n: 1 }], new Schema([new Field('n', type, nullable)])));
      return made as RecordBatch;
    };
    expect(tableFromIPC(toIpc([one(false), one(true)])).schema.fields[0]?.nullable).toBe(true);
    expect(thrown(() => toIpc([one(true), one(true, new arrow.Int64())])).message).toContain('batch 1: column 0');
    expect(thrown(() => toIpc([one(true), batch])).code).toBe('INVALID_ARGUMENT');
  });

  it.each([null, undefined, 5, 'x', {}, [], [1], [table], new Map([[1, 2]])])('refuses %s', (input) => {
    expect(thrown(() => toIpc(input as never)).code).toBe('INVALID_ARGUMENT');
  });

  it('makes a partition of each list of batches', () => {
    const partitions = toPartitions([[batch], [], [batch, batch]]);
    expect(partitions.map((bytes) => decode(bytes).rows.length)).toEqual([3, 0, 6]);
    expect(toPartitions([batch, batch])).toHaveLength(1);
    expect(thrown(() => toPartitions([[], []])).code).toBe('INVALID_ARGUMENT');
    expect(thrown(() => toPartitions([[batch], 5] as never)).message).toContain('partition 1');
  });
});

/** A value that holds itself, twice. */
function cyclic<T extends object>(value: T): T {
  if (Array.isArray(value)) value.push(value, value);
  else if (value instanceof Map) value.set('self', value).set('me', value);
  else Object.assign(value, { self: value, me: value });
  return value;
}

function nested(levels: number): unknown {
  return levels === 0 ? 1 : [nested(levels - 1)];
}

const ENTRY = new arrow.Struct<{ key: arrow.Utf8; value: arrow.Int32 }>([
  new Field('key', new arrow.Utf8(), false),
  new Field('value', new arrow.Int32()),
]);
const MAP = new arrow.Map_(new Field('entries', ENTRY, false));

describe('rowsToIpc', () => {
  const inferred: [name: string, values: unknown[], type: string, out?: unknown[]][] = [
    ['integers', [1, null, -2], 'Int64', [1n, null, -2n]],
    ['fractions', [1, 1.5], 'Float64'],
    ['minus zero', [-0, 1], 'Float64'],
    ['unsafe integers', [2 ** 53], 'Float64'],
    ['NaN', [Number.NaN], 'Float64'],
    ['bigints and integers', [1n, 2], 'Int64', [1n, 2n]],
    ['large bigints', [2n ** 63n], 'UInt64'],
    ['text', ['a', null, ''], 'Utf8'],
    ['booleans', [true, undefined], 'Boolean', [true, null]],
    ['instants before 1970', [new Date(-1), null], 'Timestamp(ms, "UTC")'],
    ['bytes', [Buffer.of(1), null], 'Binary', [Uint8Array.of(1), null]],
    ['nothing', [null, undefined], 'Null', [null, null]],
    ['lists', [[1, null], [], null], 'List(Int64)', [[1n, null], [], null]],
    ['typed arrays', [Float64Array.of(0.5)], 'List(Float64)', [[0.5]]],
    ['empty lists', [[], null], 'List(Null)'],
    [
      'structs',
      [{ a: 1 }, { b: 'x' }, null],
      'Struct("a": Int64, "b": Utf8)',
      [{ a: 1n, b: null }, { a: null, b: 'x' }, null],
    ],
    ['lists of structs', [[{ a: [1] }], [null]], 'List(Struct("a": List(Int64)))', [[{ a: [1n] }], [null]]],
    [
      'maps',
      [new Map([['k', 1]]), null],
      'Map("entries": non-null Struct("key": non-null Utf8, "value": Int64), unsorted)',
      [new Map([['k', 1n]]), null],
    ],
    [
      'maps of another realm',
      [runInNewContext('new Map([["a", 1]])'), runInNewContext('new Map([["b", 2], ["c", 3]])')],
      'Map("entries": non-null Struct("key": non-null Utf8, "value": Int64), unsorted)',
      [
        new Map([['a', 1n]]),
        new Map([
          ['b', 2n],
          ['c', 3n],
        ]),
      ],
    ],
  ];

  it.each(inferred)('infers %s', (_name, values, type, out = values) => {
    const decoded = decode(rowsToIpc(values.map((x) => ({ x }))));
    expect(decoded.schema).toBe(`x: ${type}`);
    expect(decoded.rows).toEqual(out.map((x) => ({ x })));
  });

  it('takes lists of 30 levels', () => {
    expect(decode(rowsToIpc([{ x: nested(30) }])).schema).toMatch(/^x: (List\(){30}Int64/);
  });

  it('fills in keys that rows lack, in the order of their first appearance', () => {
    expect(decode(rowsToIpc([{ b: 1 }, { a: 'x', toString: true }]))).toEqual({
      schema: 'b: Int64, a: Utf8, toString: Boolean',
      rows: [
        { b: 1n, a: null, toString: null },
        { b: null, a: 'x', toString: true },
      ],
    });
  });

  const refused: [name: string, rows: unknown, message: RegExp][] = [
    ['mixed types', [{ a: 1 }, { a: 'x' }], /row 1, column "a": a string after a number in row 0/],
    ['mixed types deep inside', [{ a: [{ b: 1 }] }, { a: [{ b: 2 }, { b: true }] }], /row 1, column "a\[\]\.b"/],
    ['bigints with fractions', [{ a: 1n }, { a: 0.5 }], /no type holds both/],
    ['bigints past 64 bits', [{ a: 1 }, { a: 2n ** 64n }], /row 1, column "a".*64 bits/],
    ['lone surrogates', [{ a: 'x' }, { a: '\ud800' }], /row 1, column "a": a string with a lone surrogate is no Utf8/],
    ['lone surrogates in maps', [{ a: new Map([['\ud800', 1]]) }], /row 0, column "a\.key": .*lone surrogate/],
    ['functions', [{ a: () => 1 }], /row 0, column "a": a function/],
    ['objects that hold themselves', [{ a: 1 }, cyclic({})], /row 1, column "self".*hold themselves/],
    ['lists that hold themselves', [{ a: cyclic([]) }], /row 0, column "a".*hold themselves/],
    ['maps that hold themselves', [{ a: cyclic(new Map()) }], /row 0, column "a".*hold themselves/],
    ['lists of 31 levels', [{ a: nested(31) }], /row 0, column "a".*more than 30 levels/],
    ['empty objects', [{ a: {} }], /without keys/],
    ['rows that are none', [{ a: 1 }, 5], /row 1 must be an object/],
    ['no rows', [], /schema/],
    ['rows without keys', [{}], /schema/],
    ['no array', { a: 1 }, /array of objects/],
  ];

  it.each(refused)('refuses %s', (_name, given, message) => {
    const error = thrown(() => rowsToIpc(given as object[]));
    expect(error.code).toBe('INVALID_ARGUMENT');
    expect(error.message).toMatch(message);
  });

  it('takes a schema, also without rows', () => {
    const schema = new Schema([new Field('a', new arrow.Int32(), false)]);
    expect(decode(rowsToIpc([], schema))).toEqual({ schema: 'a: Int32', rows: [] });
    expect(thrown(() => rowsToIpc([{ a: 1 }, { a: null }], schema)).message).toMatch(/row 1, column "a": null/);
    expect(thrown(() => rowsToIpc([{ a: 1 }], 'Int32' as never)).code).toBe('INVALID_ARGUMENT');
  });

  const misfits: [type: arrow.DataType, value: unknown][] = [
    [new arrow.Int8(), 128],
    [new arrow.Uint8(), -1],
    [new arrow.Int32(), 1.5],
    [new arrow.Int64(), 2n ** 63n],
    [new arrow.Int64(), 2 ** 53],
    [new arrow.Float64(), '1'],
    [new arrow.Float64(), 2n ** 53n + 1n],
    [new arrow.Bool(), 1],
    [new arrow.Utf8(), 1],
    [new arrow.Utf8(), 'a\ud800'],
    [new arrow.Dictionary(new arrow.Utf8(), new arrow.Int32()), '\udc00a'],
    [new arrow.Binary(), 'x'],
    [new arrow.FixedSizeBinary(2), Uint8Array.of(1)],
    [new arrow.Decimal(2, 4), '1.234'],
    [new arrow.Decimal(2, 4), '100'],
    [new arrow.Decimal(2, 4), 'x'],
    [new arrow.DateDay(), 5],
    [new arrow.TimestampMillisecond(), new Date(Number.NaN)],
    [new arrow.TimestampMillisecond(), '2021-01-01'],
    [new arrow.TimeSecond(), 86_400],
    [new arrow.IntervalYearMonth(), { days: 1 }],
    [new arrow.List(new Field('item', new arrow.Int32())), 'abc'],
    [new arrow.FixedSizeList(2, new Field('item', new arrow.Int32())), [1]],
    [new arrow.Struct([new Field('a', new arrow.Int32())]), [1]],
    [MAP, [['k']]],
    [MAP, [5]],
    [MAP, 'k'],
  ];

  it.each(misfits)('refuses for %s: %s', (type, value) => {
    const error = thrown(() => rowsToIpc([{ x: value }], new Schema([new Field('x', type, true)])));
    expect(error.message).toMatch(/row 0, column "x"/);
    expect(error.code).toBe('INVALID_ARGUMENT');
  });
});

describe('columnsToIpc', () => {
  it('infers, and keeps the types of typed arrays', () => {
    const decoded = decode(
      columnsToIpc({ a: Float32Array.of(1, 2), b: ['x', null], c: BigUint64Array.of(1n, 2n), d: Uint8Array.of(1, 2) }),
    );
    expect(decoded.schema).toBe('a: Float32, b: Utf8, c: UInt64, d: UInt8');
    expect(decoded.rows[1]).toEqual({ a: 2, b: null, c: 2n, d: 2 });
  });

  it.each([{ a: [1], b: [1, 2] }, { a: 5 }, { a: null }, {}, null, [[1]]])('refuses %j', (columns) => {
    expect(thrown(() => columnsToIpc(columns as never)).code).toBe('INVALID_ARGUMENT');
  });

  const vector = arrow.vectorFromArray(['x', 'y']);
  it.each([vector, foreign(vector), vector.data[0]])('refuses a vector, and says what takes it', (a) => {
    const error = thrown(() => columnsToIpc({ n: [1, 2], a: a as never }));
    expect(error).toMatchObject({ code: 'INVALID_ARGUMENT', message: expect.stringMatching(/column "a".*fromArrow/) });
  });

  it('needs every column of a schema', () => {
    const schema = new Schema([new Field('b', new arrow.Int32())]);
    expect(thrown(() => columnsToIpc({ a: [1] }, schema)).message).toContain('"b"');
  });
});

describe('messages', () => {
  const streams = [rowsToIpc([{ a: 'x' }]), rowsToIpc([{ a: 'y' }])] as const;

  it('makes one stream of several', () => {
    const joined = concatBytes([schemaMessage(streams[0]), ...streams.map(bodyMessages), END_OF_STREAM]);
    expect(decode(joined).rows).toEqual([{ a: 'x' }, { a: 'y' }]);
  });

  it('makes a stream without batches of a schema alone', () => {
    const joined = concatBytes([schemaMessage(streams[0]), END_OF_STREAM]);
    expect(decode(joined)).toEqual({ schema: 'a: Utf8', rows: [] });
  });

  it.each([new Uint8Array(0), Buffer.from('ARROW1'), new Uint8Array(64)])('refuses what is no stream', (bytes) => {
    expect(thrown(() => schemaMessage(bytes)).code).toBe('ARROW');
    expect(thrown(() => readBatches(bytes)).code).toBe('ARROW');
  });
});

describe('readBatches', () => {
  const schema = new Schema([new Field('id', new arrow.Int32()), new Field('id', new arrow.Utf8())]);

  it('shares one schema, right also where columns share a name', () => {
    const struct = new arrow.Struct(schema.fields);
    const ids = arrow.vectorFromArray([1], new arrow.Int32()).data[0] as arrow.Data;
    const names = arrow.vectorFromArray(['x'], new arrow.Utf8()).data[0] as arrow.Data;
    const data = arrow.makeData({ type: struct, length: 1, children: [ids, names] });
    const made = Object.assign(new arrow.RecordBatch(schema, data), { schema });
    const batches = readBatches(encode(schema, [made, made]));
    expect(batches).toHaveLength(2);
    expect(batches[0]?.schema).toBe(batches[1]?.schema);
    expect(schemaText((batches[0] as RecordBatch).schema)).toBe('id: Int32, id: Utf8');
    expect(readBatches(encode(schema, [made]), schema)[0]?.schema).toBe(schema); // equal is enough: it takes the object given
  });

  it('copies nothing', () => {
    const bytes = rowsToIpc([{ a: 'x' }]);
    const aligned = Buffer.from(new ArrayBuffer(bytes.byteLength));
    aligned.set(bytes);
    const [view] = readBatches(aligned);
    expect(view?.data.children[0]?.values.buffer).toBe(aligned.buffer);
  });
});

it('takes the bytes of a response', () => {
  const bytes = rowsToIpc([{ a: 'x' }]);
  const buffer = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
  expect(Buffer.from(toIpc(buffer))).toEqual(Buffer.from(bytes));
});
