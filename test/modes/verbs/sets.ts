import { col } from '../../../src/expr/expr.js';
import type { Cases } from './case.js';

const LEFT = 'SELECT id, g FROM t';
const RIGHT = 'SELECT id, g FROM v';

/** Verbs that combine the rows of two DataFrames. */
export const SETS = {
  union: [
    { sql: `${LEFT} UNION ALL ${RIGHT}`, by: ({ t, v }) => t.select('id', 'g').union(v.select('id', 'g')) },
    { sql: `${LEFT} UNION ${RIGHT}`, by: ({ t, v }) => t.select('id', 'g').union(v.select('id', 'g'), true) },
    // Names come from the first DataFrame. Types are the common types of both.
    {
      sql: 'SELECT id AS "First", "a b" FROM t UNION ALL SELECT extra, id FROM v',
      by: ({ t, v }) => t.select(col('id').alias('First'), 'a b').union(v.select('extra', 'id')),
    },
    { sql: `${LEFT} UNION ALL ${LEFT}`, by: ({ t }) => t.select('id', 'g').union(t.select('id', 'g')) },
  ],
  unionByName: [
    {
      sql: `SELECT id, g, "a b", CAST(NULL AS DOUBLE) AS extra FROM t UNION ALL SELECT id, g, NULL, extra FROM v`,
      by: ({ t, v }) => t.select('id', 'g', 'a b').unionByName(v.select('extra', 'g', 'id')),
    },
    {
      sql: `SELECT g, id FROM t UNION SELECT g, id FROM v`,
      by: ({ t, v }) => t.select('g', 'id').unionByName(v.select('id', 'g'), true),
    },
  ],
  intersect: [
    { sql: `${RIGHT} INTERSECT ALL ${LEFT}`, by: ({ t, v }) => v.select('id', 'g').intersect(t.select('id', 'g')) },
    { sql: `${RIGHT} INTERSECT ${LEFT}`, by: ({ t, v }) => v.select('id', 'g').intersect(t.select('id', 'g'), true) },
    {
      sql: 'SELECT g FROM t INTERSECT SELECT g FROM u',
      by: ({ t, u }) => t.select('g').intersect(u.select('g'), true),
    },
  ],
  except: [
    { sql: 'SELECT g FROM t EXCEPT SELECT g FROM v', by: ({ t, v }) => t.select('g').except(v.select('g')) },
    { sql: `${LEFT} EXCEPT ${RIGHT}`, by: ({ t, v }) => t.select('id', 'g').except(v.select('id', 'g')) },
  ],
  exceptAll: [
    { sql: 'SELECT g FROM t EXCEPT ALL SELECT g FROM v', by: ({ t, v }) => t.select('g').exceptAll(v.select('g')) },
    { sql: 'SELECT g FROM t EXCEPT SELECT g FROM v', by: ({ t, v }) => t.select('g').exceptAll(v.select('g'), true) },
  ],
} satisfies Cases;
