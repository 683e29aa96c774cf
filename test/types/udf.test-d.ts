import {
  type AggregateUdf,
  type Expr,
  type ScalarUdf,
  type TableUdf,
  udaf,
  udf,
  udtf,
  udwf,
  type WindowUdf,
} from 'ballista';
import { describe, expectTypeOf, it } from 'vitest';

describe('udf', () => {
  it('returns a function that makes expressions', () => {
    const twice = udf({ name: 'twice', args: ['Float64'], returns: 'Float64', skipNulls: true }, (x) => x * 2);
    expectTypeOf(twice).toEqualTypeOf<ScalarUdf>();
    expectTypeOf(twice(1)).toEqualTypeOf<Expr>();
  });

  it('infers the types of its arguments', () => {
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
    udf({ name: 'f', args: ['Utf8'], returns: 'Int32', batch: true }, (texts, { rows, out }) => {
      expectTypeOf(rows).toEqualTypeOf<number>();
      expectTypeOf(out).toEqualTypeOf<Int32Array>();
      return Array.from({ length: rows }, (_, i) => (texts.get(i) === null ? null : 1));
    });
  });

  it('rejects invalid definitions', () => {
    // @ts-expect-error: arguments can be null
    udf({ name: 'f', args: ['Float64'], returns: 'Float64' }, (x: number) => x);
    // @ts-expect-error: a string is not a number
    udf({ name: 'f', args: ['Utf8'], returns: 'Float64', skipNulls: true }, (x) => x);
    // @ts-expect-error: only one argument, and the context
    udf({ name: 'f', args: ['Utf8'], returns: 'Utf8' }, (x, _y, _z) => x);
    // @ts-expect-error: there is no such option
    udf({ name: 'f', args: [], returns: 'Utf8', retries: 3 }, () => 'x');
  });
});

describe('udaf', () => {
  it('infers its state from init, and the types of its arguments', () => {
    const longest = udaf({
      name: 'longest',
      args: ['Utf8'],
      returns: 'Utf8',
      skipNulls: true,
      init: () => ({ text: '' }),
      update: (state, text) => {
        expectTypeOf(state).toEqualTypeOf<{ text: string }>();
        expectTypeOf(text).toEqualTypeOf<string>();
        return { text };
      },
      merge: (a, b) => (a.text.length < b.text.length ? b : a),
      finish: (state) => state.text,
    });
    expectTypeOf(longest).toEqualTypeOf<AggregateUdf>();
    expectTypeOf(longest('s')).toEqualTypeOf<Expr>();
  });

  it('rejects invalid definitions', () => {
    const common = { name: 'f', args: ['Int32'], returns: 'Int32', merge: (a: number, b: number) => a + b } as const;
    // @ts-expect-error: the state must be a number
    udaf({ ...common, init: () => 0, update: () => 'x' });
    // @ts-expect-error: update is missing
    udaf({ ...common, init: () => 0 });
  });
});

describe('udwf and udtf', () => {
  it('infer the types of their arguments', () => {
    const rank = udwf({ name: 'f', args: ['Int32'], returns: 'Float64' }, (values, { rows }) => {
      expectTypeOf(values).toEqualTypeOf<(number | null)[]>();
      return Array.from({ length: rows }, () => 0);
    });
    expectTypeOf(rank).toEqualTypeOf<WindowUdf>();
    const days = udtf({ name: 'f', args: ['Int32'], returns: { day: 'Date32', n: 'Int64' } }, function* (n) {
      expectTypeOf(n).toEqualTypeOf<number | null>();
      yield { day: new Date(), n: 1 };
    });
    expectTypeOf(days).toEqualTypeOf<TableUdf>();
  });

  it('reject invalid definitions', () => {
    // @ts-expect-error: a string is not a number
    udwf({ name: 'f', args: ['Int32'], returns: 'Float64' }, (values) => values.map(String));
    // @ts-expect-error: there is no such column
    udtf({ name: 'f', args: [], returns: { n: 'Int32' } }, () => [{ m: 1 }]);
    // @ts-expect-error: a string is not a number
    udtf({ name: 'f', args: [], returns: { n: 'Int32' } }, () => [{ n: 'x' }]);
  });
});
