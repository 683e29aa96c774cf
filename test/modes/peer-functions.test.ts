import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { callFunction, col } from '../../src/functions/index.js';
import { newContext, WHOLE, withCluster, withContext } from '../support/cluster.js';
import { tempFolder } from '../support/data.js';
import { rejected } from '../support/rejected.js';

const cluster = await withCluster();
const ctx = withContext(cluster);
const folder = tempFolder();

const instance = await DuckDBInstance.create();
const duckdb = await instance.connect();
afterAll(() => {
  duckdb.closeSync();
  instance.closeSync();
});

beforeAll(async () => {
  // A file, so that executors compute the calls, and both engines read the same rows.
  const path = folder('rows.parquet');
  await duckdb.run(`COPY (
    SELECT i AS id, i % 7 AS g, CASE WHEN i % 5 > 0 THEN i * 37 % 101 END AS n, CASE WHEN i % 11 > 0 THEN 'v' || i % 13 END AS s,
      TIMESTAMP '1968-11-30 22:15:50.25' + INTERVAL (i * 7919) HOUR + INTERVAL (i * 31) SECOND AS t,
      TIMESTAMP '1971-03-01 00:00:00' + INTERVAL (i * 4409) HOUR AS u,
      CASE i % 4
        WHEN 0 THEN NULL
        WHEN 1 THEN '{"a":{"b":[' || i || ',"xü\\"",null]},"s":"text","t":true,"f":1.5,"n":null,"x y":1}'
        WHEN 2 THEN '[1,{"a":' || i || '},"s"]'
        ELSE '{"a":' || i || ',"s":{"b":"c"}}'
      END AS j
    FROM range(200) AS r(i)
  ) TO '${path}' (FORMAT parquet)`);
  await duckdb.run(`CREATE VIEW rows AS SELECT * FROM '${path}'`);
  await ctx.registerParquet('rows', path);
});

/** A value without the differences of how the two libraries return it. */
function plain(value: unknown): unknown {
  if (typeof value === 'bigint') return Number(value);
  if (value instanceof Date) return value.getTime();
  if (typeof value === 'number') return Number(value.toPrecision(12));
  if (Array.isArray(value)) return value.map(plain);
  return value ?? null;
}

/** The rows of the same query in both engines. */
async function both(ours: string, theirs = ours): Promise<[unknown[][], unknown[][]]> {
  const values = (rows: readonly Record<string, unknown>[]) => rows.map((row) => Object.values(row).map(plain));
  const expected = values((await duckdb.runAndReadAll(theirs)).getRowObjectsJS());
  return [values(await (await ctx.sql(ours)).toArray()), expected];
}

describe('scalar functions return the values of DuckDB', () => {
  const units = 'year quarter month day hour minute second millisecond microsecond'.split(' ');
  const calls = [
    ...'year quarter month week weekofyear day dayofmonth dayofyear isodow hour minute second epoch epoch_ms'
      .split(' ')
      .map((name) => `${name}(t)`),
    ...units.map((unit) => `date_diff('${unit}', t, u)`),
    ...units.map((unit) => `datediff('${unit}', u, t)`),
    ...'year month day'.split(' ').map((unit) => `date_diff('${unit}', CAST(t AS DATE), CAST(u AS DATE))`),
    'last_day(t)',
    'monthname(t)',
    'dayname(t)',
    "strftime(t, '%Y/%m/%d %H:%M')",
    "strptime(strftime(t, '%d.%m.%Y %H:%M'), '%d.%m.%Y %H:%M')",
    'mod(n - 50, 7)',
    'sign(n - 50)',
    'ceiling(n / 7.0)',
    'len(s)',
    'len([id, n])',
    "string_split(s, '1')",
    "regexp_extract(s, 'v(1)(.?)', 0)",
    "regexp_extract(s, 'v(1)(.?)', 1)",
    "regexp_extract(s, 'v(1)(.?)', 2)",
    'if(n > 50, id, -1)',
  ];
  it.each(calls)('%s', async (call) => {
    const [ours, theirs] = await both(`SELECT id, ${call} AS v FROM rows ORDER BY id`);
    expect(ours).toEqual(theirs);
    expect(ours.some(([, value]) => value !== null)).toBe(true);
  });
});

