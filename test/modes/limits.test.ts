import { describe, expect, it } from 'vitest';

import type { SessionContext } from '../../src/session/session-context.js';
import { LOCAL, newContext, STAGES, withCluster, withContext } from '../support/cluster.js';
import { rejected } from '../support/rejected.js';
import { thrown } from '../support/thrown.js';

// What a query can make the engine allocate at once. Without the limits, most of these end the process.

const cluster = await withCluster(false);
const ctx = withContext(cluster);
const staged = withContext(cluster, STAGES);
const contexts: [string, SessionContext][] = LOCAL
  ? [['locally', ctx]]
  : [
      ['whole', ctx],
      ['in stages', staged],
    ];

/** Three rows, which the optimizer does not know. */
const T = '(SELECT value AS v FROM range(0, 20000) WHERE value % 7000 = 1) AS t';
/** A million bytes. */
const MB = "repeat('a', 1000000)";
/** 250 million bytes in the three rows of T. */
const HUNDREDS = "repeat('%', v * 12000)";

async function works(context: SessionContext) {
  const rows = await (await context.sql('SELECT 1 AS one')).toArray({ int64: 'number' });
  expect(rows).toEqual([{ one: 1 }]);
}

const TOO_LARGE: Record<string, string[]> = {
  repeat: [
    "SELECT repeat('a', 1000000000)",
    "SELECT length(repeat(arrow_cast('a', 'LargeUtf8'), 1000000000000)) AS n",
    `SELECT length(repeat('abc', v * 100000000)) AS n FROM ${T}`,
    `SELECT length(repeat(CAST(v AS VARCHAR), 9223372036854775807)) AS n FROM ${T}`,
  ],
  lpad: [
    "SELECT lpad('a', 2000000000)",
    `SELECT length(lpad(CAST(v AS VARCHAR), 1000000000 + v, 'xy')) AS n FROM ${T}`,
  ],
  rpad: ["SELECT rpad('ü', 2000000000)", `SELECT length(rpad(CAST(v AS VARCHAR), 100000000 + v, 'ü')) AS n FROM ${T}`],
  'spark.space': [
    'SELECT spark.space(CAST(2000000000 AS INT))',
    `SELECT length(spark.space(CAST(v + 1000000000 AS INT))) AS n FROM ${T}`,
  ],
  'spark.format_string': [
    "SELECT spark.format_string('%2000000000d', 1)",
    `SELECT length(spark.format_string('%2$1000000000s and %1$-1000000000s', 'a', CAST(v AS VARCHAR))) AS n FROM ${T}`,
  ],
  range: [
    'SELECT range(0, 1000000000000)',
    `SELECT cardinality(range(v, 100000000000)) AS n FROM ${T}`,
    "SELECT range(DATE '0001-01-01', DATE '9999-12-31', INTERVAL '1 month -30 day')",
    "SELECT range(DATE '2020-01-01', DATE '2000-01-01', INTERVAL '2 month -1 day')",
  ],
  generate_series: [
    'SELECT generate_series(9223372036854775807, -9223372036854775807, -1)',
    "SELECT generate_series(TIMESTAMP '1900-01-01', TIMESTAMP '2100-01-01', INTERVAL '1 nanosecond')",
    `SELECT cardinality(generate_series(TIMESTAMP '1900-01-01', arrow_cast(v, 'Timestamp(s)'), INTERVAL '1 second')) AS n FROM ${T}`,
  ],
  array_repeat: [
    'SELECT array_repeat(1, 2000000000)',
    `SELECT cardinality(array_repeat([v, v], 500000000)) AS n FROM ${T}`,
    `SELECT cardinality(array_repeat(${MB}, v * 1000)) AS n FROM ${T}`,
  ],
  'spark.array_repeat': ["SELECT spark.array_repeat('x', 2000000000)"],
  array_resize: [
    'SELECT array_resize([1], 2000000000)',
    'SELECT array_resize([1], 1000000000, NULL)',
    `SELECT cardinality(array_resize([v], 600000000, v)) AS n FROM ${T}`,
  ],
  concat: [`SELECT length(concat(${Array.from({ length: 8 }, () => HUNDREDS)})) AS n FROM ${T}`],
  concat_ws: [`SELECT length(concat_ws(${HUNDREDS}, v, v, v, v, v, v)) AS n FROM ${T}`],
  replace: [
    `SELECT length(replace(${MB}, 'a', ${MB})) AS n`,
    `SELECT length(replace(repeat('a', v), 'a', ${MB})) AS n FROM ${T}`,
  ],
  regexp_replace: [
    `SELECT length(regexp_replace(${MB}, 'a', ${MB}, 'g')) AS n`,
    `SELECT length(regexp_replace(repeat('a', v), '(a)', repeat('$1', 500000), 'g')) AS n FROM ${T}`,
  ],
  array_to_string: [`SELECT length(array_to_string(range(0, 20000), ${MB})) AS n`],
  array_replace_all: [`SELECT cardinality(array_replace_all(range(0, v)::VARCHAR[], '1', ${MB})) AS n FROM ${T}`],
  to_char: [`SELECT length(to_char(TIMESTAMP '2026-01-01', ${HUNDREDS})) AS n FROM ${T}`],
};

