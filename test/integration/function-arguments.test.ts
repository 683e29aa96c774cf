/** No function fails with INTERNAL because of the number or the values of its arguments. */

import { expect, it } from 'vitest';

import { BallistaError } from '../../src/errors.js';
import { SessionContext } from '../../src/session/session-context.js';
import { failure, rejected } from '../support/rejected.js';

const ctx = SessionContext.local();
await ctx.sql(`CREATE TABLE t AS SELECT * FROM (VALUES (1, 'a', 1.5), (2, 'b', 2.5)) v(i, s, x)`);

const ARGUMENTS = ['', 'i', 's', '*', 'NULL', 'i, s', 'i, NULL', 'NULL, i', 'x, 0', 'i, -1', `s, ''`, 'i, s, x'];

/** The names of functions. */
async function names(condition: string): Promise<string[]> {
  const routines = 'SELECT DISTINCT routine_name AS name FROM information_schema.routines';
  const found = await ctx.query<{ name: string }>(`${routines} WHERE ${condition} ORDER BY name`);
  return found.map(({ name }) => name);
}

/** The queries that fail with INTERNAL, or without a code. */
async function internal(queries: readonly string[]): Promise<string[]> {
  const found = [];
  for (const query of queries) {
    const error = await failure(ctx.query(query)).catch(() => null);
    if (error !== null && (!BallistaError.is(error) || error.code === 'INTERNAL')) found.push(query);
  }
  return found;
}

it('aggregate and window functions', async () => {
  const functions = await names(`function_type IN ('AGGREGATE', 'WINDOW')`);
  expect(functions).toEqual(expect.arrayContaining(['max_by', 'group_concat', 'first_value', 'nth_value', 'lag']));
  const windows = ['', ' OVER ()', ' OVER (ORDER BY i)', ' FILTER (WHERE i > 1) OVER (ORDER BY i)'];
  const calls = functions.flatMap((name) => ARGUMENTS.map((args) => `${name}(${args})`));
  const queries = calls.flatMap((call) => windows.map((over) => `SELECT ${call}${over} FROM t`));
  expect(await internal(queries)).toEqual([]);
});

it('scalar functions', async () => {
  const functions = await names(`function_type = 'SCALAR'`);
  expect(functions).toEqual(expect.arrayContaining(['abs', 'year', 'spark.array_contains', 'json_get']));
  const calls = functions.flatMap((name) => ARGUMENTS.map((args) => `${name}(${args})`));
  const queries = calls.map((call) => `SELECT ${call} FROM t`);
  // The engine has no other code for this type.
  expect(await internal(queries)).toEqual(['SELECT spark.bitmap_count(NULL) FROM t']);
});

it('a call of a function that stands for another says how to write it', async () => {
  for (const query of ['SELECT min_by(s) OVER (ORDER BY i) FROM t', 'SELECT min_by() OVER () FROM t'])
    expect(await rejected(ctx.query(query))).toMatchObject({
      code: 'PLAN',
      message: expect.stringContaining('Write min_by(expression, key).'),
    });
});

it.each([
  ['SELECT nth_value(i, 0) FROM t', 'has the position 1'],
  ['SELECT nth_value(i, 0) OVER (ORDER BY i) FROM t', 'has the position 1'],
  ['SELECT first_value() OVER () FROM t', 'Write first_value(column) OVER'],
])('%s', async (query, text) => {
  expect(await rejected(ctx.query(query))).toMatchObject({ code: 'PLAN', message: expect.stringContaining(text) });
});

it('a null array contains nothing, in every row', async () => {
  expect(await ctx.query('SELECT spark.array_contains(NULL, i) AS x FROM t')).toEqual([{ x: null }, { x: null }]);
});
