/**
 * What each kind of value becomes: a JavaScript value for rows, a string for printed tables.
 *
 * @module
 */

import type { IntervalUnit, Precision, TimeUnit } from 'apache-arrow';

import type { Read } from './reader.js';
import type { Wide } from './wide.js';

/** How values of each kind are converted. Members that take a type are called once per column, not per value. */
export interface Leaves<R> {
  /** The result for a null, and for every value of the Null type. */
  readonly nothing: R;
  bool(value: boolean): R;
  /** Integers of 8 to 32 bits. */
  int(value: number): R;
  /** Integers of 64 bits. Called once per batch, like timestamps. */
  bigint(values: Wide): Read<R>;
  float(precision: Precision): (value: number) => R;
  text(value: string): R;
  /** `value` is a view of the batch. */
  bytes(value: Uint8Array): R;
  decimal(scale: number): (unscaled: bigint) => R;
  /** Days since the epoch. */
  day(value: number): R;
  /** A Date64: milliseconds since the epoch. */
  dateMs(value: bigint): R;
  /** A time of day, in the given unit. */
  time(unit: TimeUnit): (value: bigint) => R;
  /** Timestamps: units since the epoch. */
  timestamp(unit: TimeUnit, timezone: string | null): (values: Wide) => Read<R>;
  duration(unit: TimeUnit): (value: bigint) => R;
  interval(unit: IntervalUnit): (months: number, days: number, nanoseconds: bigint) => R;
  list(items: R[]): R;
  struct(names: readonly string[]): (values: R[]) => R;
  map(keys: R[], values: R[]): R;
  union(name: string, value: R): R;
}
