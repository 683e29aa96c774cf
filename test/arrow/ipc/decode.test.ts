import * as arrow from 'apache-arrow';
import { Field, type RecordBatch, Schema } from 'apache-arrow';
import { describe, expect, it } from 'vitest';

import { readBatches } from '../../../src/arrow/ipc/decode.js';
import { encode } from '../../../src/arrow/ipc/encode.js';
import { rowsToIpc } from '../../../src/arrow/ipc/plain-input.js';
import { schemaText } from '../../../src/arrow/type-name.js';

describe('readBatches', () => {
  const schema = new Schema([new Field('id', new arrow.Int32()), new Field('id', new arrow.Utf8())]);

  it('gives all batches the same schema object, even with duplicate column names', () => {
    const struct = new arrow.Struct(schema.fields);
    const ids = arrow.vectorFromArray([1], new arrow.Int32()).data[0] as arrow.Data;
    const names = arrow.vectorFromArray(['x'], new arrow.Utf8()).data[0] as arrow.Data;
    const data = arrow.makeData({ type: struct, length: 1, children: [ids, names] });
    const made = Object.assign(new arrow.RecordBatch(schema, data), { schema });
    const batches = readBatches(encode(schema, [made, made]));
    expect(batches).toHaveLength(2);
    expect(batches[0]?.schema).toBe(batches[1]?.schema);
    expect(schemaText((batches[0] as RecordBatch).schema)).toBe('id: Int32, id: Utf8');
    expect(readBatches(encode(schema, [made]), schema)[0]?.schema).toBe(schema); // an equal schema is replaced with the given object
  });

  it('does not copy buffers', () => {
    const bytes = rowsToIpc([{ a: 'x' }]);
    const aligned = Buffer.from(new ArrayBuffer(bytes.byteLength));
    aligned.set(bytes);
    const [view] = readBatches(aligned);
    expect(view?.data.children[0]?.values.buffer).toBe(aligned.buffer);
  });
});
