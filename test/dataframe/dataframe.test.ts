import { afterAll, describe, expect, it } from 'vitest';

import { col, lit } from '../../src/expr/expr.js';
import * as f from '../../src/functions/index.js';
import { SessionContext } from '../../src/session/session-context.js';
import { rejected } from '../support/rejected.js';

const ctx = SessionContext.local();
afterAll(() => ctx.close());
const sales = await ctx.sql(`
  SELECT * FROM (VALUES (1, 'q1', 10, DATE '2024-01-01'), (1, 'q2', 20, DATE '2024-04-01'), (2, NULL, 30, NULL))
    AS t(year, quarter, amount, day)`);
const number = { int64: 'number' } as const;

it('columns and dtypes are names and types', () => {
  expect(sales.columns).toEqual(['year', 'quarter', 'amount', 'day']);
  expect(sales.dtypes).toEqual([
    ['year', 'Int64'],
    ['quarter', 'Utf8'],
    ['amount', 'Int64'],
    ['day', 'Date32'],
  ]);
});

describe('pivot without values', () => {
  it('finds the distinct values, sorted, with null', async () => {
    const wide = await sales
      .groupBy('year')
      .pivot('quarter')
      .agg(f.sum(col('amount')));
    expect(wide.columns).toEqual(['year', 'q1', 'q2', 'null']);
    expect(await wide.sort('year').toArray(number)).toEqual([
      { year: 1, q1: 10, q2: 20, null: null },
      { year: 2, q1: null, q2: null, null: 30 },
    ]);
    const options = { index: 'year', on: col('quarter'), aggregates: 'count(*)' };
    expect((await sales.pivot(options)).columns).toEqual(wide.columns);
  });

  it.each([
    ['numbers', 'amount', ['10', '20', '30']],
    ['dates', 'day', ['2024-01-01', '2024-04-01', 'null']],
    ['an expression', col('amount').gt(15), ['false', 'true']],
  ])('of %s', async (_, on, columns) => {
    const wide = await sales.groupBy().pivot(on).agg('count(*)');
    expect(wide.columns).toEqual(columns);
    const [row = {}] = await wide.toArray(number);
    expect(Object.values(row).reduce((sum: number, n) => sum + (n as number), 0)).toBe(3);
  });

  it('does not depend on how the session converts values', async () => {
    const other = SessionContext.local({ convert: { json: true } });
    const wide = await other.sql("SELECT * FROM (VALUES (1, DATE '2024-01-01'), (20, NULL)) AS t(n, day)");
    expect((await wide.groupBy().pivot('n').agg('count(*)')).columns).toEqual(['1', '20']);
    expect((await wide.groupBy().pivot('day').agg('count(*)')).columns).toEqual(['2024-01-01', 'null']);
    await other.close();
  });

  it('rejects more than 10 000 values, and errors of its query', async () => {
    const many = await ctx.sql('SELECT value FROM range(0, 10001)');
    expect((await rejected(many.groupBy().pivot('value').agg('count(*)'))).code).toBe('INVALID_ARGUMENT');
    expect((await rejected(sales.groupBy('year').pivot('nothing').agg('count(*)'))).code).toBe('SCHEMA');
  });
});

it('arrays can stand for several arguments', async () => {
  const sums = sales
    .select(['year', col('amount')])
    .filter(['amount > 5', col('year').gt(0)])
    .groupBy(['year'])
    .agg([f.sum(col('amount')).alias('s')])
    .sort([col('year').desc()]);
  expect(await sums.toArray(number)).toEqual([
    { year: 2, s: 30 },
    { year: 1, s: 30 },
  ]);
  expect(sales.drop(['day', 'amount']).columns).toEqual(['year', 'quarter']);
  expect(await sales.groupBy().sum(['amount']).toArray(number)).toEqual([{ amount: 60 }]);
  expect(sales.summary(['count', 'max']).columns).toContain('amount');
});

describe('comparisons that the engine can make', () => {
  it.each([
    ['a number with a string that is one', col('amount').gt('15'), 2],
    ['a date with a string', col('day').gt('2024-02-01'), 1],
    ['a string with a number that is cast', col('quarter').ne(lit(5).cast('Utf8')), 2],
    ['with null', col('amount').eq(null), 0],
    ['a list', col('amount').inList(['10', 20]), 2],
  ])('pass: %s', async (_, predicate, count) => {
    expect(await sales.filter(predicate).count()).toBe(count);
  });
});

describe('registered tables', () => {
  it('can be replaced', async () => {
    await ctx.registerView('v', sales);
    expect((await rejected(ctx.registerView('v', sales))).code).toBe('EXECUTION');
    await ctx.registerView('v', (await ctx.table('v')).limit(1), { replace: true });
    expect(await ctx.table('v').count()).toBe(1);
    await ctx.registerRecordBatches('v', await sales.toIPC(), { replace: true });
    expect(await ctx.table('v').count()).toBe(3);
    await ctx.registerTable('v', sales.limit(2), { replace: true });
    expect(await ctx.sql('SELECT * FROM v').count()).toBe(2);
    await ctx.registerView('fresh', sales, { replace: true });
    expect(await ctx.tableExists('fresh')).toBe(true);
    expect((await rejected(ctx.registerView('v', sales, { replce: true } as never))).message).toContain('"replace"');
  });
});
