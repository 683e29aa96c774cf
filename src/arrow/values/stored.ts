/**
 * The row type of values that were given as JavaScript values.
 *
 * @module
 */

/**
 * The type of a row that is read back, when `T` is the type of the row that was given: whole numbers come back as bigints, unless
 * an option `int64` makes numbers of them. A type cannot tell them from other numbers.
 *
 * @typeParam T - the type of the given row
 */
export type Stored<T> = { [K in keyof T]: StoredValue<T[K]> };

type StoredValue<V> = 0 extends 1 & V ? V : Distributed<V>;

type Distributed<V> = V extends number
  ? V | bigint
  : V extends Date | Uint8Array
    ? V
    : V extends readonly (infer I)[]
      ? StoredValue<I>[]
      : V extends object
        ? Stored<V>
        : V;
