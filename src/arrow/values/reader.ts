/**
 * Types for reading the values of a column by row.
 *
 * @module
 */

import type { Data } from 'apache-arrow';

/** Reads the value of a row. */
export type Read<R> = (row: number) => R;

/** Returns the reader of a column of a batch. */
export type Binder<R> = (data: Data) => Read<R>;
