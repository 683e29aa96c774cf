/**
 * What functions take and give, as TypeScript sees it by the names of Arrow types.
 *
 * @module
 */

import type { DataType, Vector } from 'apache-arrow';

import type { TypeLike } from '../arrow/type-name.js';

/** How integers of 64 bits come: see `ConvertOptions.int64`. */
export type Int64As = 'bigint' | 'number' | 'string';

/** A value of an Arrow type; of types that are not known by their names, any. */
export type ValueOf<T extends TypeLike, I extends Int64As = 'bigint'> = T extends
  | `${'' | 'U'}Int${8 | 16 | 32}`
  | `Float${16 | 32 | 64}`
  ? number
  : T extends 'Int64' | 'UInt64'
    ? { bigint: bigint; number: number; string: string }[I]
    : T extends 'Utf8' | 'LargeUtf8' | 'Utf8View'
      ? string
      : T extends 'Boolean'
        ? boolean
        : T extends 'Binary' | 'LargeBinary' | 'BinaryView' | `FixedSizeBinary(${string})`
          ? Uint8Array
          : T extends `Date${string}` | `Timestamp(${string})`
            ? Date
            : // biome-ignore lint/suspicious/noExplicitAny: whatever the type holds
              any;

/** What a function may give for a type: what fits it without loss. */
export type ResultOf<T extends TypeLike> =
  | null
  | undefined
  | (T extends 'Int64' | 'UInt64'
      ? bigint | number
      : T extends `Date${string}` | `Timestamp(${string})`
        ? Date | number | bigint
        : ValueOf<T>);

/** The values of a row; `S`: rows with a null are skipped. */
export type RowArguments<A extends readonly TypeLike[], S extends boolean, I extends Int64As> = {
  -readonly [K in keyof A]: ValueOf<A[K], I> | (S extends true ? never : null);
};

/** A function of the values of a row; `S`: rows with a null are skipped. */
export type RowFunction<
  A extends readonly TypeLike[],
  R extends TypeLike,
  S extends boolean = false,
  I extends Int64As = 'bigint',
> = (...args: RowArguments<A, S, I>) => ResultOf<R> | Promise<ResultOf<R>>;

/** What a function of batches is told besides its columns. */
export interface BatchInfo {
  /** How many rows there are. */
  readonly rows: number;
}

/** A function of columns: vectors of apache-arrow. What it gives is as long as they are. */
export type BatchFunction<A extends readonly TypeLike[], R extends TypeLike> = (
  ...args: [...{ -readonly [K in keyof A]: Vector<A[K] extends DataType ? A[K] : DataType> }, BatchInfo]
) => Vector | ArrayLike<ResultOf<R>> | Promise<Vector | ArrayLike<ResultOf<R>>>;

/** A function of the columns of a partition: arrays, and how many rows they have. It gives a value for each row. */
export type PartitionFunction<A extends readonly TypeLike[], R extends TypeLike, I extends Int64As = 'bigint'> = (
  ...args: [...{ -readonly [K in keyof A]: (ValueOf<A[K], I> | null)[] }, BatchInfo]
) => Iterable<ResultOf<R>>;

/** A function that gives the rows of a table, which have a value for each column. */
export type TableGenerator<
  A extends readonly TypeLike[],
  R extends Readonly<Record<string, TypeLike>>,
  I extends Int64As = 'bigint',
> = (
  ...args: RowArguments<A, false, I>
) => Iterable<TableRow<R>> | AsyncIterable<TableRow<R>> | Promise<Iterable<TableRow<R>>>;

/** A row that a table function gives. */
export type TableRow<R extends Readonly<Record<string, TypeLike>>> = { readonly [K in keyof R]?: ResultOf<R[K]> };
