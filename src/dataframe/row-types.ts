/**
 * The row types of verbs whose columns are known by name.
 *
 * @module
 */

/** The names of the columns, if the row type has them. `Row`, the type of any row, has none. */
export type ColumnOf<T> = string extends keyof T ? never : keyof T & string;

/** The names that a verb can add to a row type with known columns. */
export type NewColumnOf<T> = string extends keyof T ? never : string;

/** A row type after a column was added or replaced. */
export type WithColumn<T, N extends string, V = unknown> = Omit<T, N> & Record<N, V>;
