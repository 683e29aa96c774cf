import type { Choices } from '../fuzz/choices.js';
import type { Named } from '../fuzz/draft.js';
import { statement } from '../fuzz/statement.js';

/** Statements with parts that the random statements of `test/fuzz/` do not have. None of them writes a file or drops a table. */
const STATEMENTS: readonly [string, ...string[]] = [
  'SELECT 1',
  'EXPLAIN VERBOSE SELECT * FROM p',
  'EXPLAIN ANALYZE SELECT k, count(*) FROM p GROUP BY k',
  'DESCRIBE p',
  'SHOW TABLES',
  'SHOW COLUMNS FROM p',
  "VALUES (1, NULL), (2.5, DATE '2020-01-01')",
  "SELECT array_agg(v ORDER BY s)[1:2], map([1, 2], ['a', 'b'])[1] FROM p",
  'SELECT {a: 1, b: [1, 2, NULL]}.b[2]',
  'SELECT unnest([1, 2, 3]) AS u, unnest([[1], [2, 3]])',
  'SELECT * FROM p CROSS JOIN UNNEST([k, v]) AS u(x)',
  "SELECT sum(v) OVER (PARTITION BY k ORDER BY d RANGE BETWEEN INTERVAL '1' DAY PRECEDING AND CURRENT ROW) FROM p",
  'SELECT ntile(3) OVER w, lag(v, 2, 0) OVER w FROM p WINDOW w AS (ORDER BY id)',
  'SELECT k, b, grouping(k), count(*) FROM p GROUP BY ROLLUP (k, b), CUBE (s)',
  'SELECT k, sum(v) FILTER (WHERE b) FROM p GROUP BY GROUPING SETS ((k), ()) HAVING sum(v) > 1',
  'SELECT DISTINCT ON (k) k, v FROM p ORDER BY k, v DESC NULLS LAST',
  'SELECT * EXCLUDE (id) REPLACE (v + 1 AS v) FROM p LIMIT 3 OFFSET 1',
  "SELECT CASE s WHEN 'a' THEN 1 WHEN s THEN NULL ELSE f END FROM p",
  "SELECT s SIMILAR TO 'a%', s ~* '(a|b)+', regexp_replace(s, '(.)', '$1$1', 'g') FROM p",
  "SELECT extract(epoch FROM d), date_trunc('month', d), d + INTERVAL '1 month 2 days' FROM p",
  "SELECT CAST('2020-01-01T00:00:00.123456789Z' AS TIMESTAMP) AT TIME ZONE 'Europe/Brussels'",
  "SELECT arrow_cast(v, 'Decimal128(38, 10)'), TRY_CAST(s AS BIGINT), v::SMALLINT FROM p",
  "SELECT x'00ff', E'\\n\\u00e9', $$it's$$, 1e308 * 10, -9223372036854775808, 0.1 % 0",
  'WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r WHERE n < 20) SELECT sum(n) FROM r',
  'SELECT * FROM p NATURAL JOIN q LEFT JOIN c USING (id) FULL JOIN w ON p.id = w.id AND p.v > w.v',
  'SELECT * FROM p, LATERAL (SELECT q.v FROM q WHERE q.k = p.k LIMIT 1) AS l',
  'SELECT id FROM p WHERE v > ALL (SELECT v FROM q) OR EXISTS (SELECT 1 FROM c WHERE c.id = p.id)',
  '(SELECT id FROM p INTERSECT SELECT id FROM q) EXCEPT ALL SELECT id FROM c ORDER BY 1',
  'SELECT * FROM generate_series(1, 10, 3) AS g(n) JOIN range(5) AS r(m) ON n = m',
  "SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY f), string_agg(s, ',' ORDER BY s) FROM p",
  'PREPARE a(INT) AS SELECT $1 + 1',
  'SELECT * FROM p TABLESAMPLE BERNOULLI (10)',
  'SELECT * FROM p PIVOT (sum(v) FOR k IN (1, 2))',
  'SELECT /* comment */ 1 -- end',
];

