import * as arrow from 'apache-arrow';
import { Field, type RecordBatch, Schema, tableFromIPC } from 'apache-arrow';
import { describe, expect, it } from 'vitest';

import { type ArrowInput, toIpc, toPartitions } from '../../../src/arrow/ipc/arrow-input.js';
import { readBatches } from '../../../src/arrow/ipc/decode.js';
import { rowsToIpc } from '../../../src/arrow/ipc/plain-input.js';
import { schemaText } from '../../../src/arrow/type-name.js';
import { decode, foreign } from '../../support/ipc.js';
import { thrown } from '../../support/thrown.js';

const table = arrow.tableFromArrays({ a: new Int32Array([1, 2, 3]), b: ['x', 'y', 'z'] });
const [batch] = table.batches as [RecordBatch];
const rows = [
  { a: 1, b: 'x' },
  { a: 2, b: 'y' },
  { a: 3, b: 'z' },
];

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

  it('returns bytes unchanged', () => {
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

  it('merges the nullability of batches, and rejects other schema differences', () => {
    const one = (nullable: boolean, type: arrow.DataType = new arrow.Int32()) => {
      const [made] = readBatches(rowsToIpc([{ n: 1 }], new Schema([new Field('n', type, nullable)])));
      return made as RecordBatch;
    };
    expect(tableFromIPC(toIpc([one(false), one(true)])).schema.fields[0]?.nullable).toBe(true);
    expect(thrown(() => toIpc([one(true), one(true, new arrow.Int64())])).message).toContain('Batch 1: column 0');
    expect(thrown(() => toIpc([one(true), batch])).code).toBe('INVALID_ARGUMENT');
  });

  it.each([null, undefined, 5, 'x', {}, [], [1], [table], new Map([[1, 2]])])('rejects %s', (input) => {
    expect(thrown(() => toIpc(input as never)).code).toBe('INVALID_ARGUMENT');
  });

  it('makes one partition from each list of batches', () => {
    const partitions = toPartitions([[batch], [], [batch, batch]]);
    expect(partitions.map((bytes) => decode(bytes).rows.length)).toEqual([3, 0, 6]);
    expect(toPartitions([batch, batch])).toHaveLength(1);
    expect(thrown(() => toPartitions([[], []])).code).toBe('INVALID_ARGUMENT');
    expect(thrown(() => toPartitions([[batch], 5] as never)).message).toContain('Partition 1');
  });
});

it('takes an ArrayBuffer, such as the body of a response', () => {
  const bytes = rowsToIpc([{ a: 'x' }]);
  const buffer = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
  expect(Buffer.from(toIpc(buffer))).toEqual(Buffer.from(bytes));
});
