import { type Expr, type ScalarUdf, udf } from 'ballista';
import { describe, expectTypeOf, it } from 'vitest';

describe('udf', () => {
  it('gives a function of expressions', () => {
    const twice = udf({ name: 'twice', args: ['Float64'], returns: 'Float64', skipNulls: true }, (x) => x * 2);
    expectTypeOf(twice).toEqualTypeOf<ScalarUdf>();
    expectTypeOf(twice(1)).toEqualTypeOf<Expr>();
  });

  it('knows its arguments by their types', () => {
    udf(
      { name: 'f', args: ['Int32', 'Utf8', 'Boolean', 'Binary', 'Date32'], returns: 'Utf8' },
      (n, s, b, bytes, day) => {
        expectTypeOf(n).toEqualTypeOf<number | null>();
        expectTypeOf(s).toEqualTypeOf<string | null>();
        expectTypeOf(b).toEqualTypeOf<boolean | null>();
        expectTypeOf(bytes).toEqualTypeOf<Uint8Array | null>();
        expectTypeOf(day).toEqualTypeOf<Date | null>();
        return null;
      },
    );
    udf({ name: 'f', args: ['Int64'], returns: 'Int64', skipNulls: true }, (x) => {
      expectTypeOf(x).toEqualTypeOf<bigint>();
      return x;
    });
    udf({ name: 'f', args: ['Int64'], returns: 'Int64', skipNulls: true, int64: 'number' }, async (x) => {
      expectTypeOf(x).toEqualTypeOf<number>();
      return x;
    });
    udf({ name: 'f', args: ['Utf8'], returns: 'Int32', batch: true }, (texts, { rows }) => {
      expectTypeOf(rows).toEqualTypeOf<number>();
      return Array.from({ length: rows }, (_, i) => (texts.get(i) === null ? null : 1));
    });
  });

  it('refuses what does not fit', () => {
    // @ts-expect-error: nulls come too
    udf({ name: 'f', args: ['Float64'], returns: 'Float64' }, (x: number) => x);
    // @ts-expect-error: a text is no number
    udf({ name: 'f', args: ['Utf8'], returns: 'Float64', skipNulls: true }, (x) => x);
    // @ts-expect-error: one argument only
    udf({ name: 'f', args: ['Utf8'], returns: 'Utf8' }, (x, _y) => x);
    // @ts-expect-error: no such option
    udf({ name: 'f', args: [], returns: 'Utf8', retries: 3 }, () => 'x');
  });
});
