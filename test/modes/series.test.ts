import { describe, expect, it } from 'vitest';

import { ExecutionPlan } from '../../src/plan/execution-plan.js';
import { LogicalPlan } from '../../src/plan/logical-plan.js';
import * as substrait from '../../src/plan/substrait.js';
import { withCluster, withContext } from '../support/cluster.js';
import { rejected } from '../support/rejected.js';
import { isComputing, isOver, underWay } from '../support/running.js';
import { thrown } from '../support/thrown.js';

const cluster = await withCluster();
const ctx = withContext(cluster);

async function rows(query: string) {
  const df = await ctx.sql(query);
  return df.toArray({ int64: 'number' });
}

async function values(query: string) {
  return (await rows(query)).map((row) => row['value']);
}

describe('table functions', () => {
  it.each([
    ['generate_series(3)', [0, 1, 2, 3]],
    ['generate_series(2, 4)', [2, 3, 4]],
    ['generate_series(5, 1, -2)', [5, 3, 1]],
    ['range(3)', [0, 1, 2]],
    ['range(2, 4)', [2, 3]],
    ['range(5, 1, -2)', [5, 3]],
    ['range(4, 2)', []],
  ])('%s returns its values', async (call, expected) => {
    expect(await values(`SELECT * FROM ${call}`)).toEqual(expected);
  });

  it('generate_series returns timestamps', async () => {
    const call = `generate_series(TIMESTAMP '1969-12-31T00:00:00', TIMESTAMP '1970-01-02T00:00:00', INTERVAL '1 day')`;
    expect(await values(`SELECT * FROM ${call}`)).toEqual(
      ['1969-12-31', '1970-01-01', '1970-01-02'].map((day) => new Date(day)),
    );
  });

  it.each([
    ['range(3)', 'Int64', 3],
    ['range(1000000)', 'Int64', 1_000_000],
    ['generate_series(CAST(5 AS SMALLINT), CAST(1 AS BIGINT UNSIGNED), -2)', 'Int64', 3],
    ['range(20000, 0, -1)', 'Int64', 20_000],
    ['generate_series(9223372036854765806, 9223372036854775807)', 'Int64', 10_002],
    ['range(-9223372036854775807, 9223372036854775807, 900000000000000)', 'Int64', 20_497],
    ['range(0, CAST(NULL AS BIGINT))', 'Int64', 0],
    [`range(DATE '2024-01-01', DATE '2024-03-01', INTERVAL '1 month')`, 'Date32<DAY>', 2],
    [`generate_series('2024-01-01', '2024-01-03', INTERVAL '1 day')`, 'Date32<DAY>', 3],
    [`range(DATE '2024-01-01', CAST(NULL AS DATE), INTERVAL '1 day')`, 'Date32<DAY>', 0],
    [`range(TIMESTAMP '2024-01-01', TIMESTAMP '2025-01-01', INTERVAL '1 month')`, 'Timestamp<NANOSECOND>', 12],
    [
      `generate_series(TIMESTAMP '2025-01-01', TIMESTAMP '2024-01-01', INTERVAL '-1 hour')`,
      'Timestamp<NANOSECOND>',
      8785,
    ],
    [`range(TIMESTAMP '2024-01-01', CAST(NULL AS TIMESTAMP), INTERVAL '1 hour')`, 'Timestamp<NANOSECOND>', 0],
    [`range(TIMESTAMP '2024-01-01', TIMESTAMP '2024-01-02', INTERVAL '1 day -1 hour')`, 'Timestamp<NANOSECOND>', 2],
    [
      `generate_series(arrow_cast('2024-03-31T00:00:00', 'Timestamp(s, "Europe/Berlin")'),
                       arrow_cast('2024-04-01T00:00:00', 'Timestamp(s, "Europe/Berlin")'), INTERVAL '1 hour')`,
      'Timestamp<NANOSECOND, Europe/Berlin>',
      24,
    ],
    [`range(0, CAST(to_unixtime(now()) - to_unixtime(now()) + 12000 AS BIGINT))`, 'Int64', 12_000],
  ])('%s has the right type and number of rows', async (call, type, count) => {
    const df = await ctx.sql(`SELECT * FROM ${call}`);
    expect(df.schema().fields.map(({ name, type, nullable }) => [name, String(type), nullable])).toEqual([
      ['value', type, true],
    ]);
    expect((await df.toArrow()).numRows).toBe(count);
    await cluster.betweenQueries();
    expect(await rows(`SELECT count(*) AS n FROM ${call}`)).toEqual([{ n: count }]);
  });

  it('generate_series returns a million numbers', async () => {
    expect(await rows('SELECT count(*) AS n, sum(value) AS s FROM generate_series(1, 1000000)')).toEqual([
      { n: 1_000_000, s: 500_000_500_000 },
    ]);
  });

  it('generate_series takes parameters', async () => {
    const query = 'SELECT count(*) AS n, max(value) AS last FROM generate_series($1, $2, $3) AS t';
    const df = await ctx.sql(query, { params: [10, 1_000_000, 10] });
    expect(await df.toArray({ int64: 'number' })).toEqual([{ n: 100_000, last: 1_000_000 }]);
  });

  it('range works with sorting, filters, limits and aliases', async () => {
    const query =
      'SELECT x + 1 AS y FROM range(0, 1000000) AS t(x) WHERE x % 300000 = 7 ORDER BY x DESC LIMIT 2 OFFSET 1';
    expect(await rows(query)).toEqual([{ y: 600_008 }, { y: 300_008 }]);
  });

  it('plans convert to bytes, but not to SQL or Substrait', async () => {
    const df = await ctx.sql('SELECT sum(value) AS s FROM range(0, 20000) WHERE value < 100');
    const again = await ctx.executeLogicalPlan(LogicalPlan.fromBytes(ctx, df.logicalPlan().toBytes()));
    expect(await again.toArray({ int64: 'number' })).toEqual([{ s: 4950 }]);
    const message = expect.stringContaining('generate_series or range');
    expect(thrown(() => df.logicalPlan().toSql())).toMatchObject({ code: 'NOT_IMPLEMENTED', message });
    expect(await rejected(substrait.toSubstraitPlan(df.logicalPlan(), ctx))).toMatchObject({
      code: 'NOT_IMPLEMENTED',
      message,
    });
    const plan = await df.executionPlan();
    expect(String(ExecutionPlan.fromBytes(ctx, plan.toBytes()))).toContain('SeriesExec: range(0, 20000, 1)');
  });

  it('range stops when it is cancelled or no longer read', async () => {
    const controller = new AbortController();
    const endless = 'range(0, 100000000000)';
    const stream = (await ctx.sql(`SELECT count(*) AS n FROM ${endless} WHERE value % 3 = 1`)).stream({
      signal: controller.signal,
    });
    const pending = expect(stream.next()).rejects.toThrow('enough');
    const id = await underWay(stream);
    await isComputing();
    controller.abort(new Error('enough'));
    await pending;
    await isOver(ctx, id);
    await cluster.betweenQueries();
    expect(await rows(`SELECT count(*) AS n FROM ${endless}`)).toEqual([{ n: 100_000_000_000 }]);
    await cluster.betweenQueries();
    expect(await values(`SELECT value FROM ${endless} LIMIT 2`)).toEqual([0, 1]);
  });

  it('a union of series returns each row once', async () => {
    const union = 'SELECT value FROM range(0, 1000) UNION ALL SELECT value FROM range(0, 500)';
    expect(await rows(`SELECT count(*) AS n, sum(value) AS s FROM (${union})`)).toEqual([{ n: 1500, s: 624_250 }]);
    await cluster.betweenQueries();
    expect((await values(`SELECT value FROM (${union}) ORDER BY value LIMIT 4`)).join()).toBe('0,0,1,1');
  });

  it('series can be joined', async () => {
    const query = 'SELECT count(*) AS n FROM range(0, 100) AS a JOIN range(50, 150) AS b ON a.value = b.value';
    expect(await rows(query)).toEqual([{ n: 50 }]);
    await cluster.betweenQueries();
    const long =
      'SELECT count(*) AS n FROM range(0, 100000) AS a FULL JOIN range(50000, 150000) AS b ON a.value = b.value';
    expect(await rows(long)).toEqual([{ n: 150_000 }]);
  });

  it('a union of long series returns each row once', async () => {
    const union = 'SELECT value FROM range(0, 100000) UNION ALL SELECT value FROM range(0, 50000)';
    expect(await rows(`SELECT count(*) AS n, sum(value) AS s FROM (${union})`)).toEqual([
      { n: 150_000, s: 6_249_925_000 },
    ]);
  });

  it.each([
    'generate_series()',
    'range(1, 2, 3, 4)',
    "range('a', 'b')",
    'range(0, 10, 0)',
    'range(0, 100000, 0)',
    "range(TIMESTAMP '2024-01-01', TIMESTAMP '2024-01-02', INTERVAL '0 days')",
  ])('%s is rejected', async (call) => {
    await expect(rows(`SELECT * FROM ${call}`)).rejects.toMatchObject({ name: 'BallistaError' });
  });
});

describe('unnest', () => {
  it('works in the select list', async () => {
    expect(await rows('SELECT unnest([1, 2, NULL]) AS x')).toEqual([{ x: 1 }, { x: 2 }, { x: null }]);
  });

  it('works as a table', async () => {
    expect(await rows('SELECT * FROM unnest([1, 2], [3, 4]) AS t(a, b)')).toEqual([
      { a: 1, b: 3 },
      { a: 2, b: 4 },
    ]);
  });

  it('repeats the other columns of the row', async () => {
    const query = `SELECT id, unnest(items) AS item FROM (VALUES (1, [10, 20]), (2, [30])) AS t(id, items) ORDER BY item`;
    expect(await rows(query)).toEqual([
      { id: 1, item: 10 },
      { id: 1, item: 20 },
      { id: 2, item: 30 },
    ]);
  });

  it('expands a struct into columns', async () => {
    const [row] = await rows("SELECT unnest(s) FROM (SELECT {a: 1, b: 'x'} AS s)");
    expect(Object.values(row ?? {})).toEqual([1, 'x']);
  });
});
