/** Products of intervals, durations and numbers. */

import { describe, expect, it } from 'vitest';

import { withCluster, withContext } from '../support/cluster.js';
import { rejected } from '../support/rejected.js';
import { failedRunning } from '../support/running.js';

const ctx = withContext(await withCluster());

const ROW = `FROM (SELECT 3 AS n, 0.5 AS half, INTERVAL '1 month 2 days 3 hours' AS i, CAST(NULL AS INT) AS nothing,
  TIMESTAMP '2024-01-01T00:00:10.5' - TIMESTAMP '2024-01-01T00:00:00' AS d, TIMESTAMP '2024-01-31T00:00:00' AS time)`;

async function value(expression: string) {
  const [row] = await ctx.query(`SELECT ${expression} AS v ${ROW}`, { date: 'string', int64: 'number' });
  return row?.v;
}

const interval = (months: number, days: number, seconds: number) => ({ months, days, nanoseconds: seconds * 1e9 });

describe('intervals', () => {
  it.each([
    [`n * INTERVAL '1 day'`, interval(0, 3, 0)],
    [`INTERVAL '1 month' * -2`, interval(-2, 0, 0)],
    ['i * n', interval(3, 6, 9 * 3600)],
    ['i / 2', interval(0, 16, 1.5 * 3600)],
    [`INTERVAL '1 day 2 hours' * 1.5`, interval(0, 1, 15 * 3600)],
    ['half * i', interval(0, 16, 1.5 * 3600)],
    [`INTERVAL '0.25 seconds' * 3`, interval(0, 0, 0.75)],
    [`n * INTERVAL '1 hour' * 2`, interval(0, 0, 6 * 3600)],
    ['i * nothing', null],
  ])('%s', async (expression, expected) => {
    const found = await value(expression);
    expect(
      found && { ...(found as object), nanoseconds: Number((found as { nanoseconds: bigint }).nanoseconds) },
    ).toEqual(expected);
  });

  it('are added to dates and time stamps, and compared', async () => {
    expect(await value(`time + n * INTERVAL '1 day'`)).toEqual(new Date('2024-02-03'));
    expect(await value(`DATE '2024-01-31' + n * INTERVAL '1 month'`)).toBe('2024-04-30');
    expect(await value(`d < n * INTERVAL '1 hour'`)).toBe(true);
    expect(await value(`TIMESTAMP '2024-03-01T00:00:00' - time > n * INTERVAL '1 day'`)).toBe(true);
  });

  it('are multiplied with parameters', async () => {
    const query = `SELECT DATE '2024-01-01' + $1 * INTERVAL '1 day' AS a, DATE '2024-01-01' + INTERVAL '1 day' * $1 AS b`;
    const day = '2024-01-03';
    expect(await ctx.query(query, { params: [2], date: 'string' })).toEqual([{ a: day, b: day }]);
  });

  it('keep the name of the expression', async () => {
    const df = await ctx.sql(`SELECT n * i, d / 2 ${ROW}`);
    expect(df.columns.map((name) => name.replace(/\w+\./g, ''))).toEqual(['n * i', 'd / Int64(2)']);
  });

  it('cannot divide a number, or be multiplied with each other', async () => {
    for (const expression of ['n / i', 'i * i', `i * 'a'`])
      expect(await rejected(value(expression))).toMatchObject({ code: 'PLAN' });
    expect(await rejected(value('i / 0'))).toMatchObject(failedRunning('ARROW', 'to type Int32'));
  });
});

it.each([
  ['d * 2', 21],
  ['half * d', 5.25],
  ['d / n', 3.5],
  ['d / nothing', null],
])('duration: %s', async (expression, seconds) => {
  expect(await value(`date_part('epoch', ${expression})`)).toBe(seconds);
  expect(await value(`arrow_typeof(${expression})`)).toBe('Duration(ns)');
});
