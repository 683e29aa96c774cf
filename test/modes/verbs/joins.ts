import type { JoinType } from '../../../src/dataframe/joins.js';
import { col } from '../../../src/expr/expr.js';
import type { Case, Cases } from './case.js';

const MARK = `SELECT t.id, t.g, hit IS NOT NULL AS mark
              FROM t LEFT JOIN (SELECT DISTINCT g, true AS hit FROM u) AS u ON t.g = u.g`;

/** Each kind of join, with its name in SQL and its columns. */
const KINDS: readonly [how: JoinType, join: string, columns: string][] = [
  ['inner', 'INNER JOIN', 't.id, t.g, k, u."Name"'],
  ['left', 'LEFT JOIN', 't.id, t.g, k, u."Name"'],
  ['right', 'RIGHT JOIN', 't.id, u.g, k, u."Name"'],
  ['full', 'FULL JOIN', 't.id, coalesce(t.g, u.g) AS g, k, u."Name"'],
  ['semi', 'LEFT SEMI JOIN', 't.id, t.g'],
  ['anti', 'LEFT ANTI JOIN', 't.id, t.g'],
  ['rightSemi', 'RIGHT SEMI JOIN', 'u.g, k, u."Name"'],
  ['rightAnti', 'RIGHT ANTI JOIN', 'u.g, k, u."Name"'],
];

const byKey: Case[] = KINDS.map(([how, join, columns]) => ({
  sql: `SELECT ${columns} FROM t ${join} u ON t.g = u.g`,
  by: ({ t, u }) => t.select('id', 'g').join(u, 'g', how),
}));

const bothKeys: Case[] = KINDS.slice(0, 4).map(([how, join]) => ({
  sql: `SELECT t.id, t.g, u.g, k, u."Name" FROM t ${join} u ON t.g = u.g`,
  by: ({ t, u }) => t.select('id', 'g').join(u, 'g', how, { coalesceDuplicateKeys: false }),
}));

const byExpression: Case[] = KINDS.map(([how, join, columns]) => ({
  sql: `SELECT ${columns.replace('u.g, k', 'u.g, k').replace('coalesce(t.g, u.g) AS g', 't.g, u.g').replace('t.g, k', 't.g, u.g, k').replace('t.id, u.g, k', 't.id, t.g, u.g, k')}
        FROM t ${join} u ON t.id = u.k AND t.g <= u.g`,
  by: ({ t, u }) => t.select('id', 'g').joinOn(u, [col('id').eq(col('k')), col('g', 't').lte(col('g', 'u'))], how),
}));

/** Verbs that join two DataFrames. */
export const JOINS = {
  join: [
    ...byKey,
    ...bothKeys,
    { sql: MARK, by: ({ t, u }) => t.select('id', 'g').join(u, 'g', 'mark') },
    // By columns with different names, and by several columns.
    {
      sql: 'SELECT t.*, u.* FROM t JOIN u ON t.id = u.k',
      by: ({ t, u }) => t.join(u, { left: 'id', right: 'k' }),
    },
    {
      sql: 'SELECT t.id, t.g, t."Name", k FROM t JOIN u ON t.g = u.g AND t."Name" = u."Name"',
      by: ({ t, u }) => t.select('id', 'g', 'Name').join(u, ['g', 'Name']),
    },
    {
      sql: 'SELECT l.id, r.id FROM t AS l LEFT JOIN t AS r ON l."a b" = r.id',
      by: ({ t }) => t.join(t, { left: 'a b', right: 'id' }, 'left').select(col('id', 'left'), col('id', 'right')),
    },
    // A self-join by the key.
    {
      sql: 'SELECT l.id, l.g, r.g FROM t AS l FULL JOIN t AS r ON l.id = r.id',
      by: ({ t }) => t.select('id', 'g').join(t.select('id', 'g'), 'id', 'full'),
    },
    // Two joins in a row. The tables identify the columns.
    {
      sql: 'SELECT t.id, u.k, v.extra FROM t JOIN u ON t.g = u.g JOIN v ON t.id = v.id WHERE u."Name" IS NULL',
      by: ({ t, u, v }) =>
        t.join(u, 'g').join(v, 'id').filter(col('Name', 'u').isNull()).select(col('id'), col('k'), col('extra')),
    },
    // DataFrames without names. The third has columns with the same names as the first two.
    {
      sql: 'SELECT t.id, t.g, k, extra FROM t JOIN u ON t.g = u.g JOIN v ON t.id = v.id',
      by: ({ unnamed: { t, u, v } }) =>
        t.select('id', 'g', 'Name').join(u, 'g').join(v, 'id').select('id', col('g', 'left'), 'k', 'extra'),
    },
    {
      sql: 'SELECT a.id, b.g, c.g FROM t AS a JOIN t AS b ON a.id = b.id JOIN t AS c ON a.id = c.id',
      by: ({ unnamed }) => {
        const t = unnamed.t.select('id', 'g');
        return t.join(t, 'id').join(t, 'id').select('id', col('g', 'right'), col('g', 'right2'));
      },
    },
    {
      sql: 'SELECT t.id, t.g FROM t WHERE g IN (SELECT g FROM u) AND id IN (SELECT id FROM v)',
      by: ({ unnamed: { t, u, v } }) => t.select('id', 'g').join(u, 'g', 'semi').join(v, 'id', 'semi'),
    },
  ],
  joinOn: [
    {
      sql: 'SELECT a.id AS x, b.id AS y FROM t AS a JOIN t AS b ON a.id = b."a b" / 10',
      by: ({ unnamed: { t } }) =>
        t
          .joinOn(t, col('id', 'left').eq(col('a b', 'right').div(10)))
          .select(col('id', 'left').alias('x'), col('id', 'right').alias('y')),
    },
    ...byExpression,
    {
      sql: `SELECT t.id, t.g, EXISTS_U AS mark FROM (SELECT t.id, t.g, count(u.k) > 0 AS EXISTS_U FROM t LEFT JOIN u ON t.id < u.k GROUP BY t.id, t.g) AS t`,
      by: ({ t, u }) => t.select('id', 'g').joinOn(u, col('id').lt(col('k')), 'mark'),
    },
    {
      sql: 'SELECT a.id AS x, b.id AS y FROM t AS a JOIN t AS b ON a.id < b.id AND a."a b" = b."a b"',
      by: ({ t }) =>
        t
          .alias('a')
          .joinOn(t.alias('b'), 'a.id < b.id AND a."a b" = b."a b"')
          .select(col('id', 'a').alias('x'), col('id', 'b').alias('y')),
    },
    // A self-join without names.
    {
      sql: 'SELECT a.id AS x, b.id AS y FROM t AS a JOIN t AS b ON a.id + 1 = b.id',
      by: ({ t }) =>
        t
          .joinOn(t, col('id', 'left').add(1).eq(col('id', 'right')))
          .select(col('id', 'left').alias('x'), col('id', 'right').alias('y')),
    },
    {
      sql: 'SELECT t.id, k FROM t FULL JOIN u ON t.id = u.k AND t."a b" > 5',
      by: ({ t, u }) => t.joinOn(u, ['id = k', '"a b" > 5'], 'full').select('id', 'k'),
    },
  ],
  crossJoin: [
    { sql: 'SELECT t.*, u.* FROM t CROSS JOIN u', by: ({ t, u }) => t.crossJoin(u) },
    {
      sql: 'SELECT a.id AS x, b.id AS y FROM t AS a CROSS JOIN t AS b',
      by: ({ t }) => t.crossJoin(t).select(col('id', 'left').alias('x'), col('id', 'right').alias('y')),
    },
  ],
} satisfies Cases;