it('regexp_extract is null if an argument is', async () => {
  const df = await ctx.sql(`SELECT regexp_extract('abc', NULL, 0) AS a, regexp_extract('abc', 'b', NULL) AS b,
    regexp_extract(NULL, 'b', 0) AS c, regexp_extract('abc', 'x', 0) AS d`);
  expect(await df.toArray()).toEqual([{ a: null, b: null, c: null, d: '' }]);
});

it('weeks of date_diff are counted by their Mondays, while DuckDB counts whole weeks', async () => {
  const [ours, theirs] = await both(
    "SELECT id, date_diff('week', t, u) AS v FROM rows ORDER BY id",
    "SELECT id, date_diff('day', date_trunc('week', t), date_trunc('week', u)) // 7 AS v FROM rows ORDER BY id",
  );
  expect(ours).toEqual(theirs);
  expect(new Set(ours.map(([, weeks]) => weeks)).size).toBeGreaterThan(100);
});

describe('JSON has the values of DuckDB', () => {
  const calls = [
    "j -> 'a'",
    "j ->> 'a'",
    "j -> 'a' -> 'b' -> 0",
    "j -> 'a' -> 'b' ->> 1",
    "j -> '$.a.b[1]'",
    "j ->> '$.a.b[2]'",
    'j ->> \'$."x y"\'',
    "j ->> 's'",
    "j -> 'n'",
    "j ->> 'n'",
    "j -> 1 ->> 'a'",
    'j ->> -1',
    "json_extract(j, 'a')",
    "json_extract_string(j, '$.s')",
    "json_extract_path_text(j, 's')",
  ];
  it.each(calls)('%s', async (call) => {
    const [ours, theirs] = await both(`SELECT id, ${call} AS v FROM rows ORDER BY id`);
    expect(ours).toEqual(theirs);
    // There is no third element, and `n` is null in all rows.
    const isNull = call === "j ->> '$.a.b[2]'" || call === "j ->> 'n'";
    expect(ours.some(([, value]) => value !== null)).toBe(!isNull);
  });

  it.each([
    ["json_get_int(j, 'a')", "TRY_CAST(j ->> 'a' AS BIGINT)"],
    ["json_get_float(j, 'f')", "CAST(j ->> 'f' AS DOUBLE)"],
    ["json_get_bool(j, 't')", "CAST(j ->> 't' AS BOOLEAN)"],
    ["json_contains(j, 'n')", "j IS NOT NULL AND json_exists(j, 'n')"],
    ["json_length(j, '$.a.b')", "json_array_length(j -> '$.a.b')"],
    ["json_keys(j, 's')", "CASE WHEN id % 4 = 3 THEN json_keys(j -> 's') END"],
    ["CAST(j -> 'f' AS DOUBLE) + 1", "CAST(j -> 'f' AS DOUBLE) + 1"],
  ])('%s', async (ours, theirs) => {
    const query = (call: string) => `SELECT id, ${call} AS v FROM rows ORDER BY id`;
    const [found, expected] = await both(query(ours), query(theirs));
    expect(found).toEqual(expected);
    expect(found.some(([, value]) => value !== null)).toBe(true);
  });

  it('in WHERE, GROUP BY and ORDER BY', async () => {
    const query = `SELECT j ->> 't' AS t, count(*) AS n FROM rows WHERE (j ->> 's') = 'text' OR (j -> 's') IS NULL
      GROUP BY j ->> 't' ORDER BY j ->> 't'`;
    const [ours, theirs] = await both(query);
    expect(ours).toEqual(theirs);
    expect(ours).toHaveLength(2);
  });

  it('operators bind more strongly than comparisons, as in PostgreSQL', async () => {
    const conditions = [
      ["j ->> 's' = 'text'", "(j ->> 's') = 'text'"],
      ["'text' = j ->> 's'", "'text' = (j ->> 's')"],
      ["j -> 'a' -> 'b' ->> 0 = '1'", "(j -> 'a' -> 'b' ->> 0) = '1'"],
      ["j ->> 's' = j ->> 't' OR j ->> 's' LIKE 'te%'", "(j ->> 's') = (j ->> 't') OR (j ->> 's') LIKE 'te%'"],
      ["j ->> 's' IN ('text', 'x')", "(j ->> 's') IN ('text', 'x')"],
      ["j ->> 'f' BETWEEN '1' AND '2'", "(j ->> 'f') BETWEEN '1' AND '2'"],
      ["j -> 't' IS NOT NULL AND j -> 'a' IS NOT NULL", "(j -> 't') IS NOT NULL AND (j -> 'a') IS NOT NULL"],
      ["NOT j ->> 's' = 'text'", "NOT (j ->> 's') = 'text'"],
    ];
    for (const [ours = '', theirs = ''] of conditions) {
      const query = (condition: string) => `SELECT id FROM rows WHERE ${condition} ORDER BY id`;
      const [found, expected] = await both(query(ours), query(theirs));
      expect({ [ours]: found }).toEqual({ [ours]: expected });
      expect(found.length).toBeGreaterThan(0);
    }
  });

  it('of another type is rejected', async () => {
    expect(await rejected(ctx.sql("SELECT id -> 'a' FROM rows"))).toMatchObject({
      code: 'PLAN',
      message: expect.stringContaining('json_get reads JSON in strings, but its first argument is Int64.'),
    });
  });

  it('as text has no escape sequences', async () => {
    const df = await ctx.sql(`SELECT '{"a":"x\\u00fc\\n\\""}' ->> 'a' AS text, '{"\\u0061":1}' -> 'a' AS key`);
    expect(await df.toArray()).toEqual([{ text: 'xü\n"', key: '1' }]);
  });

  it('of invalid JSON is null', async () => {
    const df = await ctx.sql(`SELECT '{"a":1' -> 'a' AS a, '{"a":1} x' ->> 'a' AS b, 'a' -> 'a' AS c`);
    expect(await df.toArray()).toEqual([{ a: null, b: null, c: null }]);
  });
});

