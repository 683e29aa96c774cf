/**
 * A part of a whole, as a bar.
 *
 * @module
 */

const WIDTH = 20;

/** `[########............] 40 %`, for 0.4. */
export function barText(fraction: number): string {
  const full = Math.round(fraction * WIDTH);
  return `[${'#'.repeat(full)}${'.'.repeat(WIDTH - full)}] ${Math.floor(fraction * 100)} %`;
}
