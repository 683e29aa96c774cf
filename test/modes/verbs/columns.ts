import { DateMillisecond } from 'apache-arrow';

import { col, lit } from '../../../src/expr/expr.js';
import { Window } from '../../../src/expr/window.js';
import * as f from '../../../src/functions/index.js';
import type { Cases } from './case.js';

/** Verbs that choose or compute columns. */
export const COLUMNS = {
  select: [
    { sql: 'SELECT "Name", "a b", "a.b", "ä", id FROM t', by: ({ t }) => t.select('Name', 'a b', 'a.b', 'ä', 'id') },
    { sql: 'SELECT *, id AS again FROM t', by: ({ t }) => t.select('*', col('id').alias('again')) },
    // The names that the engine gives to expressions.
    {
      sql: 'SELECT id + 1, "a b" IS NULL, -"a.b", upper("Name"), 5 FROM t',
      by: ({ t }) => t.select(col('id').add(1), col('a b').isNull(), col('a.b').neg(), f.upper(col('Name')), lit(5)),
    },
    {
      sql: `SELECT CASE WHEN g = 'x' THEN 1 WHEN g IS NULL THEN 2 END AS c, concat("Name", '!') AS d FROM t`,
      by: ({ t }) =>
        t.select(
          f.when(col('g').eq('x'), 1).when(col('g').isNull(), 2).end().alias('c'),
          f.concat(col('Name'), lit('!')).alias('d'),
        ),
    },
    {
      sql: 'SELECT sum(id) AS s, count(*) + 1 AS n FROM t',
      by: ({ t }) => t.select(f.sum(col('id')).alias('s'), f.countStar().add(1).alias('n')),
    },
    { sql: 'SELECT 1 AS a, NULL AS b FROM t', by: ({ t }) => t.select(lit(1).alias('a'), lit(null).alias('b')) },
  ],
  selectExprs: [
    {
      sql: 'SELECT "a b" * 2 AS twice, upper("Name") AS "Upper Name", id % 2 = 0 AS even FROM t',
      by: ({ t }) => t.selectExprs('"a b" * 2 AS twice', 'upper("Name") AS "Upper Name"', 'id % 2 = 0 AS even'),
    },
    { sql: 'SELECT *, "a.b" > 1 AS big FROM t', by: ({ t }) => t.selectExprs('*', '"a.b" > 1 AS big') },
  ],
  withColumn: [
    {
      sql: 'SELECT id, g, "Name", "a b", "a.b", "ä", "a b" + id AS "New One" FROM t',
      by: ({ t }) => t.withColumn('New One', col('a b').add(col('id'))),
    },
    {
      sql: 'SELECT id, g, "Name", "a.b" IS NULL AS "a b", "a.b", "ä" FROM t',
      by: ({ t }) => t.withColumn('a b', '"a.b" IS NULL'),
    },
    {
      sql: 'SELECT *, row_number() OVER (ORDER BY id DESC) AS n FROM t',
      by: ({ t }) => t.withColumn('n', f.rowNumber().over(Window.orderBy(col('id').desc()))),
    },
  ],
  withColumns: [
    // All expressions read the old columns.
    {
      sql: 'SELECT "a b" AS id, g, "Name", id AS "a b", "a.b", "ä", id + "a b" AS s FROM t',
      by: ({ t }) => t.withColumns({ id: col('a b'), 'a b': col('id'), s: 'id + "a b"' }),
    },
  ],
  withColumnRenamed: [
    {
      sql: 'SELECT id, g, "Name" AS name, "a b", "a.b", "ä" FROM t',
      by: ({ t }) => t.withColumnRenamed('Name', 'name'),
    },
    {
      sql: 'SELECT id, g, "Name", "a b", "a.b" AS "A.B c", "ä" FROM t',
      by: ({ t }) => t.withColumnRenamed('a.b', 'A.B c'),
    },
  ],
  rename: [
    {
      sql: 'SELECT id AS g, g AS id, "Name", "a b", "a.b", "ä" AS "Ä" FROM t',
      by: ({ t }) => t.rename({ id: 'g', g: 'id', ä: 'Ä' }),
    },
    // A renamed column still belongs to its table.
    {
      sql: 'SELECT a.id AS key, b.k FROM t AS a JOIN u AS b ON a.id = b.k',
      by: ({ t, u }) =>
        t
          .alias('a')
          .rename({ id: 'key' })
          .joinOn(u.alias('b'), col('key', 'a').eq(col('k', 'b')))
          .select(col('key', 'a'), col('k', 'b')),
    },
  ],
  drop: [
    { sql: 'SELECT id, g, "ä" FROM t', by: ({ t }) => t.drop('Name', 'a b', 'a.b') },
    { sql: 'SELECT k FROM u', by: ({ u }) => u.drop('Name', 'g') },
  ],
  cast: [
    {
      sql: `SELECT arrow_cast(id, 'Int8') AS id, g, "Name", arrow_cast("a b", 'Decimal128(10, 2)') AS "a b",
                   arrow_cast("a.b", 'Float32') AS "a.b", arrow_cast("ä", 'Date64') AS "ä" FROM t`,
      by: ({ t }) => t.cast({ id: 'Int8', 'a b': 'Decimal128(10, 2)', 'a.b': 'Float32', ä: new DateMillisecond() }),
    },
    {
      sql: 'SELECT id, g, TRY_CAST("Name" AS BIGINT) AS "Name", "a b", TRY_CAST("a.b" AS SMALLINT) AS "a.b", "ä" FROM t',
      by: ({ t }) => t.cast({ Name: 'Int64', 'a.b': 'Int16' }, true),
    },
  ],
  window: [
    {
      sql: `SELECT *, rank() OVER (PARTITION BY g ORDER BY "a b" DESC) AS r, sum("a b") OVER (PARTITION BY g) AS s,
                   lag(id) OVER (ORDER BY id) AS before FROM t`,
      by: ({ t }) =>
        t.window(
          f
            .rank()
            .over(Window.partitionBy('g').orderBy(col('a b').desc()))
            .alias('r'),
          f.sum(col('a b')).over({ partitionBy: 'g' }).alias('s'),
          'lag(id) OVER (ORDER BY id) AS before',
        ),
    },
    {
      sql: `SELECT *, avg("a.b") OVER (ORDER BY id ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING) AS mean,
                   count("Name") OVER (ORDER BY id ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING) AS n FROM t`,
      by: ({ t }) =>
        t.window(
          f.avg(col('a.b')).over(Window.orderBy('id').rowsBetween(-1, 1)).alias('mean'),
          f.count(col('Name')).over(Window.orderBy('id').rowsBetween(0, Infinity)).alias('n'),
        ),
    },
  ],
  alias: [
    {
      sql: 'SELECT a.id, a."a.b", b."Name" FROM t AS a JOIN t AS b ON a.id = b.id + 1',
      by: ({ t }) =>
        t
          .alias('a')
          .joinOn(t.alias('b'), col('id', 'a').eq(col('id', 'b').add(1)))
          .select(col('id', 'a'), col('a.b', 'a'), col('Name', 'b')),
    },
    {
      sql: 'SELECT "Up per".id FROM t AS "Up per" WHERE "Up per"."a b" > 5',
      by: ({ t }) => t.alias('Up per').filter('"Up per"."a b" > 5').select(col('id', 'Up per')),
    },
  ],
  as: [{ sql: 'SELECT id FROM t', by: ({ t }) => t.select('id').as<{ id: bigint }>() }],
  transform: [
    {
      sql: 'SELECT id FROM t WHERE id > 3 ORDER BY id DESC LIMIT 2',
      by: ({ t }) =>
        t.transform(
          (frame, least: number, n: number) =>
            frame.filter(col('id').gt(least)).sort(col('id').desc()).limit(n).select('id'),
          3,
          2,
        ),
      ordered: true,
    },
  ],
} satisfies Cases;