describe('aggregate functions return the values of DuckDB', () => {
  const key = 'n * 1000 + id';
  it.each([
    [`arg_max(s, ${key})`, undefined],
    [`arg_min(s, ${key})`, undefined],
    [`arg_max(id, ${key}) FILTER (WHERE id > 20)`, undefined],
    [`max_by(s, ${key})`, `arg_max_null(s, ${key})`],
    [`min_by(s, ${key})`, `arg_min_null(s, ${key})`],
    ['max_by(id, NULLIF(id, id))', undefined],
    ['mode(CASE WHEN id % 3 > 0 THEN g ELSE id END)', undefined],
    ['count_if(n > 50)', undefined],
    ['group_concat(s ORDER BY id)', undefined],
    ["listagg(s, '|' ORDER BY id DESC)", undefined],
    ['list(n ORDER BY id)', undefined],
    ['first(s ORDER BY id)', undefined],
    ['last(s ORDER BY id)', undefined],
    ['variance(n)', undefined],
    ['approx_count_distinct(n) > 10', undefined],
  ])('%s', async (ours, theirs = ours) => {
    const query = (call: string) => `SELECT g, ${call} AS v FROM rows GROUP BY g ORDER BY g`;
    const groups = await both(query(ours), query(theirs));
    expect(groups[0]).toEqual(groups[1]);
    const whole = await both(`SELECT ${ours} AS v FROM rows`, `SELECT ${theirs} AS v FROM rows`);
    expect(whole[0]).toEqual(whole[1]);
  });

  it('several in one query, with other aggregates', async () => {
    const [ours, theirs] = await both(`
      SELECT g, arg_max(s, ${key}) AS a, arg_min(s, ${key}) AS b, arg_max(n, t) AS c, sum(n) AS d, count(DISTINCT s) AS e,
        string_agg(s, ',' ORDER BY id DESC) AS f
      FROM rows GROUP BY g HAVING arg_max(id, id) > 10 ORDER BY arg_max(id, id)`);
    expect(ours).toEqual(theirs);
    expect(ours).toHaveLength(7);
  });

  it('over windows', async () => {
    const [ours, theirs] = await both(`
      SELECT id, sum(id) OVER (PARTITION BY g) AS s, arg_max(s, ${key}) OVER (PARTITION BY g) AS a, arg_min(s, ${key}) OVER (PARTITION BY g) AS i, count_if(coalesce(n, 0) > 50) OVER (PARTITION BY g ORDER BY id) AS c,
        mode(g) OVER (PARTITION BY g ORDER BY id ROWS BETWEEN 3 PRECEDING AND CURRENT ROW) AS m,
        mode(id % 2) OVER (ORDER BY id ROWS BETWEEN 2 PRECEDING AND CURRENT ROW) AS p
      FROM rows ORDER BY id`);
    expect(ours).toEqual(theirs);
  });

  // Ballista does not send the filters of windows to executors, so a query that must be divided is rejected.
  it.runIf(WHOLE)('over windows with FILTER', async () => {
    const [ours, theirs] = await both(`
      SELECT id, arg_max(s, ${key}) FILTER (WHERE id % 3 = 0) OVER (PARTITION BY g) AS f,
        arg_min(s, ${key}) FILTER (WHERE n > 50) OVER (PARTITION BY g) AS e
      FROM rows ORDER BY id`);
    expect(ours).toEqual(theirs);
  });

  it('mode returns the least of equally frequent values, and null without values', async () => {
    const df = await ctx.sql(
      `SELECT mode(id) AS least, mode(s) FILTER (WHERE id < 0) AS nothing, mode(g) AS g FROM rows`,
    );
    expect(await df.toArray({ int64: 'number' })).toEqual([{ least: 0, nothing: null, g: 0 }]);
  });
});

