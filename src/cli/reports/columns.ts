/**
 * Rows of reports as the columns of a list.
 *
 * @module
 */

/** Returns the text of a row in a column. */
type ColumnText<T> = (row: T) => string;

/** The columns of rows. Columns without any text are left out. */
export function columnsOf<T>(
  rows: readonly T[],
  texts: Readonly<Record<string, ColumnText<T>>>,
): Record<string, string[]> {
  const columns = Object.entries(texts).map(([name, text]) => [name, rows.map(text)] as const);
  return Object.fromEntries(columns.filter(([, cells]) => cells.some((cell) => cell !== '')));
}

/** A local time, `2026-03-01 14:05:59`; empty if it is not known. */
export function timeText(time: Date | undefined): string {
  if (time === undefined) return '';
  const local = new Date(time.getTime() - time.getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 19).replace('T', ' ');
}
