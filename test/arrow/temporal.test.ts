import { TimeUnit } from 'apache-arrow';
import { expect, it } from 'vitest';

import { floorDiv, isoDateTime, isoDay, isoTime, timeUnits, zoneOffsetMinutes } from '../../src/arrow/temporal.js';

it('formats days as Date does', () => {
  for (let days = -800_000; days < 3_000_000; days += 997) {
    const iso = new Date(days * 86_400_000).toISOString();
    const date = iso.slice(0, iso.indexOf('T'));
    // Date writes years outside 0…9999 with six digits.
    expect(isoDay(days)).toBe(date.replace(/^([+-])0*(\d{4,})/, '$1$2'));
  }
});

it('formats timestamps that are out of range for Date', () => {
  expect(isoDateTime(10n ** 15n, TimeUnit.SECOND, 'all')).toBe('+31690708-07-05T01:46:40'); // date -u -d @1000000000000000
});

it('formats all fractional digits, or as many as needed', () => {
  expect(isoTime(1_500_000n, TimeUnit.MICROSECOND, 'all')).toBe('00:00:01.500000');
  expect(isoTime(1_500_000n, TimeUnit.MICROSECOND, 'some')).toBe('00:00:01.500');
  expect(isoTime(1_000n, TimeUnit.NANOSECOND, 'some')).toBe('00:00:00.000001');
  expect(isoTime(0n, TimeUnit.NANOSECOND, 'some')).toBe('00:00:00');
});

it('parses the times of day that it formats', () => {
  expect(timeUnits('23:59:59.123456', TimeUnit.MICROSECOND)).toBe(86_399_123_456n);
  expect(timeUnits('00:00:01', TimeUnit.NANOSECOND)).toBe(1_000_000_000n);
  expect(timeUnits('12:30', TimeUnit.SECOND)).toBe(45_000n);
  expect(timeUnits('00:00:01.500', TimeUnit.MILLISECOND)).toBe(1500n);
  for (const text of ['', '1:00', '12:60', '12:00:60', '00:00:00.0001', '12:00:00Z', '12'])
    expect(timeUnits(text, TimeUnit.MILLISECOND), text).toBeUndefined();
});

it('rounds toward negative infinity', () => {
  expect([floorDiv(-1n, 1000n), floorDiv(-1000n, 1000n), floorDiv(999n, 1000n)]).toEqual([-1n, -1n, 0n]);
});

it('knows time zone offsets in winter and in summer', () => {
  const [winter, summer] = [Date.UTC(2024, 0, 1), Date.UTC(2024, 6, 1)];
  expect(zoneOffsetMinutes('Europe/Paris', winter)).toBe(60);
  expect(zoneOffsetMinutes('Europe/Paris', summer)).toBe(120);
  expect(zoneOffsetMinutes('UTC', summer)).toBe(0);
  expect(zoneOffsetMinutes('-05:30', summer)).toBe(-330);
  expect(zoneOffsetMinutes('Nowhere/Land', summer)).toBeUndefined();
});
