import { describe, expect, it } from 'vitest';

import { col } from '../../../src/expr/expr.js';
import { Window } from '../../../src/expr/window.js';
import * as f from '../../../src/functions/index.js';
import * as spark from '../../../src/functions/spark.js';
import { thrown } from '../../support/thrown.js';

const [a, b] = [col('a'), col('b')];
const any = (value: unknown) => value as never;

describe('aggregate functions', () => {
  it.each([
    [f.sum(a), 'sum(a)'],
    [f.sum(a, undefined), 'sum(a)'],
    [f.sum(a, {}), 'sum(a)'],
    [f.sum(a, { distinct: true }), 'sum(DISTINCT a)'],
    [f.sum(a, { filter: b.gt(1) }), 'sum(a) FILTER (WHERE b > 1)'],
    [f.max(a, { filter: 'b > 1' }), 'max(a) FILTER (WHERE b > 1)'],
    [f.arrayAgg(a, { orderBy: 'b' }), 'array_agg(a ORDER BY b ASC NULLS LAST)'],
    [
      f.arrayAgg(a, { orderBy: ['b', a.desc()], nullTreatment: 'ignore' }),
      'array_agg(a ORDER BY b ASC NULLS LAST, a DESC NULLS FIRST) IGNORE NULLS',
    ],
    [f.nthValue(a, 2, { orderBy: 'b' }), 'nth_value(a, 2 ORDER BY b ASC NULLS LAST)'],
    [f.approxPercentileCont(a, 0.5), 'approx_percentile_cont(a, 0.5)'],
    [f.approxPercentileCont(a, 0.5, { filter: 'b' }), 'approx_percentile_cont(a, 0.5) FILTER (WHERE b)'],
    [f.approxPercentileCont(a, 0.5, 100, { filter: 'b' }), 'approx_percentile_cont(a, 0.5, 100) FILTER (WHERE b)'],
    [f.percentileCont(a.desc(), 0.5), 'percentile_cont(a, 0.5 ORDER BY a DESC NULLS FIRST)'],
    [f.grouping(a, b), 'grouping(a, b)'],
    [spark.collectList(a, { filter: 'b' }), 'spark.collect_list(a) FILTER (WHERE b)'],
  ])('%s', (expr, text) => {
    expect(String(expr)).toBe(text);
  });

  it.each([
    ['a clause that the function does not have', () => f.sum(a, any({ orderBy: 'b' })), 'sum has no option "orderBy"'],
    [
      'a misspelled clause',
      () => f.sum(a, any({ distnct: true })),
      'sum has no option "distnct". Did you mean "distinct"?',
    ],
    ['an invalid clause', () => f.sum(a, any({ distinct: 1 })), 'sum: distinct must be true or false, not a number'],
    ['a number for options', () => f.sum(a, any(1)), 'sum(expression: Expr) takes 1 argument and options, not 2'],
    [
      'options in place of an argument',
      () => f.sum(any({ distinct: true })),
      "Argument expression of sum must be an expression, such as col('price'), not an object.",
    ],
  ])('rejects %s', (_, make, message) => {
    expect(thrown(make)).toMatchObject({ code: 'INVALID_ARGUMENT', message: expect.stringContaining(message) });
  });
});

describe('window functions', () => {
  const window = Window.partitionBy('a').orderBy('b');

  it.each([
    [f.rowNumber(), 'row_number()'],
    [f.rowNumber().over(window), 'row_number() OVER (PARTITION BY a ORDER BY b ASC NULLS LAST)'],
    [f.rowNumber(window), 'row_number() OVER (PARTITION BY a ORDER BY b ASC NULLS LAST)'],
    [f.rank({ partitionBy: 'a', orderBy: 'b' }), 'rank() OVER (PARTITION BY a ORDER BY b ASC NULLS LAST)'],
    [f.ntile(4, { orderBy: b.desc() }), 'ntile(4) OVER (ORDER BY b DESC NULLS FIRST)'],
    [f.lag(a), 'lag(a)'],
    [f.lag(a, { orderBy: 'b' }), 'lag(a) OVER (ORDER BY b ASC NULLS LAST)'],
    [f.lag(a, 2, { orderBy: 'b' }), 'lag(a, 2) OVER (ORDER BY b ASC NULLS LAST)'],
    [
      f.lead(a, 2, 0, { orderBy: 'b', nullTreatment: 'ignore' }),
      'lead(a, 2, 0) IGNORE NULLS OVER (ORDER BY b ASC NULLS LAST)',
    ],
    [f.lead(a, 1, new Date(0)), `lead(a, 1, arrow_cast('1970-01-01T00:00:00.000Z', 'Timestamp(ms, "UTC")'))`],
    [
      f.firstValue(a, { nullTreatment: 'ignore' }).over(window),
      'first_value(a) IGNORE NULLS OVER (PARTITION BY a ORDER BY b ASC NULLS LAST)',
    ],
  ])('%s', (expr, text) => {
    expect(String(expr)).toBe(text);
  });

  it.each([
    ['an unknown option', () => f.rank(any({ order: 'b' })), 'A window has no option "order"'],
    [
      'too many arguments',
      () => f.lag(a, 1, 2, any(3)),
      'lag(expression: Expr, offset?, defaultValue?) takes 1 to 3 arguments and a window, not 4',
    ],
  ])('rejects %s', (_, make, message) => {
    expect(thrown(make)).toMatchObject({ code: 'INVALID_ARGUMENT', message: expect.stringContaining(message) });
  });
});

describe('callFunction', () => {
  it('takes any function name, and lambdas', () => {
    expect(String(f.callFunction('mine', a, 1))).toBe('mine(a, 1)');
    expect(String(f.callFunction('array_filter', a, (x: typeof a) => x.gt(1)))).toBe('array_filter(a, x -> x > 1)');
  });

  it('rejects an empty name', () => {
    expect(thrown(() => f.callFunction(''))).toMatchObject({ code: 'INVALID_ARGUMENT' });
  });
});
