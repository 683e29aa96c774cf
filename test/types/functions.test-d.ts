import { col, type Expr, f, spark, Window } from 'ballista';
import { upper } from 'ballista/functions';
import { describe, expectTypeOf, it } from 'vitest';

describe('functions', () => {
  it('give expressions', () => {
    expectTypeOf(upper('a')).toEqualTypeOf<Expr>();
    expectTypeOf(f.lpad(col('a'), 5, '-')).toEqualTypeOf<Expr>();
    expectTypeOf(f.range(5)).toEqualTypeOf<Expr>();
    expectTypeOf(f.range(1, 5, 2)).toEqualTypeOf<Expr>();
    expectTypeOf(f.coalesce(...[col('a'), 1])).toEqualTypeOf<Expr>();
    expectTypeOf(f.arrayTransform(col('xs'), (x) => x.add(1))).toEqualTypeOf<Expr>();
    expectTypeOf(f.lag(col('a'), Window.orderBy('b'))).toEqualTypeOf<Expr>();
    expectTypeOf(f.lag(col('a'), 1, 0, { orderBy: 'b' })).toEqualTypeOf<Expr>();
    expectTypeOf(f.approxPercentileCont(col('a').desc(), 0.5, { filter: 'b' })).toEqualTypeOf<Expr>();
    expectTypeOf(spark.makeInterval(1)).toEqualTypeOf<Expr>();
  });

  it('refuse what they do not take', () => {
    // @ts-expect-error: a string could mean a column or a literal
    f.sum('a');
    // @ts-expect-error: sum has no order
    f.sum(col('a'), { orderBy: 'b' });
    // @ts-expect-error: too few
    f.lpad(col('a'));
    // @ts-expect-error: too many
    f.abs(col('a'), 1);
    // @ts-expect-error: an array is no operand; lit makes a list
    f.arrayHas([1, 2], 1);
    // @ts-expect-error: no lambda
    f.arrayTransform(col('xs'), 1);
    // @ts-expect-error: a value of no literal
    f.namedStruct({ a: undefined });
    // @ts-expect-error: no option of windows
    f.rank({ order: 'a' });
  });
});