const REFUSED: [string, string][] = [
  ["SELECT arrow_cast(NULL, 'FixedSizeList(2000000000, Int64)')", 'too large'],
  ["SELECT arrow_cast(NULL, 'FixedSizeBinary(2000000000)')", 'too large'],
  ['SELECT CAST(NULL AS INT[2000000000])', 'too large'],
  ['SELECT TRY_CAST(NULL AS INT[50000][50000])', 'too large'],
  ['CREATE TABLE never (a INT[2000000000])', 'too large'],
  [
    `SELECT sum(v) OVER (ORDER BY v ROWS BETWEEN 1 PRECEDING AND 18446744073709551615 FOLLOWING) FROM ${T}`,
    'UNBOUNDED',
  ],
  [`SELECT sum(v) OVER (ORDER BY v ROWS BETWEEN 9223372036854775808 PRECEDING AND CURRENT ROW) FROM ${T}`, 'UNBOUNDED'],
  [
    `SELECT sum(v) OVER (ORDER BY v GROUPS BETWEEN CURRENT ROW AND 9223372036854775808 FOLLOWING) FROM ${T}`,
    'UNBOUNDED',
  ],
  [`SELECT approx_percentile_cont(0.5, 10 * 1000000000) WITHIN GROUP (ORDER BY v) FROM ${T}`, 'centroids'],
];

const ANSWERS: [string, Record<string, unknown>[]][] = [
  [
    'SELECT v % 2 AS k, max(v) AS m FROM (VALUES (1), (2), (3)) AS t(v) GROUP BY k ORDER BY m DESC LIMIT 1000000000',
    [
      { k: 1, m: 3 },
      { k: 0, m: 2 },
    ],
  ],
  [`SELECT DISTINCT v FROM ${T} ORDER BY v DESC LIMIT 1000000000`, [{ v: 14_001 }, { v: 7001 }, { v: 1 }]],
  [
    'SELECT spark.xxhash64((SELECT 1), 9223372036854775807) = spark.xxhash64(1, 9223372036854775807) AS same',
    [{ same: true }],
  ],
  [`SELECT DISTINCT spark.xxhash64((SELECT 1), 2) = spark.xxhash64(1, 2) AS same FROM ${T}`, [{ same: true }]],
  [`SELECT DISTINCT spark.concat((SELECT 'a'), 'b') AS ab FROM ${T}`, [{ ab: 'ab' }]],
  // A negative length beside others.
  [
    "SELECT n, lpad('abc', n) AS s FROM (VALUES (-1), (2)) AS t(n) ORDER BY n",
    [
      { n: -1, s: '' },
      { n: 2, s: 'ab' },
    ],
  ],
  [
    "SELECT n, rpad('a', n, 'xy') AS s FROM (VALUES (-5), (3)) AS t(n) ORDER BY n",
    [
      { n: -5, s: '' },
      { n: 3, s: 'axy' },
    ],
  ],
  // Estimates that are too large are counted exactly.
  [`SELECT length(replace(${MB}, 'b', repeat('c', 10000))) AS n`, [{ n: 1_000_000 }]],
  [`SELECT length(regexp_replace(${MB}, 'b+', repeat('c', 10000), 'g')) AS n`, [{ n: 1_000_000 }]],
  [`SELECT length(regexp_replace(${MB}, '^a', repeat('c', 10000), 'g')) AS n`, [{ n: 1_009_999 }]],
  // At the limits.
  ["SELECT length(repeat('ab', 60000000)) AS n", [{ n: 120_000_000 }]],
  ["SELECT cardinality(range(DATE '2000-01-01', DATE '2000-12-31', INTERVAL '2 month -1 day')) AS n", [{ n: 0 }]],
  ["SELECT cardinality(generate_series(DATE '2000-01-31', DATE '2000-12-31', INTERVAL '1 month')) AS n", [{ n: 12 }]],
  ["SELECT cardinality(range(0, NULL)) AS n, repeat('a', NULL) AS s", [{ n: null, s: null }]],
  ["SELECT spark.format_string('1000000000 %5s %%', 'a') AS s", [{ s: '1000000000     a %' }]],
  [
    `SELECT sum(v) OVER (ORDER BY v ROWS BETWEEN 9223372036854775807 PRECEDING AND CURRENT ROW) AS s FROM ${T} ORDER BY s`,
    [{ s: 1 }, { s: 7002 }, { s: 21_003 }],
  ],
  // In the session itself, without a cluster.
  [
    "SELECT table_name, max(table_schema) AS s FROM information_schema.tables WHERE table_name = 'columns' GROUP BY table_name ORDER BY s LIMIT 1000000000",
    [{ table_name: 'columns', s: 'information_schema' }],
  ],
];