const EXTREME: readonly [string, ...string[]] = [
  'NULL',
  '0',
  '-1',
  '1',
  '9223372036854775807',
  '-9223372036854775808',
  '18446744073709551615',
  '99999999999999999999999999999999999999',
  '2147483648',
  '1e308',
  '-0.0',
  "'NaN'::DOUBLE",
  "'-Infinity'::DOUBLE",
  "''",
  "'a'",
  "'é💥'",
  "'%'",
  "'('",
  "repeat('ab', 5000)",
  'true',
  "DATE '0001-01-01'",
  "DATE '9999-12-31'",
  "TIMESTAMP '1677-09-21T00:12:44'",
  "INTERVAL '-1' MONTH",
  "INTERVAL '9999999' YEAR",
  '[]',
  '[1, NULL]',
  "['a', 'é']",
  '[[1], []]',
  '{a: 1}',
  "map(['a'], [1])",
  "x'00ff'",
  "arrow_cast(1, 'Decimal256(76, 76)')",
  "arrow_cast('a', 'Dictionary(Int8, Utf8)')",
  "arrow_cast(NULL, 'FixedSizeList(3, Int64)')",
];

const TOKENS: readonly [string, ...string[]] = [
  ...EXTREME,
  ...'SELECT FROM WHERE GROUP BY HAVING ORDER LIMIT OFFSET UNION ALL DISTINCT JOIN LEFT FULL ON USING AS CASE WHEN THEN'.split(
    ' ',
  ),
  ...'ELSE END IN NOT AND OR IS BETWEEN LIKE OVER PARTITION ROWS RANGE UNBOUNDED PRECEDING FOLLOWING FILTER WITH VALUES'.split(
    ' ',
  ),
  ...'( ) , . * + - / % = <> < > || :: [ ] { } $1 ? ; ~ & | ^ @> -> ->> \' " ` -- /*'.split(' '),
  ...'p q c w x e o id k v s f b d m c0 count sum min avg row_number'.split(' '),
];

const PATTERN = /'(?:[^']|'')*'|"[^"]*"|\w+|\s+|[^\w\s]/gu;

/** Valid SQL with changed tokens, calls of functions with extreme arguments, or characters at random. */
export function sqlText(choices: Choices, tables: readonly [Named, ...Named[]], functions: readonly string[]): string {
  const valid = () =>
    choices.chance(50) ? statement(choices, tables).sql : (STATEMENTS[choices.below(STATEMENTS.length)] ?? 'SELECT 1');
  return choices.weighted([
    [6, () => changed(choices, valid(), valid)],
    [6, () => call(choices, functions)],
    [1, () => Array.from({ length: 1 + choices.below(60) }, () => choices.pick(TOKENS)).join(' ')],
    [1, () => String.fromCodePoint(...Array.from({ length: 1 + choices.below(40) }, () => choices.below(0xd800)))],
  ])();
}

function changed(choices: Choices, sql: string, other: () => string): string {
  const tokens = sql.match(PATTERN) ?? [];
  for (let more = choices.pick([1, 0, 1, 1, 2, 4]); more > 0 && tokens.length > 0; more--) {
    const at = choices.below(tokens.length);
    const [length, to] = [choices.pick([1, 1, 3, 10]), choices.below(tokens.length)];
    const part = tokens.slice(at, at + length);
    choices.pick<() => unknown>([
      () => tokens.splice(at, 1, choices.pick(TOKENS)),
      () => tokens.splice(at, length),
      () => tokens.splice(at, 0, ` ${choices.pick(TOKENS)} `),
      () => tokens.splice(to, 0, ...part),
      () => tokens.splice(at, length, ...(other().match(PATTERN) ?? []).slice(0, 40)),
      () => tokens.splice(at, length, `(${part.join('')})`),
      () => tokens.splice(at, tokens.length),
      () => tokens.splice(at, 1, choices.pick(EXTREME)),
    ])();
  }
  return tokens.join('');
}

