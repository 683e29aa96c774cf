/**
 * The row types of verbs whose columns are known by name.
 *
 * @module
 */

/** The names of the columns, if the row type has them. `Row`, the type of any row, has none. */
export type ColumnOf<T> = string extends keyof T ? never : keyof T & string;

/**
 * The name of a column, as an argument. A literal must be a name of the row type, if that has names. A string that is only
 * known at run time can be any name.
 */
export type ColumnName<T, S extends string> = S extends unknown
  ? Record<never, never> extends Record<S, unknown>
    ? S
    : (keyof T & string) | ([keyof T] extends [never] ? string : never)
  : never;

/** The names that a verb can add to a row type with known columns. */
export type NewColumnOf<T> = string extends keyof T ? never : string;

/** A row type after a column was added or replaced. */
export type WithColumn<T, N extends string, V = unknown> = Omit<T, N> & Record<N, V>;
