/**
 * Converts dates, timestamps and times to ISO 8601 strings, exactly and over the whole range of Arrow.
 *
 * @module
 */

import { TimeUnit } from 'apache-arrow';

const DAY_SECONDS = 86_400n;

/** Units per second. */
export const UNITS_PER_SECOND: Readonly<Record<TimeUnit, bigint>> = Object.freeze({
  [TimeUnit.SECOND]: 1n,
  [TimeUnit.MILLISECOND]: 1_000n,
  [TimeUnit.MICROSECOND]: 1_000_000n,
  [TimeUnit.NANOSECOND]: 1_000_000_000n,
});

/** How many fraction digits to print: `all` digits of the unit, or `some`: 0, 3, 6 or 9 as needed, like Rust. */
type FractionDigits = 'all' | 'some';

/** Division that rounds towards minus infinity, so that instants before 1970 are rounded in the same direction. */
export function floorDiv(value: bigint, by: bigint): bigint {
  const quotient = value / by;
  return value % by < 0n ? quotient - 1n : quotient;
}

/** `2021-01-31`. Years outside 0…9999 are printed as `-0044-03-15` and `+12021-01-31`. */
export function isoDay(days: number): string {
  // Converts days to a civil date: http://howardhinnant.github.io/date_algorithms.html#civil_from_days
  const shifted = days + 719_468;
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const monthFromMarch = Math.floor((5 * dayOfYear + 2) / 153);
  const day = dayOfYear - Math.floor((153 * monthFromMarch + 2) / 5) + 1;
  const month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9;
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  const digits = String(Math.abs(year)).padStart(4, '0');
  const sign = year < 0 ? '-' : year > 9999 ? '+' : '';
  return `${sign}${digits}-${two(month)}-${two(day)}`;
}

/** `23:59:59.123`. */
export function isoTime(value: bigint, unit: TimeUnit, digits: FractionDigits): string {
  const perSecond = UNITS_PER_SECOND[unit];
  const seconds = Number(floorDiv(value, perSecond));
  const fraction = value - BigInt(seconds) * perSecond;
  const clock = `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  return clock + fractionText(fraction, perSecond, digits);
}

/** Parses `23:59:59.123` to units; undefined if it has more digits than the unit. */
export function timeUnits(text: string, unit: TimeUnit): bigint | undefined {
  const [, hours, minutes, seconds, fraction = ''] = /^(\d\d):(\d\d)(?::(\d\d)(?:\.(\d+))?)?$/u.exec(text) ?? [];
  if (hours === undefined || Number(minutes) > 59 || Number(seconds ?? 0) > 59) return undefined;
  const perSecond = UNITS_PER_SECOND[unit];
  const digits = String(perSecond).length - 1;
  if (/[1-9]/u.test(fraction.slice(digits))) return undefined;
  const whole = BigInt(hours) * 3600n + BigInt(minutes as string) * 60n + BigInt(seconds ?? 0);
  return whole * perSecond + BigInt(fraction.slice(0, digits).padEnd(digits, '0') || 0);
}

/** `2021-01-31T23:59:59.123`, in UTC and without a zone. */
export function isoDateTime(value: bigint, unit: TimeUnit, digits: FractionDigits): string {
  const day = floorDiv(value, DAY_SECONDS * UNITS_PER_SECOND[unit]);
  return `${isoDay(Number(day))}T${isoTime(value - day * DAY_SECONDS * UNITS_PER_SECOND[unit], unit, digits)}`;
}

function fractionText(fraction: bigint, perSecond: bigint, digits: FractionDigits): string {
  const width = String(perSecond).length - 1;
  if (width === 0 || (digits === 'some' && fraction === 0n)) return '';
  const all = String(fraction).padStart(width, '0');
  if (digits === 'all') return `.${all}`;
  const groups = all.replace(/(000)+$/, '');
  return `.${groups}`;
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}

/** The offset of a zone (`+02:00`, `Europe/Paris`) from UTC in minutes, at an instant; `undefined` for an unknown zone. */
export function zoneOffsetMinutes(timezone: string, epochMs: number): number | undefined {
  const fixed = /^([+-])(\d{2}):?(\d{2})$/.exec(timezone);
  if (fixed) return (fixed[1] === '-' ? -1 : 1) * (Number(fixed[2]) * 60 + Number(fixed[3]));
  try {
    const wall = zoneClock(timezone).formatToParts(new Date(epochMs));
    const part = (name: string): number => Number(wall.find(({ type }) => type === name)?.value);
    const asUtc = Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second'));
    return Math.round((asUtc - Math.floor(epochMs / 1000) * 1000) / 60_000);
  } catch {
    return undefined;
  }
}

const clocks = new Map<string, Intl.DateTimeFormat>();

/** Formatters are slow to create, so one is cached per zone. */
function zoneClock(timeZone: string): Intl.DateTimeFormat {
  let clock = clocks.get(timeZone);
  if (!clock) {
    const numeric = {
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    } as const;
    clock = new Intl.DateTimeFormat('en-US', { timeZone, hourCycle: 'h23', ...numeric });
    clocks.set(timeZone, clock);
  }
  return clock;
}
