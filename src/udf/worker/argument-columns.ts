/**
 * Reads the arguments of a batch as columns, in the layout of native/src/udf/worker/batch.rs.
 *
 * @module
 */

import { Data, type DataType, type RecordBatch, Type } from 'apache-arrow';

import { readBatches } from '../../arrow/ipc/decode.js';

/** The layout has four numbers per argument. */
const WORDS = 4;
const IN_STREAM = 2 ** 32 - 1;

/** The columns of the arguments: views of the values, with a validity bitmap if there are nulls. */
export function columnsOf(block: Uint8Array, types: readonly DataType[], rows: number): Data[] {
  const table = new Uint32Array(block.buffer, block.byteOffset, (types.length + 1) * WORDS);
  const at = (place: number): number => table[place] as number;
  const bytes = (start: number, length: number): Uint8Array => block.subarray(start, start + length);
  let stream: RecordBatch | undefined;
  let inStream = 0;
  return types.map((type, i) => {
    const start = at(i * WORDS);
    if (start === IN_STREAM) {
      const place = types.length * WORDS;
      stream ??= readBatches(bytes(at(place), at(place + 1)))[0];
      return (stream as RecordBatch).data.children[inStream++] as Data;
    }
    const bitmap = at(i * WORDS + 1);
    const validity = bitmap === 0 ? undefined : bytes(bitmap, Math.ceil(rows / 8));
    const nulls = validity === undefined ? 0 : -1;
    const offset = block.byteOffset + start;
    const buffers =
      type.typeId === Type.Utf8
        ? [new Int32Array(block.buffer, offset, rows + 1), bytes(at(i * WORDS + 2), at(i * WORDS + 3)), validity]
        : [undefined, numbers(type, block.buffer as ArrayBuffer, offset, rows), validity];
    return new Data(type, 0, rows, nulls, buffers as unknown as Data['buffers']);
  });
}

function numbers(type: DataType, buffer: ArrayBuffer, offset: number, rows: number): ArrayBufferView {
  if (type.typeId === Type.Bool) return new Uint8Array(buffer, offset, Math.ceil(rows / 8));
  const { ArrayType } = type as DataType & { ArrayType: new (b: ArrayBuffer, o: number, n: number) => ArrayBufferView };
  return new ArrayType(buffer, offset, rows);
}
