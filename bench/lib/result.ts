import { DataType, type RecordBatch } from 'apache-arrow';

/** The rows of a query as arrays of plain values in column order, because two columns may have the same name. */
export interface Result {
  readonly columns: readonly string[];
  readonly rows: readonly Row[];
}

/** Floats are numbers. Values of all other types are strings. */
export type Row = readonly (string | number | null)[];

export function toResult(batches: readonly RecordBatch[]): Result {
  const columns = batches[0]?.schema.fields.map(({ name }) => name) ?? [];
  const rows = batches.flatMap((batch) => {
    const vectors = batch.schema.fields.map(({ type }, i) => ({ type, values: batch.getChildAt(i) }));
    return Array.from({ length: batch.numRows }, (_, row) =>
      vectors.map(({ type, values }) => toPlain(type, values?.get(row))),
    );
  });
  return { columns, rows };
}

function toPlain(type: DataType, value: unknown): string | number | null {
  if (value === null || value === undefined) return null;
  if (DataType.isFloat(type)) return Number(value);
  if (DataType.isDecimal(type)) return `${unscaled(value as Uint32Array)}e-${type.scale}`;
  return String(value);
}

function unscaled(words: Uint32Array): bigint {
  const bits = words.reduceRight((high, word) => (high << 32n) | BigInt(word), 0n);
  return BigInt.asIntN(32 * words.length, bits);
}

/**
 * Whether both have the same rows the same number of times, in any order. Floats may differ a little, because sums of doubles
 * depend on the order of addition.
 */
export function sameRows(a: readonly Row[], b: readonly Row[]): boolean {
  if (a.length !== b.length) return false;
  const groups = new Map<string, Row[]>();
  for (const row of b) {
    const key = exactPart(row);
    const group = groups.get(key);
    if (group) group.push(row);
    else groups.set(key, [row]);
  }
  return a.every((row) => {
    const group = groups.get(exactPart(row)) ?? [];
    const found = group.findIndex((other) => sameRow(row, other));
    if (found >= 0) group.splice(found, 1);
    return found >= 0;
  });
}

export function sameRow(a: Row, b: Row): boolean {
  return a.every((value, i) => sameValue(value, b[i] ?? null));
}

function sameValue(a: string | number | null, b: string | number | null): boolean {
  if (typeof a !== 'number' || typeof b !== 'number') return a === b;
  return Object.is(a, b) || Math.abs(a - b) <= 1e-9 * Math.max(Math.abs(a), Math.abs(b));
}

function exactPart(row: Row): string {
  return JSON.stringify(row.filter((value) => typeof value !== 'number'));
}
