import { col, type Expr, f, spark, Window } from 'ballista';
import { upper } from 'ballista/functions';
import { describe, expectTypeOf, it } from 'vitest';

describe('functions', () => {
  it('return expressions', () => {
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

  it('reject invalid arguments', () => {
    // @ts-expect-error: a string could mean a column or a literal
    f.sum('a');
    // @ts-expect-error: sum does not take an order
    f.sum(col('a'), { orderBy: 'b' });
    // @ts-expect-error: too few arguments
    f.lpad(col('a'));
    // @ts-expect-error: too many arguments
    f.abs(col('a'), 1);
    // @ts-expect-error: an array is not an operand; lit makes a list
    f.arrayHas([1, 2], 1);
    // @ts-expect-error: a number is not a lambda
    f.arrayTransform(col('xs'), 1);
    // @ts-expect-error: undefined is not a value
    f.namedStruct({ a: undefined });
    // @ts-expect-error: there is no such window option
    f.rank({ order: 'a' });
  });
});
