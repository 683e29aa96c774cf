/**
 * Chooses the columns of a wide table and their widths, so that it fits.
 *
 * @module
 */

/** The index of the column `…`, which represents the hidden columns. */
export const GAP = -1;

/** The width of a column's content, and the width below which it is not cut. */
interface ColumnWidths {
  readonly full: number;
  readonly least: number;
}

/** The columns to draw. */
interface Fit {
  readonly columns: readonly { readonly index: number; readonly width: number }[];
  /** The hidden columns, from the middle of the table. */
  readonly hidden: readonly number[];
  /** Whether a column is narrower than its content. */
  readonly cut: boolean;
}

/** Shrinks the widest columns first. If that is not enough, hides columns in the middle. */
export function fitColumns(widths: readonly ColumnWidths[], maxWidth = Infinity): Fit {
  const all = widths.map((column, index) => ({ index, ...column }));
  let shown = all;
  for (let count = all.length; count > 2 && tableWidth(shown.map(({ least }) => least)) > maxWidth; ) {
    count--;
    const [left, right] = [Math.ceil(count / 2), Math.floor(count / 2)];
    shown = [...all.slice(0, left), { index: GAP, full: 1, least: 1 }, ...all.slice(all.length - right)];
  }
  const at = (cap: number): number[] => shown.map(({ full, least }) => Math.max(least, Math.min(full, cap)));
  const floor = Math.min(...shown.map(({ least }) => least));
  let cap = Math.max(...shown.map(({ full }) => full));
  while (cap > floor && tableWidth(at(cap)) > maxWidth) cap--;
  const fitted = at(cap);
  const kept = new Set(shown.map(({ index }) => index));
  return {
    columns: shown.map(({ index }, i) => ({ index, width: fitted[i] ?? 0 })),
    hidden: all.map(({ index }) => index).filter((index) => !kept.has(index)),
    cut: shown.some(({ full }, i) => (fitted[i] ?? 0) < full),
  };
}

/** The width of a table: each column has borders on both sides, and a space on both sides of its content. */
function tableWidth(widths: readonly number[]): number {
  return widths.reduce((sum, width) => sum + width + 3, 1);
}
