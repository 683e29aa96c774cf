/**
 * The width of a terminal.
 *
 * @module
 */

/** The number of characters in a line. Some terminals do not say it. */
export function terminalWidth({ columns }: { readonly columns?: number }): number {
  return columns || Number(process.env['COLUMNS']) || 80;
}
