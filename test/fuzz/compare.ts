import type { Statement } from './statement.js';

/** A row as JSON values. 64-bit integers are strings; only floating-point numbers and small integers are numbers. */
export type Values = readonly unknown[];

/** Sums of floating-point numbers depend on their order. */
const TOLERANCE = 1e-9;

/** The first difference of two results, or undefined if they are equal. */
export function difference(
  expected: readonly Values[],
  actual: readonly Values[],
  statement: Statement,
): string | undefined {
  if (expected.length !== actual.length)
    return `${actual.length} rows for ${expected.length}${firsts(expected, actual)}`;
  for (const [index, row] of expected.entries()) {
    const other = actual[index] ?? [];
    const column = statement.ordered.find((key) => !same(row[key], other[key]));
    if (column !== undefined) return `row ${index}, c${column}: ${show(other)} for ${show(row)}`;
  }
  if (statement.countOnly) return undefined;
  const rows = firsts(expected, actual);
  return rows === '' ? undefined : `other rows${rows}`;
}

/** The first rows that are only in one of two multisets. */
function firsts(expected: readonly Values[], actual: readonly Values[]): string {
  const [missing, more] = unmatched(expected, actual);
  const list = (title: string, rows: readonly Values[]) =>
    rows.length > 0 ? `; ${title}: ${rows.slice(0, 3).map(show).join(' ')}` : '';
  return `${list('missing', missing)}${list('too many', more)}`;
}

function unmatched(expected: readonly Values[], actual: readonly Values[]): [Values[], Values[]] {
  const counts = new Map<string, number>();
  for (const row of actual) counts.set(show(row), (counts.get(show(row)) ?? 0) + 1);
  const take = (key: string): boolean => {
    const count = counts.get(key) ?? 0;
    if (count > 0) counts.set(key, count - 1);
    return count > 0;
  };
  const missing = expected.filter((row) => !take(show(row)));
  const more = actual.filter((row) => take(show(row)));
  // The remaining rows may still be equal within the tolerance.
  const left = missing.filter((row) => {
    const index = more.findIndex((other) => row.every((value, column) => same(value, other[column])));
    if (index >= 0) more.splice(index, 1);
    return index < 0;
  });
  return [left, more];
}

function same(a: unknown, b: unknown): boolean {
  if (typeof a === 'number' && typeof b === 'number')
    return Math.abs(a - b) <= TOLERANCE * Math.max(1, Math.abs(a), Math.abs(b));
  return a === b;
}

function show(row: Values): string {
  return JSON.stringify(row);
}
