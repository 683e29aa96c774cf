import { placeholder } from '../../../src/expr/builders/placeholder.js';
import { col, lit } from '../../../src/expr/expr.js';
import * as f from '../../../src/functions/index.js';
import type { Cases } from './case.js';

/** Verbs that choose, sort or change rows. */
export const ROWS = {
  filter: [
    {
      sql: `SELECT * FROM t WHERE "a b" > 5 AND "Name" LIKE 'A%' AND id BETWEEN 1 AND 6`,
      by: ({ t }) => t.filter(col('a b').gt(5), `"Name" LIKE 'A%'`, col('id').between(1, 6)),
    },
    // A row is dropped if a predicate is null.
    { sql: `SELECT id FROM t WHERE NOT (g = 'x')`, by: ({ t }) => t.filter(col('g').eq('x').not()).select('id') },
    {
      sql: `SELECT id FROM t WHERE g IN ('x', 'z') OR "Name" IS NULL`,
      by: ({ t }) => t.filter(col('g').inList(['x', 'z']).or(col('Name').isNull())).select('id'),
    },
    {
      sql: `SELECT id FROM t WHERE g NOT IN (SELECT g FROM u WHERE g IS NOT NULL)`,
      by: ({ t, u }) => t.filter(col('g').inSubquery(u.filter('g IS NOT NULL').select('g'), true)).select('id'),
    },
    { sql: 'SELECT * FROM t', by: ({ t }) => t.filter() },
    { sql: 'SELECT * FROM t WHERE id > 100', by: ({ t }) => t.filter('id > 100'), empty: true },
  ],
  sort: [
    // By a column that is not selected.
    {
      sql: 'SELECT id FROM t ORDER BY "Name" DESC NULLS LAST, id',
      by: ({ t }) => t.select('id', 'Name').select('id').sort(col('Name').sort(false, false), 'id'),
      ordered: true,
    },
    {
      sql: 'SELECT * FROM t ORDER BY g NULLS LAST, "a b" DESC NULLS FIRST, id',
      by: ({ t }) => t.sort('g', col('a b').desc(), col('id').asc()),
      ordered: true,
    },
    {
      sql: 'SELECT id, "a.b" FROM t ORDER BY "a.b" DESC NULLS LAST, -id NULLS FIRST',
      by: ({ t }) => t.sort(col('a.b').sort(false, false), col('id').neg().sort(true, true)).select('id', 'a.b'),
      ordered: true,
    },
  ],
  limit: [
    {
      sql: '(SELECT id FROM t UNION ALL SELECT k FROM u) ORDER BY id LIMIT 4 OFFSET 2',
      by: ({ t, u }) => t.select('id').union(u.select('k')).sort('id').limit(4, 2),
      ordered: true,
    },
    { sql: 'SELECT * FROM t ORDER BY id LIMIT 3', by: ({ t }) => t.sort('id').limit(3), ordered: true },
    { sql: 'SELECT * FROM t ORDER BY id LIMIT 3 OFFSET 6', by: ({ t }) => t.sort('id').limit(3, 6), ordered: true },
    {
      sql: 'SELECT count(*) AS n FROM (SELECT * FROM t LIMIT 3)',
      by: ({ t }) => t.limit(3).aggregate([], 'count(*) AS n'),
    },
    { sql: 'SELECT * FROM t LIMIT 0', by: ({ t }) => t.limit(0), empty: true },
  ],
  offset: [
    { sql: 'SELECT * FROM t ORDER BY id OFFSET 5', by: ({ t }) => t.sort('id').offset(5), ordered: true },
    { sql: 'SELECT * FROM t OFFSET 8', by: ({ t }) => t.offset(8), empty: true },
  ],
  head: [
    { sql: 'SELECT id FROM t ORDER BY id LIMIT 5', by: ({ t }) => t.select('id').sort('id').head(), ordered: true },
    { sql: 'SELECT id FROM t ORDER BY id LIMIT 2', by: ({ t }) => t.select('id').sort('id').head(2), ordered: true },
  ],
  distinct: [
    { sql: 'SELECT DISTINCT g, "Name" FROM t', by: ({ t }) => t.select('g', 'Name').distinct() },
    { sql: 'SELECT DISTINCT * FROM v', by: ({ v }) => v.distinct() },
  ],
  distinctOn: [
    {
      sql: 'SELECT DISTINCT ON (g) * FROM t ORDER BY g, id',
      by: ({ t }) => t.distinctOn('g', '*', ['g', 'id']),
    },
    {
      sql: 'SELECT DISTINCT ON (g) g, id, "a b" FROM t ORDER BY g NULLS LAST, id DESC NULLS FIRST',
      by: ({ t }) => t.distinctOn('g', ['g', 'id', 'a b'], ['g', col('id').desc()]),
    },
    {
      sql: 'SELECT DISTINCT ON (id % 2) id AS "First" FROM t ORDER BY id % 2, id',
      by: ({ t }) => t.distinctOn(col('id').mod(2), col('id').alias('First'), [col('id').mod(2), 'id']),
    },
    {
      sql: 'SELECT count(*) AS n FROM (SELECT DISTINCT g FROM t)',
      by: ({ t }) => t.distinctOn('g', 'g').aggregate([], 'count(*) AS n'),
    },
  ],
  sample: [
    { sql: 'SELECT * FROM t', by: ({ t }) => t.sample(1) },
    { sql: 'SELECT * FROM t WHERE false', by: ({ t }) => t.sample(0), empty: true },
  ],
  fillNull: [
    // Strings fill string columns, and numbers fill number columns.
    {
      sql: 'SELECT id, g, "Name", coalesce("a b", 0) AS "a b", coalesce("a.b", 0) AS "a.b", "ä" FROM t',
      by: ({ t }) => t.fillNull(0),
    },
    {
      sql: `SELECT id, coalesce(g, '?') AS g, coalesce("Name", '?') AS "Name", "a b", "a.b", "ä" FROM t`,
      by: ({ t }) => t.fillNull('?'),
    },
    {
      sql: 'SELECT id, g, "Name", coalesce("a b", 7) AS "a b", coalesce("a.b", 7) AS "a.b", "ä" FROM t',
      by: ({ t }) => t.fillNull(7, ['a b', 'a.b']),
    },
    // A value that does not fit a column leaves it unchanged.
    {
      sql: 'SELECT id, "a b", coalesce("a.b", 1.5) AS "a.b" FROM t',
      by: ({ t }) => t.select('id', 'a b', 'a.b').fillNull(1.5),
    },
    {
      sql: `SELECT id, coalesce("ä", DATE '2000-01-01') AS "ä" FROM t`,
      by: ({ t }) => t.select('id', 'ä').fillNull(lit('2000-01-01', 'Date32'), 'ä'),
    },
  ],
  fillNan: [
    {
      sql: 'SELECT id, g, "Name", "a b", nanvl("a.b", -1) AS "a.b", "ä" FROM t',
      by: ({ t }) => t.fillNan(-1),
    },
    {
      sql: 'SELECT nanvl("a.b", 0) AS "a.b", "a.b" AS "A.B" FROM t',
      by: ({ t }) => t.select('a.b', col('a.b').alias('A.B')).fillNan(0, 'a.b'),
    },
  ],
  dropNull: [
    {
      sql: `SELECT * FROM t WHERE id IS NOT NULL AND g IS NOT NULL AND "Name" IS NOT NULL AND "a b" IS NOT NULL
            AND "a.b" IS NOT NULL AND "ä" IS NOT NULL`,
      by: ({ t }) => t.dropNull(),
    },
    {
      sql: 'SELECT * FROM t WHERE "Name" IS NOT NULL AND "a b" IS NOT NULL',
      by: ({ t }) => t.dropNull(['Name', 'a b']),
    },
    {
      sql: 'SELECT * FROM t WHERE "Name" IS NOT NULL OR "a b" IS NOT NULL',
      by: ({ t }) => t.dropNull(['Name', 'a b'], 'all'),
    },
  ],
  unnestColumns: [
    {
      sql: 'SELECT id, unnest(xs) AS xs FROM nested',
      by: ({ nested }) => nested.select('id', 'xs').unnestColumns('xs', { preserveNulls: false }),
    },
    // The row of a null list is kept.
    {
      sql: 'SELECT id, unnest(xs) AS xs FROM nested UNION ALL SELECT id, NULL FROM nested WHERE xs IS NULL',
      by: ({ nested }) => nested.select('id', 'xs').unnestColumns('xs'),
    },
    // Two lists at once. The shorter list is filled with nulls.
    {
      sql: 'SELECT id, unnest(xs) AS xs, unnest(ys) AS ys FROM nested',
      by: ({ nested }) => nested.select('id', 'xs', 'ys').unnestColumns(['xs', 'ys'], { preserveNulls: false }),
    },
    {
      sql: 'SELECT id, unnest(xss) AS xss FROM nested',
      by: ({ nested }) => nested.select('id', 'xss').unnestColumns('xss', { preserveNulls: false }),
    },
    {
      sql: 'SELECT id, unnest(unnest(xss)) AS x FROM nested',
      by: ({ nested }) =>
        nested.select('id', 'xss').unnestColumns('xss', { preserveNulls: false, recursions: [['xss', 'x', 2]] }),
    },
    {
      sql: `SELECT id, get_field("S", 'p') AS "S.p", get_field("S", 'Q') AS "S.Q" FROM nested`,
      by: ({ nested }) => nested.select('id', 'S').unnestColumns('S'),
    },
  ],
  repartition: [
    { sql: 'SELECT * FROM t', by: ({ t }) => t.repartition(3) },
    { sql: 'SELECT g, sum(id) AS s FROM t GROUP BY g', by: ({ t }) => t.repartition(5).aggregate('g', 'sum(id) AS s') },
  ],
  repartitionByHash: [
    { sql: 'SELECT * FROM t', by: ({ t }) => t.repartitionByHash(['g', 'Name'], 3) },
    { sql: 'SELECT * FROM t', by: ({ t }) => t.repartitionByHash(col('id').mod(2), 2) },
  ],
  withParamValues: [
    {
      sql: `SELECT id FROM t WHERE id > 2 AND g = 'x'`,
      by: ({ t }) =>
        t
          .filter(col('id').gt(placeholder('$1')), 'g = $2')
          .select('id')
          .withParamValues([2, 'x']),
    },
    {
      sql: `SELECT id + 5 AS more FROM t WHERE "Name" = 'Ada'`,
      by: ({ t }) =>
        t
          .filter('"Name" = $name')
          .select(col('id').add(placeholder('$more', 'Int64')).alias('more'))
          .withParamValues({ name: 'Ada', more: 5 }),
    },
    {
      sql: 'SELECT coalesce("a b", 0) AS v FROM t',
      by: ({ t }) => t.select(f.coalesce(col('a b'), placeholder('$1', 'Int64')).alias('v')).withParamValues([0n]),
    },
    {
      sql: 'SELECT id + 5 AS more, id + 6 AS "t.id + $2" FROM t',
      by: ({ t }) =>
        t
          .select(col('id').add(placeholder('$1')).alias('more'), col('id').add(placeholder('$2')))
          .withParamValues([5, 6]),
    },
    {
      sql: 'SELECT g, sum(id + 5) AS s FROM t GROUP BY g',
      by: ({ t }) => t.aggregate('g', f.sum(col('id').add(placeholder('$1'))).alias('s')).withParamValues([5]),
    },
  ],
} satisfies Cases;
