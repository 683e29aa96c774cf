import * as arrow from 'apache-arrow';
import { type DataType, Field, type RecordBatch, Schema, Table, tableFromIPC } from 'apache-arrow';
import { describe, expect, it } from 'vitest';

import { shareDictionaries } from '../../../src/arrow/ipc/dictionaries.js';
import { encode } from '../../../src/arrow/ipc/encode.js';
import { batchOf, schemaOf, valuesOf } from '../../support/columns.js';

const item = (type: DataType) => new Field('item', type, true);
const words = (indices: arrow.Int = new arrow.Int32()) =>
  new arrow.Dictionary(new arrow.Utf8(), indices as arrow.Int32, 0);

/** Values of the first and the second batch, which have different dictionaries. */
const CASES: [type: DataType, first: unknown[], second: unknown[]][] = [
  [words(), ['a', 'b', null], ['c', null, 'a']],
  [words(new arrow.Uint8()), ['a', 'b'], ['b', 'a', 'b']],
  [words(new arrow.Int64()), ['a', 'b'], ['b', null]],
  [words(), [null, null], ['a', null]],
  [new arrow.Dictionary(new arrow.Int64(), new arrow.Int8(), 0), [7n, -8n], [-8n, 9n]],
  [new arrow.Dictionary(new arrow.Decimal(1, 5), new arrow.Int32(), 0), ['1.5'], ['-2.5', '1.5']],
  [new arrow.Dictionary(new arrow.DateDay(), new arrow.Int32(), 0), [new Date(0)], [new Date(86_400_000), new Date(0)]],
  [new arrow.Dictionary(new arrow.Float64(), new arrow.Int32(), 0), [0, -0, Number.NaN], [Number.NaN, -0]],
  [new arrow.Dictionary(new arrow.Binary(), new arrow.Int32(), 0), [Uint8Array.of(1)], [Uint8Array.of(2, 3)]],
  [new arrow.List(item(words())), [['a', 'b'], null], [['c', null, 'a'], []]],
  [new arrow.LargeList(item(words())), [['a'], null], [['c', null, 'a']]],
  [new arrow.FixedSizeList(2, item(words())), [['a', 'b']], [['c', null], null]],
  [
    new arrow.Struct([new Field('n', new arrow.Int32(), true), new Field('w', words(), true)]),
    [{ n: 1, w: 'a' }],
    [{ n: 2, w: 'b' }, null],
  ],
];

describe.each(CASES)('%s', (type, first, second) => {
  const given = [batchOf(type, first), batchOf(type, second), batchOf(type, first)];
  const { schema, batches } = shareDictionaries(given, schemaOf(type));
  const expected = [...first, ...second, ...first];

  it('keeps rows and types', () => {
    expect(batches.flatMap((batch) => valuesOf(batch))).toEqual(expected);
    expect(schema.fields.map(String)).toEqual(schemaOf(type).fields.map(String));
    for (const batch of batches) expect(batch.schema).toBe(schema);
  });

  it.each(['file', 'stream'] as const)('can be encoded as one Arrow IPC %s', (format) => {
    const read = tableFromIPC(encode(schema, batches, format));
    expect(read.batches.flatMap((batch) => valuesOf(batch))).toEqual(expected);
  });
});

describe('a shared dictionary', () => {
  const share = (...texts: string[][]): Table => {
    const { schema, batches } = shareDictionaries(
      texts.map((some) => batchOf(words(new arrow.Int8()), some)),
      schemaOf(words(new arrow.Int8())),
    );
    return new Table(schema, batches);
  };

  it('has each entry once', () => {
    const [first, second] = share(['b', 'a', 'b'], ['c', 'a']).getChildAt(0)?.data ?? [];
    expect(first?.dictionary).toBe(second?.dictionary);
    expect(first?.dictionary?.toJSON()).toEqual(['b', 'a', 'c']);
  });

  it('gets wider indices if it needs them', () => {
    const texts = (start: number) => Array.from({ length: 100 }, (_, i) => `${start + i}`);
    const table = share(texts(0), texts(100));
    expect(String(table.schema.fields[0]?.type)).toBe('Dictionary<Int32, Utf8>');
    expect(table.getChildAt(0)?.toJSON()).toEqual([...texts(0), ...texts(100)]);
    expect(String(share(texts(0), texts(28)).schema.fields[0]?.type)).toBe('Dictionary<Int8, Utf8>');
  });
});

it('converts string views to Utf8 entries, and leaves dictionaries of structs unchanged', () => {
  const dictionaryOf = (entries: arrow.Vector, index: number[]): RecordBatch => {
    const type = new arrow.Dictionary(entries.type, new arrow.Int32(), 0);
    const column = arrow.makeData({ type, length: index.length, data: Int32Array.from(index), dictionary: entries });
    const schema = schemaOf(type);
    return new arrow.RecordBatch(schema, arrow.makeData({ type: new arrow.Struct(schema.fields), children: [column] }));
  };
  const views = (...texts: string[]) => arrow.vectorFromArray(texts, new arrow.Utf8View());
  const texts = [dictionaryOf(views('a', 'b'), [0, 1]), dictionaryOf(views('b', 'c'), [1, 0])];
  const shared = shareDictionaries(texts, (texts[0] as RecordBatch).schema);
  expect(shared.batches.flatMap((batch) => valuesOf(batch))).toEqual(['a', 'b', 'c', 'b']);
  expect(String(shared.schema.fields[0]?.type)).toBe('Dictionary<Int32, Utf8>');

  const point = new arrow.Struct([new Field('x', new arrow.Int32(), true)]);
  const points = (...xs: number[]) =>
    arrow.vectorFromArray(
      xs.map((x) => ({ x })),
      point,
    );
  const structs = [dictionaryOf(points(1), [0, 0]), dictionaryOf(points(2, 1), [1, 0])];
  const left = shareDictionaries(structs, (structs[0] as RecordBatch).schema);
  expect(left.batches.flatMap((batch) => valuesOf(batch))).toEqual([{ x: 1 }, { x: 1 }, { x: 1 }, { x: 2 }]);
});

it('returns batches without dictionaries and single batches unchanged', () => {
  for (const given of [
    [batchOf(new arrow.Utf8(), ['a']), batchOf(new arrow.Utf8(), ['b'])],
    [batchOf(words(), ['a'])],
  ]) {
    const { schema } = given[0] as RecordBatch;
    const shared = shareDictionaries(given, schema);
    expect(shared.schema).toBe(schema);
    expect(shared.batches).toEqual(given);
  }
  expect(shareDictionaries([], new Schema([])).batches).toEqual([]);
});

it('distinguishes columns with the same name', () => {
  const struct = new arrow.Struct([new Field('x', words(), true), new Field('x', new arrow.Int32(), true)]);
  const batches = [
    ['a', 1],
    ['b', 2],
  ].map(([w, n]) => {
    const children = [batchOf(words(), [w]), batchOf(new arrow.Int32(), [n])].map((batch) => batch.data.children[0]);
    const schema = new Schema(struct.children);
    const data = arrow.makeData({ type: struct, length: 1, children: children as never });
    return Object.assign(new arrow.RecordBatch(schema, data), { schema, data });
  });
  const shared = shareDictionaries(batches, new Schema(struct.children));
  expect(shared.batches.map((batch) => batch.data.children.map((column) => column.type.typeId))).toEqual([
    [arrow.Type.Dictionary, arrow.Type.Int],
    [arrow.Type.Dictionary, arrow.Type.Int],
  ]);
});