describe('date_diff', () => {
  it('with two arguments counts the days to the first from the second', async () => {
    const df = await ctx.sql("SELECT datediff(DATE '2024-03-01', DATE '2024-02-01') AS days");
    expect(await df.toArray()).toEqual([{ days: 29n }]);
  });

  it('of time stamps with a time zone counts in their zone', async () => {
    const df = await ctx.sql(`SELECT date_diff('day', a, b) AS days, date_diff('hour', a, b) AS hours
      FROM (SELECT arrow_cast('2024-03-30T22:30:00Z', 'Timestamp(ms, "Europe/Berlin")') AS a,
                   arrow_cast('2024-03-31T22:30:00Z', 'Timestamp(ms, "Europe/Berlin")') AS b)`);
    expect(await df.toArray({ int64: 'number' })).toEqual([{ days: 2, hours: 24 }]);
  });
});

/** The most used functions of DuckDB, PostgreSQL, Spark and Snowflake, apart from those with the same name in all engines. */
const MOST_USED = `
  abs approx_count_distinct approx_quantile any_value arg_max arg_min array_agg array_contains array_distinct array_join
  array_length array_position array_size array_sort ascii avg base64 bit_and bool_and bool_or cardinality cbrt ceil ceiling
  char_length charindex chr coalesce collect_list collect_set concat concat_ws contains corr count count_if covar_pop
  cume_dist current_date date date_add date_diff date_format date_part date_sub date_trunc dateadd datediff day dayname
  dayofmonth dayofweek dayofyear decode dense_rank element_at encode ends_with endswith epoch epoch_ms every exp explode first
  first_value flatten floor format format_string from_json from_unixtime gen_random_uuid generate_series get_json_object
  greatest group_concat hex histogram hour if ifnull iff initcap instr isnan isnull json_array_length json_extract
  json_extract_string json_keys json_object_keys lag last last_day last_value lcase lead least left len length levenshtein
  list list_aggregate list_contains list_filter list_transform list_value listagg ln locate log log10 log2 lower lpad ltrim
  make_date make_timestamp map_from_entries map_keys map_values max max_by md5 median min min_by minute mod mode month
  monthname months_between named_struct now nth_value ntile nullif nvl nvl2 parse_json percent_rank percentile_approx
  percentile_cont percentile_disc pi posexplode power printf quantile quarter radians random rank regexp_extract
  regexp_extract_all regexp_like regexp_matches regexp_replace regexp_split_to_array repeat replace reverse right rlike round
  row_number rpad rtrim second sequence sha1 sha256 sign sin size slice soundex split split_part sqrt startswith starts_with
  stddev stddev_pop strftime string_agg string_split strpos strptime struct struct_extract struct_pack substr substring sum
  time_bucket to_char to_date to_json to_number to_timestamp to_varchar translate trim trunc try_to_number typeof ucase unhex
  unix_timestamp upper uuid var_pop var_samp variance week weekday weekofyear width_bucket year zeroifnull`;

