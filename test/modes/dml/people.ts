import { expect } from 'vitest';

import type { SessionContext } from '../../../src/session/session-context.js';
import type { Params } from '../../../src/sql/params.js';
import type { ModeCluster } from '../../support/cluster.js';

const PEOPLE = `CREATE OR REPLACE TABLE people AS SELECT * FROM (VALUES
  (1, 'Ada', 36.5, true), (2, 'Ben', NULL, false), (3, NULL, 41.0, NULL), (4, 'Dan', 20.0, true)) AS t(id, name, age, paid)`;

/** Statements that change a table, and queries that show what is left of it. */
export function statements(cluster: ModeCluster, ctx: SessionContext) {
  async function rows(query: string, params?: Params, own = ctx) {
    return (await own.sql(query, params === undefined ? {} : { params })).toArray({ int64: 'number' });
  }

  /** Runs a statement and returns the number of changed rows that it reports. */
  async function change(statement: string, params?: Params, own = ctx): Promise<unknown> {
    const result = await rows(statement, params, own);
    expect(result).toEqual([{ count: expect.any(Number) }]);
    await cluster.betweenQueries();
    return result[0]?.['count'];
  }

  /** Creates the table `people`. */
  async function people(own = ctx) {
    await own.sql(PEOPLE);
  }

  /** The rows of a table, sorted by the first column: values if there is one column, otherwise arrays. */
  async function left(columns = 'id', table = 'people', own = ctx) {
    const result = await rows(`SELECT ${columns} FROM ${table} ORDER BY 1`, undefined, own);
    return result.map((row) => (columns.includes(',') ? Object.values(row) : row[columns]));
  }

  return { rows, change, people, left };
}
