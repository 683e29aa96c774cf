/**
 * What functions take and give, as TypeScript sees it by the names of Arrow types.
 *
 * @module
 */

import type { DataType, RecordBatch, Table, Vector } from 'apache-arrow';

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
      : T extends `Timestamp(${string})`
        ? Date | number | bigint
        : ValueOf<T>);

/** The values of a row; `S`: rows with a null are skipped. */
export type RowArguments<A extends readonly TypeLike[], S extends boolean, I extends Int64As> = {
  -readonly [K in keyof A]: ValueOf<A[K], I> | (S extends true ? never : null);
};

/**
 * A function of the values of a row; `S`: rows with a null are skipped. What comes behind them is for `async` functions alone.
 */
export type RowFunction<
  A extends readonly TypeLike[],
  R extends TypeLike,
  S extends boolean = false,
  I extends Int64As = 'bigint',
> = (...args: [...RowArguments<A, S, I>, CallInfo]) => ResultOf<R> | Promise<ResultOf<R>>;

/** What a function is told besides its arguments. */
export interface CallInfo {
  /** Aborted when the result is not wanted any more: another call failed, the query was cancelled, the time is over. */
  readonly signal: AbortSignal;
}

/** What a function of batches is told besides its columns. */
export interface BatchInfo extends CallInfo {
  /** How many rows there are. */
  readonly rows: number;
}

/** What a function of batches is told whose result is made of numbers. */
export interface OutputInfo<R extends TypeLike> extends BatchInfo {
  /**
   * An array for the result, as long as there are rows, of the type that holds such numbers; whatever is in it. To fill it and
   * give it back costs less than a new one. The next call may get the same memory. Absent where the result is not of numbers of
   * up to 32 bits, Float32 or Float64.
   */
  readonly out: NumbersOf<R>;
}

/** The typed array of an Arrow type; of others, `undefined`. */
export type NumbersOf<R extends TypeLike> = R extends 'Float64'
  ? Float64Array
  : R extends 'Float32'
    ? Float32Array
    : R extends 'Int32'
      ? Int32Array
      : R extends 'UInt32'
        ? Uint32Array
        : R extends 'Int16'
          ? Int16Array
          : R extends 'UInt16'
            ? Uint16Array
            : R extends 'Int8'
              ? Int8Array
              : R extends 'UInt8'
                ? Uint8Array
                : undefined;

/** A function of columns: vectors of apache-arrow. What it gives is as long as they are. */
export type BatchFunction<A extends readonly TypeLike[], R extends TypeLike> = (
  ...args: [...{ -readonly [K in keyof A]: Vector<A[K] extends DataType ? A[K] : DataType> }, OutputInfo<R>]
) => Vector | ArrayLike<ResultOf<R>> | Promise<Vector | ArrayLike<ResultOf<R>>>;

/** A function of the columns of a partition: arrays, and how many rows they have. It gives a value for each row. */
export type PartitionFunction<A extends readonly TypeLike[], R extends TypeLike, I extends Int64As = 'bigint'> = (
  ...args: [...{ -readonly [K in keyof A]: (ValueOf<A[K], I> | null)[] }, BatchInfo]
) => Iterable<ResultOf<R>>;

/** The columns of a table: Arrow types by name. */
export type Columns = Readonly<Record<string, TypeLike>>;

/** A function that gives the rows of a table, which have a value for each column; or batches of rows, of apache-arrow. */
export type TableGenerator<A extends readonly TypeLike[], R extends Columns, I extends Int64As = 'bigint'> = (
  ...args: RowArguments<A, false, I>
) => Iterable<TableRows<R>> | AsyncIterable<TableRows<R>> | Promise<Iterable<TableRows<R>>>;

/** What a table function gives: a row, or several with columns of the same names. */
export type TableRows<R extends Columns> = TableRow<R> | RecordBatch | Table;

/** A row that a table function gives. */
export type TableRow<R extends Columns> = { readonly [K in keyof R]?: ResultOf<R[K]> };
