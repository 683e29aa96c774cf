import { tableFromArrays } from 'apache-arrow';

/** Rows as a table of apache-arrow, and one by itself. */
export function* batches(count: number) {
  yield tableFromArrays({
    b: Array.from({ length: count }, (_, i) => `row ${i}`),
    a: Int32Array.from({ length: count }, (_, i) => i),
  });
  yield { a: -1, b: null };
}