describe.each(contexts)('%s', (_, context) => {
  it.each(Object.entries(TOO_LARGE))('%s refuses to make too much', async (name, queries) => {
    for (const query of queries) {
      const error = await rejected(context.sql(query).then((df) => df.toArray()));
      expect(error, query).toMatchObject({
        code: 'RESOURCES_EXHAUSTED',
        message: expect.stringContaining(`A call of ${name} `),
      });
      await works(context);
    }
  });

  it.each(REFUSED)('%s is refused', async (query, text) => {
    const error = await rejected(context.sql(query).then((df) => df.toArray()));
    expect(error).toMatchObject({ code: 'PLAN', message: expect.stringContaining(text) });
    await works(context);
  });

  it.each(ANSWERS)('%s', async (query, rows) => {
    expect(await (await context.sql(query)).toArray({ int64: 'number' })).toEqual(rows);
  });

  it.each([
    "SELECT spark.format_string('%.70000f', 1.5) AS s",
    `SELECT length(spark.format_string('%.70000f', CAST(v AS DOUBLE))) AS n FROM ${T}`,
  ])('a panic of the engine is an error: %s', async (query) => {
    const error = await rejected(context.sql(query).then((df) => df.toArray()));
    expect(error).toMatchObject({ code: 'INTERNAL', message: expect.stringContaining('The engine panicked') });
    await works(context);
  });

  it('a panic in a task of the engine is an error', async () => {
    const query = `SELECT length(spark.format_string('%.70000f', CAST(v AS DOUBLE))) AS n, count(*) FROM ${T} GROUP BY n`;
    const error = await rejected(context.sql(query).then((df) => df.toArray()));
    expect(error.message).toMatch(/panic/i);
    expect(['INTERNAL', 'EXECUTION', 'JOB_FAILED']).toContain(error.code);
    await works(context);
  });

  it('too many partitions are refused', async () => {
    const df = await context.sql('SELECT 1 AS a');
    expect(await rejected(df.repartition(1e9).count())).toMatchObject({
      code: 'PLAN',
      message: expect.stringContaining('1024'),
    });
    expect(await rejected(df.repartitionByHash('a', 1e9).count())).toMatchObject({ code: 'PLAN' });
    expect(await df.repartition(3).count()).toBe(1);
  });

  it('show() of very many rows shows all', async () => {
    const df = await context.sql('SELECT v % 2 AS k, max(v) AS m FROM (VALUES (1), (2)) AS t(v) GROUP BY k ORDER BY m');
    expect(await df.toDisplayString(1e9)).toContain('| 0 | 2 |');
  });
});

describe('settings', () => {
  const SETTINGS = {
    'datafusion.execution.batch_size': 65_536,
    'datafusion.execution.target_partitions': 1024,
    'datafusion.execution.planning_concurrency': 1024,
    'datafusion.execution.meta_fetch_concurrency': 1024,
    'datafusion.execution.minimum_parallel_output_files': 1024,
    'datafusion.execution.sort_spill_reservation_bytes': 2 ** 40,
    ...(LOCAL
      ? {}
      : { 'ballista.shuffle.sort_based.batch_size': 65_536, 'ballista.shuffle.writer_channel_capacity': 1024 }),
  };

  it.each(Object.entries(SETTINGS))('%s is at most %d', async (key, most) => {
    const refused = { code: 'CONFIG', message: expect.stringMatching(`"${key}".*at most ${most}`) };
    expect(await rejected(ctx.sql(`SET ${key} = ${most + 1}`))).toMatchObject(refused);
    expect(thrown(() => newContext(cluster, { clusterConfig: { [key]: most + 1 } }))).toMatchObject(refused);
    await works(ctx);
    const largest = newContext(cluster, { clusterConfig: { [key]: most } });
    await largest.sql(`SET ${key} = ${most}`);
    await largest.close();
  });
});
