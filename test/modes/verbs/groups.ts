import { col, lit } from '../../../src/expr/expr.js';
import * as f from '../../../src/functions/index.js';
import type { Cases, GroupedCases } from './case.js';

const SALES = {
  sql: `SELECT g, sum(id) FILTER (WHERE "Name" IS NOT DISTINCT FROM 'Ada') AS "Ada",
               sum(id) FILTER (WHERE "Name" IS NOT DISTINCT FROM 'bob') AS bob FROM t GROUP BY g`,
};

/** Verbs that group rows, or turn rows into columns and back. */
export const GROUPS = {
  aggregate: [
    {
      sql: `SELECT g, "Name", count(*) AS n, sum("a b") AS s, avg("a.b") AS mean, max("ä") AS last
            FROM t GROUP BY g, "Name"`,
      by: ({ t }) =>
        t.aggregate(
          ['g', 'Name'],
          [
            f.count().alias('n'),
            f.sum(col('a b')).alias('s'),
            f.avg(col('a.b')).alias('mean'),
            f.max(col('ä')).alias('last'),
          ],
        ),
    },
    {
      sql: 'SELECT count(*) AS n, count("a b") AS present, sum("a b") AS s, min("Name") AS first FROM t',
      by: ({ t }) =>
        t.aggregate(
          [],
          [
            f.count().alias('n'),
            f.count(col('a b')).alias('present'),
            'sum("a b") AS s',
            f.min(col('Name')).alias('first'),
          ],
        ),
    },
    {
      sql: `SELECT id % 2 AS odd, count(DISTINCT g) AS gs, sum(id) FILTER (WHERE "a b" > 5) AS s,
                   array_agg("Name" ORDER BY id DESC) AS names FROM t GROUP BY id % 2`,
      by: ({ t }) =>
        t.aggregate(col('id').mod(2).alias('odd'), [
          f.count(col('g'), { distinct: true }).alias('gs'),
          f.sum(col('id'), { filter: col('a b').gt(5) }).alias('s'),
          f.arrayAgg(col('Name'), { orderBy: [col('id').desc()] }).alias('names'),
        ]),
    },
    // Without aliases, and without aggregates.
    {
      sql: 'SELECT g, sum(id), count(*) FROM t GROUP BY g',
      by: ({ t }) => t.aggregate('g', [f.sum(col('id')), f.count()]),
    },
    { sql: 'SELECT DISTINCT g, "Name" FROM t', by: ({ t }) => t.aggregate(['g', 'Name'], []) },
  ],
  groupBy: [
    {
      sql: 'SELECT "Name", max("a.b") AS top FROM t GROUP BY "Name"',
      by: ({ t }) => t.groupBy('Name').agg(f.max(col('a.b')).alias('top')),
    },
    { sql: 'SELECT sum(id) AS s FROM t', by: ({ t }) => t.groupBy().agg('sum(id) AS s') },
  ],
  rollup: [
    {
      sql: 'SELECT g, "Name", count(*) AS n, grouping(g) AS gg FROM t GROUP BY ROLLUP (g, "Name")',
      by: ({ t }) => t.rollup('g', 'Name').agg(f.count().alias('n'), f.grouping(col('g')).alias('gg')),
    },
  ],
  cube: [
    {
      sql: 'SELECT g, "Name", sum(id) AS s FROM t GROUP BY CUBE (g, "Name")',
      by: ({ t }) => t.cube('g', 'Name').agg(f.sum(col('id')).alias('s')),
    },
  ],
  groupingSets: [
    {
      sql: 'SELECT g, "Name", sum(id) AS s FROM t GROUP BY GROUPING SETS ((g), ("Name"), ())',
      by: ({ t }) => t.groupingSets(['g'], ['Name'], []).agg('sum(id) AS s'),
    },
  ],
  pivot: [
    {
      ...SALES,
      by: ({ t }) => t.pivot({ index: 'g', on: 'Name', values: ['Ada', 'bob'], aggregates: f.sum(col('id')) }),
    },
    // A null is a value, too. Values can have names.
    {
      sql: `SELECT count(*) FILTER (WHERE g IS NULL) AS none, count(*) FILTER (WHERE g = 'x') AS "X y" FROM t`,
      by: ({ t }) => t.pivot({ index: [], on: 'g', values: { none: null, 'X y': 'x' }, aggregates: 'count(*)' }),
    },
    {
      sql: `SELECT g, "Name", sum(id) FILTER (WHERE id % 2 = 0) AS "0_s", max("a b") FILTER (WHERE id % 2 = 0) AS "0_max(a b)",
                   sum(id) FILTER (WHERE id % 2 = 1) AS "1_s", max("a b") FILTER (WHERE id % 2 = 1) AS "1_max(a b)"
            FROM t GROUP BY g, "Name"`,
      by: ({ t }) =>
        t.pivot({
          index: ['g', col('Name')],
          on: col('id').mod(2),
          values: [0, 1],
          aggregates: [f.sum(col('id')).alias('s'), f.max(col('a b'))],
        }),
    },
    // An aggregate keeps its own filter.
    {
      sql: `SELECT sum(id) FILTER (WHERE "a b" > 5 AND g = 'x') + 1 AS x FROM t`,
      by: ({ t }) => t.pivot({ index: [], on: 'g', values: ['x'], aggregates: 'sum(id) FILTER (WHERE "a b" > 5) + 1' }),
    },
  ],
  unpivot: [
    {
      sql: `SELECT g, 'id' AS variable, id AS value FROM t UNION ALL SELECT g, 'a b', "a b" FROM t`,
      by: ({ t }) => t.unpivot({ on: ['id', 'a b'], index: 'g' }),
    },
    // Columns of several types, with all other columns as index.
    {
      sql: `SELECT g, "Name", "ä", 'a b' AS "Which one", CAST("a b" AS DOUBLE) AS "how.much" FROM (SELECT g, "Name", "ä", "a b", "a.b" FROM t)
            UNION ALL SELECT g, "Name", "ä", 'a.b', "a.b" FROM t`,
      by: ({ t }) => t.drop('id').unpivot({ on: ['a b', 'a.b'], variableName: 'Which one', valueName: 'how.much' }),
    },
    {
      sql: `SELECT 'Name' AS variable, "Name" AS value FROM t`,
      by: ({ t }) => t.select('Name').unpivot({ on: 'Name' }),
    },
  ],
  describe: [
    {
      sql: statistics(['id', 'g', 'a b', 'ä'], {
        count: ['count(id)', 'count(g)', 'count("a b")', 'count("ä")'],
        nullCount: ['count(*) - count(id)', 'count(*) - count(g)', 'count(*) - count("a b")', 'count(*) - count("ä")'],
        mean: ['avg(id)', 'NULL', 'avg("a b")', 'NULL'],
        std: ['stddev(id)', 'NULL', 'stddev("a b")', 'NULL'],
        min: ['min(id)', 'min(g)', 'min("a b")', 'min("ä")'],
        max: ['max(id)', 'max(g)', 'max("a b")', 'max("ä")'],
        median: ['median(id)', 'NULL', 'median("a b")', 'NULL'],
      }),
      by: ({ t }) => t.select('id', 'g', 'a b', 'ä').describe(),
      ordered: true,
    },
  ],
  summary: [
    {
      sql: statistics(['id', 'Name'], {
        count: ['count(id)', 'count("Name")'],
        mean: ['avg(id)', 'NULL'],
        std: ['stddev(id)', 'NULL'],
        min: ['min(id)', 'min("Name")'],
        '25%': ['approx_percentile_cont(0.25) WITHIN GROUP (ORDER BY id)', 'NULL'],
        '50%': ['approx_percentile_cont(0.5) WITHIN GROUP (ORDER BY id)', 'NULL'],
        '75%': ['approx_percentile_cont(0.75) WITHIN GROUP (ORDER BY id)', 'NULL'],
        max: ['max(id)', 'max("Name")'],
      }),
      by: ({ t }) => t.select('id', 'Name').summary(),
      ordered: true,
    },
    {
      sql: statistics(['a b'], {
        max: ['max("a b")'],
        '12.5%': ['approx_percentile_cont(0.125) WITHIN GROUP (ORDER BY "a b")'],
        nullCount: ['count(*) - count("a b")'],
      }),
      by: ({ t }) => t.select('a b').summary('max', '12.5%', 'nullCount'),
      ordered: true,
    },
  ],
} satisfies Cases;