it('each of the most used functions exists, or its error says what to write instead', async () => {
  const unknown: string[] = [];
  for (const name of MOST_USED.split(/\s+/).filter((name) => name !== '')) {
    const error = await ctx.sql(`SELECT ${name}(id, id, id, id, id) FROM rows`).catch(({ message }: Error) => message);
    if (/does not exist\.(?! Write)/.test(String(error))) unknown.push(name);
  }
  expect(MOST_USED.split(/\s+/).length).toBeGreaterThan(200);
  expect(unknown).toEqual([]);
});

describe('SQL of other engines that is missing', () => {
  it.each([
    [
      'SELECT weekday(t) FROM rows',
      'PLAN',
      'The function "weekday" does not exist. Write date_part(\'dow\', date), where Sunday is 0, or isodow(date), where Monday is 1 and Sunday is 7.',
    ],
    ['SELECT id FROM rows WHERE Explode(s) = 1', 'PLAN', 'The function "explode" does not exist. Write unnest(array).'],
    ['SELECT uper(s) FROM rows', 'PLAN', 'The function "uper" does not exist. Did you mean "upper"?'],
    ['SELECT frobnicate(s) FROM rows', 'PLAN', 'The function "frobnicate" does not exist.'],
    [
      'SELECT datediff(day, t, u) FROM rows',
      'PLAN',
      "The unit of datediff is a string. Write datediff('day', start, end).",
    ],
    [
      'SELECT substr(s) FROM rows',
      'PLAN',
      'substr needs a position. Write substr(text, start), or substr(text, start, length).',
    ],
    [
      'SELECT row_number() FROM rows',
      'PLAN',
      'row_number is a window function. Write row_number(…) OVER (ORDER BY column).',
    ],
    ['SELECT id, Lag(n, 1) FROM rows', 'PLAN', 'lag is a window function. Write lag(…) OVER (ORDER BY column).'],
    [
      "SELECT * FROM rows PIVOT (sum(n) FOR g IN ('a'))",
      'NOT_IMPLEMENTED',
      "PIVOT is not supported in SQL. Write sum(x) FILTER (WHERE key = 'a') AS a for each value, with GROUP BY, or call pivot() of a DataFrame.",
    ],
    [
      'SELECT * FROM rows UNPIVOT (value FOR name IN (id, n))',
      'NOT_IMPLEMENTED',
      "UNPIVOT is not supported in SQL. Write SELECT id, 'a' AS name, a AS value FROM t UNION ALL SELECT id, 'b', b FROM t, or call unpivot() of a DataFrame.",
    ],
    [
      "SELECT date_diff('fortnight', t, u) FROM rows",
      'PLAN',
      "The first argument of date_diff is Utf8(\"fortnight\"), but it must be a literal unit: 'year', 'quarter', 'month', 'week', 'day', 'hour', 'minute', 'second', 'millisecond' or 'microsecond'.",
    ],
    [
      'SELECT max_by(s, n) OVER (PARTITION BY g ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) FROM rows',
      'PLAN',
      'max_by over a window reads the whole partition, so it does not accept a frame such as ROWS BETWEEN 1 PRECEDING AND CURRENT ROW. Leave the frame out, or use last_value.',
    ],
    [
      'SELECT max_by(s, n) OVER (ORDER BY id) FROM rows',
      'PLAN',
      'max_by orders the rows by its second argument, so it does not accept ORDER BY. Over a window, leave out ORDER BY, or use last_value.',
    ],
  ])('%s', async (query, code, message) => {
    const run = async () => (await ctx.sql(query)).collect();
    expect(await rejected(run())).toMatchObject({ code, message });
  });

  it('callFunction names the function to use, too', async () => {
    const df = await ctx.table('rows');
    expect(() => df.select(callFunction('explode', col('s')))).toThrow(
      'The function "explode" does not exist. Write unnest(array).',
    );
  });

  it.each([
    'SELECT 1 FROM rows ASOF JOIN rows b ON rows.id = b.id',
    'SELECT 1 FROM rows a, (SELECT 1 FROM rows asof LEFT JOIN rows b USING (id)) c',
  ])('an ASOF JOIN is not taken for another join: %s', async (query) => {
    const error = await rejected(ctx.sql(query));
    expect(error).toMatchObject({
      code: 'NOT_IMPLEMENTED',
      message: expect.stringContaining('max_by(b.price, b.time)'),
    });
  });

  it('an ASOF JOIN in the dialect of Snowflake is rejected, too', async () => {
    await using snowflake = newContext(cluster, { clusterConfig: { 'datafusion.sql_parser.dialect': 'snowflake' } });
    const query = 'SELECT 1 FROM (SELECT 1 AS t) a ASOF JOIN (SELECT 2 AS t) b MATCH_CONDITION (a.t >= b.t)';
    expect(await rejected(snowflake.sql(query))).toMatchObject({ code: 'NOT_IMPLEMENTED' });
  });

  it('a condition in SQL text names the function to use, too', async () => {
    const df = await ctx.table('rows');
    expect(() => df.filter('weekday(t) = 1')).toThrow('The function "weekday" does not exist. Write date_part(');
  });

  it('an arrow that begins a lambda says how to read JSON', async () => {
    await using duckdbDialect = newContext(cluster, { clusterConfig: { 'datafusion.sql_parser.dialect': 'duckdb' } });
    const query = (column: string) => `SELECT ${column} -> 'a' AS a FROM (SELECT '{"a":1}' AS j) r`;
    expect(await (await duckdbDialect.sql(query('r.j'))).toArray()).toEqual([{ a: '1' }]);
    expect(await rejected(duckdbDialect.sql(query('j')))).toMatchObject({
      code: 'PLAN',
      message: expect.stringContaining('To read JSON, write json_get(column, key), or table.column -> key.'),
    });
  });

  it('asof is the alias of a table if it follows AS', async () => {
    const df = await ctx.sql('SELECT count(*) AS n FROM rows AS asof JOIN rows b USING (id)');
    expect(await df.toArray()).toEqual([{ n: 200n }]);
  });

  it('the query to write in place of an ASOF JOIN has the rows of DuckDB', async () => {
    const [ours, theirs] = await both(
      `SELECT a.id, max_by(b.s, b.u) AS s FROM rows a LEFT JOIN rows b ON a.g = b.g AND b.u <= a.t GROUP BY a.id ORDER BY a.id`,
      `SELECT a.id, b.s FROM rows a ASOF LEFT JOIN rows b ON a.g = b.g AND a.t >= b.u ORDER BY a.id`,
    );
    expect(ours).toEqual(theirs);
    expect(ours.filter(([, value]) => value !== null).length).toBeGreaterThan(100);
  });
});
