import { expect, it } from 'vitest';

import { bytesText, durationText, partitionsText, rowsText } from '../../src/plan/amount.js';

it.each([
  [rowsText(0), '0 rows'],
  [rowsText(1), '1 row'],
  [rowsText(3_000_000), '3,000,000 rows'],
  [partitionsText(1), '1 partition'],
  [partitionsText(16), '16 partitions'],
  [durationText(0), '0 ns'],
  [durationText(870), '870 ns'],
  [durationText(999.6), '1 µs'],
  [durationText(12_345), '12.3 µs'],
  [durationText(4_560_000), '4.56 ms'],
  [durationText(999_999_999), '1 s'],
  [durationText(59_400_000_000), '59.4 s'],
  [durationText(59_600_000_000), '1 min 0 s'],
  [durationText(125e9), '2 min 5 s'],
  [durationText(12_000e9), '3 h 20 min'],
  [bytesText(0), '0 B'],
  [bytesText(999), '999 B'],
  [bytesText(1000), '0.977 KiB'],
  [bytesText(1536), '1.5 KiB'],
  [bytesText(20 * 2 ** 20), '20 MiB'],
  [bytesText(2 ** 59), '512 PiB'],
])('formats %s', (text, expected) => expect(text).toBe(expected));
