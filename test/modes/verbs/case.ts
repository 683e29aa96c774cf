import type { DataFrame } from '../../../src/dataframe/dataframe.js';
import type { GroupedData } from '../../../src/dataframe/grouped.js';
import type { Verbs } from '../../../src/dataframe/verbs.js';
import type { TableName } from './tables.js';

/** The tables of {@link TableName}: by name, so that SQL and verbs speak of the same. */
export type Frames = Readonly<Record<TableName, DataFrame>> & {
  /** The same without names, as `fromRows` and `readParquet` give them. */
  readonly unnamed: Readonly<Record<TableName, DataFrame>>;
};

/** A query, in SQL and by verbs. */
export interface Case {
  /** In SQL, over the tables. */
  sql: string;
  /** By verbs, over the same tables. */
  by: (on: Frames) => DataFrame;
  /** Whether the rows are compared in their order. */
  ordered?: boolean;
  /** Whether it has no rows. */
  empty?: boolean;
}

/** The cases of each verb. */
export type Cases = Readonly<Partial<Record<keyof Verbs, readonly Case[]>>>;

/** The cases of each method of grouped rows. */
export type GroupedCases = Readonly<Record<keyof GroupedData, readonly Case[]>>;
