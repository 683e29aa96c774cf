/**
 * The TypeScript types of UDF arguments and results, derived from the names of Arrow types.
 *
 * @module
 */

import type { DataType, RecordBatch, Table, Vector } from 'apache-arrow';

import type { TypeLike } from '../arrow/type-name.js';

/** How 64-bit integers are represented; see `ConvertOptions.int64`. */
export type Int64As = 'bigint' | 'number' | 'string';

/** The TypeScript type for an Arrow type; `any` for types not given by name. */
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
            : // biome-ignore lint/suspicious/noExplicitAny: the type is not known here
              any;

/** The result type that a function may return for an Arrow type: everything that converts without loss. */
export type ResultOf<T extends TypeLike> =
  | null
  | undefined
  | (T extends 'Int64' | 'UInt64'
      ? bigint | number
      : T extends `Timestamp(${string})`
        ? Date | number | bigint
        : ValueOf<T>);

/** The values of a row. With `S`, rows with a null are skipped. */
export type RowArguments<A extends readonly TypeLike[], S extends boolean, I extends Int64As> = {
  -readonly [K in keyof A]: ValueOf<A[K], I> | (S extends true ? never : null);
};

/**
 * A function called with the values of a row. With `S`, rows with a null are skipped. Only `async` functions get the extra
 * argument after the values.
 */
export type RowFunction<
  A extends readonly TypeLike[],
  R extends TypeLike,
  S extends boolean = false,
  I extends Int64As = 'bigint',
> = (...args: [...RowArguments<A, S, I>, CallInfo]) => ResultOf<R> | Promise<ResultOf<R>>;

/** Information that a function gets in addition to its arguments. */
export interface CallInfo {
  /** Aborted when the result is no longer needed: another call failed, the query was cancelled, or the time limit is over. */
  readonly signal: AbortSignal;
}

/** Information that a batch function gets in addition to its columns. */
export interface BatchInfo extends CallInfo {
  /** The number of rows. */
  readonly rows: number;
}

/** Information that a batch function with a numeric result gets. */
export interface OutputInfo<R extends TypeLike> extends BatchInfo {
  /**
   * A typed array for the result, with one element per row. Its initial contents are undefined. Filling and returning it costs
   * less than allocating a new one; the next call may get the same memory. Absent unless the result is an integer of up to 32
   * bits, Float32 or Float64.
   */
  readonly out: NumbersOf<R>;
}

/** The typed array for an Arrow type; `undefined` for other types. */
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

/** A function of columns, given as apache-arrow vectors. Its result has the same length. */
export type BatchFunction<A extends readonly TypeLike[], R extends TypeLike> = (
  ...args: [...{ -readonly [K in keyof A]: Vector<A[K] extends DataType ? A[K] : DataType> }, OutputInfo<R>]
) => Vector | ArrayLike<ResultOf<R>> | Promise<Vector | ArrayLike<ResultOf<R>>>;

/** A function of the columns of a partition. It gets arrays and the number of rows, and returns a value for each row. */
export type PartitionFunction<A extends readonly TypeLike[], R extends TypeLike, I extends Int64As = 'bigint'> = (
  ...args: [...{ -readonly [K in keyof A]: (ValueOf<A[K], I> | null)[] }, BatchInfo]
) => Iterable<ResultOf<R>>;

/** The columns of a table: Arrow types by name. */
export type Columns = Readonly<Record<string, TypeLike>>;

/** A function that produces the rows of a table: objects with a value for each column, or apache-arrow batches. */
export type TableGenerator<A extends readonly TypeLike[], R extends Columns, I extends Int64As = 'bigint'> = (
  ...args: RowArguments<A, false, I>
) => Iterable<TableRows<R>> | AsyncIterable<TableRows<R>> | Promise<Iterable<TableRows<R>>>;

/** What a table function produces: a row object, or a batch with the same column names. */
export type TableRows<R extends Columns> = TableRow<R> | RecordBatch | Table;

/** A row that a table function produces. */
export type TableRow<R extends Columns> = { readonly [K in keyof R]?: ResultOf<R[K]> };