/** A call of a function of the engine, on constants, on rows or over groups. */
function call(choices: Choices, functions: readonly string[]): string {
  const name = functions[choices.below(Math.max(1, functions.length))] ?? 'abs';
  const column = () => choices.pick(['id', 'k', 'v', 's', 'f', 'b', 'd', 'm']);
  const args = Array.from({ length: choices.pick([1, 1, 2, 2, 3, 0, 4, 5]) }, () =>
    choices.chance(60) ? choices.pick(EXTREME) : column(),
  );
  const one = `${name}(${args.join(', ')})`;
  const tail = choices.pick([
    ' FROM p',
    ' FROM p',
    ' OVER (ORDER BY id) FROM p',
    ' FROM p GROUP BY k',
    ' FILTER (WHERE b) FROM p',
  ]);
  return `SELECT ${one}${tail}`;
}

/** Shapes that nest or repeat something `size` times. */
const DEEP: readonly [(size: number) => string, ...((size: number) => string)[]] = [
  (size) => `SELECT ${'('.repeat(size)}1${')'.repeat(size)}`,
  (size) => `SELECT 1${' + 1'.repeat(size)}`,
  (size) => `SELECT ${'- '.repeat(size)}1`,
  (size) => `SELECT ${'NOT '.repeat(size)}true`,
  (size) => `SELECT * FROM p WHERE id = 0${' OR id = 1'.repeat(size)}`,
  (size) => `SELECT * FROM p WHERE id IN (0${', 1'.repeat(size)})`,
  (size) => `SELECT ${'abs('.repeat(size)}1${')'.repeat(size)}`,
  (size) => `SELECT ${'CASE WHEN true THEN '.repeat(size)}1${' END'.repeat(size)}`,
  (size) => `SELECT ${'['.repeat(size)}1${']'.repeat(size)}`,
  (size) => `SELECT ${'{a: '.repeat(size)}1${'}'.repeat(size)}`,
  (size) => `${'SELECT * FROM ('.repeat(size)}SELECT 1${') AS t'.repeat(size)}`,
  (size) => `SELECT 1${' UNION ALL SELECT 1'.repeat(size)}`,
  (size) => `${'('.repeat(size)}SELECT 1${' UNION SELECT 2)'.repeat(size)}`,
  (size) =>
    `SELECT 1 FROM p AS t0${Array.from({ length: size }, (_, i) => ` JOIN p AS t${i + 1} USING (id)`).join('')}`,
  (size) =>
    `WITH t0 AS (SELECT 1 AS a)${Array.from({ length: size }, (_, i) => `, t${i + 1} AS (SELECT * FROM t${i})`).join('')} SELECT * FROM t${size}`,
  (size) => `SELECT 1${', 1'.repeat(size)}`,
  (size) => `SELECT 'a'${" || 'a'".repeat(size)}`,
  (size) => `SELECT CAST(1 AS ${'STRUCT<a '.repeat(size)}INT${'>'.repeat(size)})`,
  (size) => `SELECT arrow_cast(NULL, '${'List('.repeat(size)}Int8${')'.repeat(size)}')`,
  (size) => `SELECT ${"'a' LIKE ".repeat(size)}'a'`,
  (size) => `SELECT 1${'::BIGINT'.repeat(size)}`,
  (size) => `SELECT [1]${'[1]'.repeat(size)}`,
  (size) => `SELECT id FROM p WHERE id IN (${'SELECT id FROM p WHERE id IN ('.repeat(size)}1${')'.repeat(size)})`,
  (size) => `SELECT 1 WHERE ${'EXISTS (SELECT 1 WHERE '.repeat(size)}true${')'.repeat(size)}`,
  (size) => `SELECT ${'interval '.repeat(size)}'1'`,
  (size) => `${'EXPLAIN '.repeat(size)}SELECT 1`,
  (size) => `SELECT ${'"'.repeat(2 * size)}`,
  (size) => `SELECT '${'('.repeat(size)}' ~ '${'('.repeat(size)}'`,
];

/** A statement that is nested or long. */
export function deepSql(choices: Choices): string {
  return choices.pick(DEEP)(choices.pick([10, 30, 60, 100, 300, 1_000, 5_000, 20_000, 100_000]));
}
