import {
  DateDay,
  Decimal,
  Field,
  Int32,
  List,
  makeData,
  makeVector,
  Table,
  TimestampMicrosecond,
  tableFromArrays,
  vectorFromArray,
} from 'apache-arrow';

/** Rows as an Arrow table, and one row as an object. */
export function* batches(count: number) {
  yield tableFromArrays({
    b: Array.from({ length: count }, (_, i) => `row ${i}`),
    a: Int32Array.from({ length: count }, (_, i) => i),
  });
  yield { a: -1, b: null };
}

/** Rows with types that JavaScript numbers cannot represent. */
export function* times(count: number) {
  const price = new Uint32Array([1230, 0, 0, 0]);
  const columns = {
    at: makeVector(makeData({ type: new TimestampMicrosecond(), data: new BigInt64Array([1_700_000_000_123_456n]) })),
    day: vectorFromArray([new Date('2026-11-23T00:00:00Z')], new DateDay()),
    price: makeVector(makeData({ type: new Decimal(2, 10, 128), data: price })),
    list: vectorFromArray([[1, null]], new List(new Field('item', new Int32(), true))),
  };
  if (count > 0) yield new Table(columns);
}
