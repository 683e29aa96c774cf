/**
 * The table that every function is called on, and the type of calls.
 *
 * @module
 */

import { col, type Expr, lit } from '../../../src/expr/expr.js';

/**
 * Calls, each with the same call in SQL. A function can have several calls, with keys such as `'lpad 3'`. The part after
 * the name of the function is only for the reader.
 */
export type Calls = Readonly<Record<string, readonly [Expr, string]>>;

/** Rows with every type that a function needs. Every column except `id` is null in the last row. */
export const TABLE = `
  SELECT
    id, i, n, arrow_cast(i, 'Int32') AS i32, arrow_cast(n, 'Int32') AS n32, x, y, g, b, s, pattern,
    arrow_cast(s, 'Binary') AS bytes,
    CAST(t AS TIMESTAMP) AS t, CAST(t AS DATE) AS d, CAST(substr(t, 12) AS TIME) AS tm,
    arrow_cast(t || 'Z', 'Timestamp(ms, "UTC")') AS tz,
    CASE WHEN id < 4 THEN make_array(i, n, i, NULL) END AS xs,
    CASE WHEN id < 4 THEN make_array(x, y) END AS v,
    CASE WHEN id < 4 THEN make_array(y, 2.0) END AS w,
    CASE WHEN id < 4 THEN make_array(make_array(i, n), make_array(n)) END AS xss,
    CASE WHEN id < 4 THEN make_array(s, 'x', s) END AS ss,
    CASE WHEN id < 4 THEN named_struct('a', i, 'b', named_struct('c', s)) END AS st,
    CASE WHEN id < 4 THEN map(make_array('k', 'l'), make_array(i, n)) END AS m,
    CASE WHEN id < 4 THEN make_array(named_struct('key', s, 'value', i)) END AS es,
    CASE WHEN id < 4 THEN concat('{"a":[', i, ',{"s":"', s, '"}],"n":', n, ',"x":', x, ',"t":true,"k":"n"}') END AS j
  FROM (VALUES
    (1, -3, 1, 0.5, 1.5, 'p', true, 'Ada Lovelace', '[a-d]+', '2024-02-29T13:14:15.678'),
    (2, 12, 2, 0.25, 40.0, 'q', false, ' grüße, b,c ', 'ü(.)', '1969-12-31T23:59:59.001'),
    (3, 7, 3, -0.75, 7.25, 'p', true, 'abcabc', 'b|c', '2023-11-05T00:30:00.5'),
    (4, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL)
  ) AS rows (id, i, n, x, y, g, b, s, pattern, t)`;

/** The columns of the table. */
export const [id, i, n, i32, n32, x, y, g, b, s] = columns('id i n i32 n32 x y g b s');
export const [pattern, bytes, t, d, tm, tz] = columns('pattern bytes t d tm tz');
export const [xs, v, w, xss, ss, st, m, es, j] = columns('xs v w xss ss st m es j');

/** An interval. */
export const minutes = lit('15 minutes', 'Interval(MonthDayNano)');

function columns(names: string): [Expr, Expr, Expr, Expr, Expr, Expr, Expr, Expr, Expr, Expr] {
  return names.split(' ').map((name) => col(name)) as ReturnType<typeof columns>;
}
