import type { RecordBatch } from 'apache-arrow';

/** What was read of a result: a hash that depends on every value of every row, but not on the order of the rows. */
export interface Digest {
  readonly rows: number;
  readonly hash: number;
}

/** Adds the rows of batches whose columns are all Int64. */
export class Digester {
  #rows = 0;
  #hash = 0;

  add(batch: RecordBatch): void {
    const columns = Array.from({ length: batch.numCols }, (_, index) => {
      const column = batch.getChildAt(index);
      const values: unknown = column?.toArray();
      if (!(values instanceof BigInt64Array) || column?.nullCount !== 0)
        throw new Error('a column has other values than Int64');
      return new Int32Array(values.buffer, values.byteOffset, 2 * batch.numRows);
    });
    for (let row = 0; row < batch.numRows; row++) {
      let mixed = 0x9e3779b9;
      for (const column of columns) {
        mixed = Math.imul(mixed ^ (column[2 * row] ?? 0), 0x85ebca6b);
        mixed = Math.imul(mixed ^ (mixed >>> 13) ^ (column[2 * row + 1] ?? 0), 0xc2b2ae35);
      }
      this.#hash = (this.#hash + (mixed ^ (mixed >>> 16))) >>> 0;
    }
    this.#rows += batch.numRows;
  }

  get digest(): Digest {
    return { rows: this.#rows, hash: this.#hash };
  }
}
