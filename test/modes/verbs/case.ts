import type { DataFrame } from '../../../src/dataframe/dataframe.js';
import type { GroupedData } from '../../../src/dataframe/grouped.js';
import type { Verbs } from '../../../src/dataframe/verbs.js';
import type { TableName } from './tables.js';

/** The tables of {@link TableName}, by name: SQL and verbs use the same tables. */
export type Frames = Readonly<Record<TableName, DataFrame>> & {
  /** The same tables without names, as `fromRows` and `readParquet` return them. */
  readonly unnamed: Readonly<Record<TableName, DataFrame>>;
};

/** A query in SQL and with verbs. */
export interface Case {
  /** The query in SQL. */
  sql: string;
  /** The query with verbs, over the same tables. */
  by: (on: Frames) => DataFrame;
  /** Whether the order of the rows is compared. */
  ordered?: boolean;
  /** Whether the query returns no rows. */
  empty?: boolean;
}

/** The cases of each verb. */
export type Cases = Readonly<Partial<Record<keyof Verbs, readonly Case[]>>>;

/** The cases of each method of grouped rows. */
export type GroupedCases = Readonly<Record<keyof GroupedData, readonly Case[]>>;