/** The methods that follow `groupBy`. */
export const GROUPED: GroupedCases = {
  agg: [
    {
      sql: 'SELECT g AS "G", sum(id) AS s, count(*) AS n FROM t GROUP BY g',
      by: ({ t }) => t.groupBy(col('g').alias('G')).agg(f.sum(col('id')).alias('s'), 'count(*) AS n'),
    },
  ],
  count: [
    { sql: 'SELECT g, count(*) AS count FROM t GROUP BY g', by: ({ t }) => t.groupBy('g').count() },
    { sql: 'SELECT count(*) AS count FROM t', by: ({ t }) => t.groupBy().count() },
  ],
  sum: [
    {
      sql: 'SELECT g, sum("a b") AS "a b", sum(id) AS id FROM t GROUP BY g',
      by: ({ t }) => t.groupBy('g').sum('a b', 'id'),
    },
  ],
  mean: [
    { sql: 'SELECT "Name", avg("a.b") AS "a.b" FROM t GROUP BY "Name"', by: ({ t }) => t.groupBy('Name').mean('a.b') },
  ],
  min: [
    {
      sql: 'SELECT g, min("Name") AS "Name", min("ä") AS "ä" FROM t GROUP BY g',
      by: ({ t }) => t.groupBy('g').min('Name', 'ä'),
    },
  ],
  max: [
    {
      sql: 'SELECT g, max("a b") AS "a b" FROM t GROUP BY ROLLUP (g)',
      by: ({ t }) => t.rollup('g').max('a b'),
    },
  ],
  pivot: [
    { ...SALES, by: ({ t }) => t.groupBy('g').pivot('Name', ['Ada', 'bob']).sum('id') },
    {
      sql: `SELECT g, count(*) FILTER (WHERE id > 4) AS late, count(*) FILTER (WHERE NOT id > 4) AS early FROM t GROUP BY g`,
      by: ({ t }) =>
        t
          .groupBy('g')
          .pivot(col('id').gt(lit(4)), { late: true, early: false })
          .count(),
    },
  ],
};

/** A query with a row for each statistic. All values are strings. */
function statistics(columns: readonly string[], values: Readonly<Record<string, readonly string[]>>): string {
  const names = columns.map((name) => `"${name}"`);
  const rows = Object.entries(values).map(([statistic, exprs], row) => {
    const texts = exprs.map((expr, i) => `CAST(${expr} AS VARCHAR) AS ${names[i]}`);
    return `SELECT ${row} AS row, '${statistic}' AS statistic, ${texts.join(', ')} FROM t`;
  });
  return `SELECT statistic, ${names.join(', ')} FROM (${rows.join(' UNION ALL ')}) ORDER BY row`;
}
