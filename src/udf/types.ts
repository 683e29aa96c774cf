/**
 * What functions take and give, as TypeScript sees it by the names of Arrow types.
 *
 * @module
 */

import type { DataType, Vector } from 'apache-arrow';

import type { TypeLike } from '../arrow/type-name.js';

type SmallNumber = 'Int8' | 'Int16' | 'Int32' | 'UInt8' | 'UInt16' | 'UInt32' | 'Float16' | 'Float32' | 'Float64';
type BigNumber = 'Int64' | 'UInt64';
type Text = 'Utf8' | 'LargeUtf8' | 'Utf8View';
type Bytes = 'Binary' | 'LargeBinary' | 'BinaryView' | `FixedSizeBinary(${string})`;
type Instant = `Date${string}` | `Timestamp(${string})`;

/** How integers of 64 bits come: see `ConvertOptions.int64`. */
export type Int64As = 'bigint' | 'number' | 'string';
type Int64Of<I extends Int64As> = I extends 'number' ? number : I extends 'string' ? string : bigint;

/** A value of an Arrow type; of types that are not known by their names, any. */
export type ValueOf<T extends TypeLike, I extends Int64As = 'bigint'> = T extends SmallNumber
  ? number
  : T extends BigNumber
    ? Int64Of<I>
    : T extends Text
      ? string
      : T extends 'Boolean'
        ? boolean
        : T extends Bytes
          ? Uint8Array
          : T extends Instant
            ? Date
            : // biome-ignore lint/suspicious/noExplicitAny: whatever the type holds
              any;

/** What a function may give for a type: what fits it without loss. */
export type ResultOf<T extends TypeLike> =
  | null
  | undefined
  | (T extends BigNumber ? bigint | number : T extends Instant ? Date | number | bigint : ValueOf<T>);

type Arguments<A extends readonly TypeLike[], S extends boolean, I extends Int64As> = {
  -readonly [K in keyof A]: ValueOf<A[K], I> | (S extends true ? never : null);
};

type Vectors<A extends readonly TypeLike[]> = {
  -readonly [K in keyof A]: Vector<A[K] extends DataType ? A[K] : DataType>;
};

type Awaitable<T> = T | Promise<T>;

/** A function of the values of a row. */
export type RowFunction<
  A extends readonly TypeLike[],
  R extends TypeLike,
  S extends boolean,
  I extends Int64As,
> = (...args: Arguments<A, S, I>) => Awaitable<ResultOf<R>>;

/** What a function of batches is told besides its columns. */
export interface BatchInfo {
  /** How many rows there are. */
  readonly rows: number;
}

/** A function of columns: vectors of apache-arrow. What it gives is as long as they are. */
export type BatchFunction<A extends readonly TypeLike[], R extends TypeLike> = (
  ...args: [...Vectors<A>, BatchInfo]
) => Awaitable<Vector | ArrayLike<ResultOf<R>>>;
