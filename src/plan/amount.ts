/**
 * Formats numbers for drawings of plans.
 *
 * @module
 */

/** `1,234`. Does not use `Intl`, which takes 20 ms to load. */
export function countText(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** `1,234 rows`, `1 row` */
export function rowsText(rows: number): string {
  return `${countText(rows)} ${rows === 1 ? 'row' : 'rows'}`;
}

/** `4 partitions`, `1 partition` */
export function partitionsText(partitions: number): string {
  return `${countText(partitions)} ${partitions === 1 ? 'partition' : 'partitions'}`;
}

/** Nanoseconds: `870 ns`, `12.3 µs`, `4.56 ms`, `1.23 s`, `2 min 5 s`, `3 h 20 min` */
export function durationText(nanoseconds: number): string {
  const seconds = Math.round(nanoseconds / 1e9);
  if (seconds >= 3600) return `${countText(Math.floor(seconds / 3600))} h ${Math.floor((seconds % 3600) / 60)} min`;
  if (seconds >= 60) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  return scaled(nanoseconds, 1000, ['ns', 'µs', 'ms', 's']);
}

/** `12 B`, `1.5 KiB`, `20 MiB` */
export function bytesText(bytes: number): string {
  return scaled(bytes, 1024, ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB']);
}

function scaled(value: number, base: number, units: readonly string[]): string {
  let unit = 0;
  // Three digits are shown, so 999.6 would be shown as 1,000.
  while (unit < units.length - 1 && Number(value.toPrecision(3)) >= Math.min(base, 1000)) {
    value /= base;
    unit++;
  }
  return `${Number(value.toPrecision(3))} ${units[unit]}`;
}
