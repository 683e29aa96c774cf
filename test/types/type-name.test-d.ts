import { Int32 } from 'apache-arrow';
import {
  type BallistaSessionContext,
  col,
  type DataFrame,
  f,
  lit,
  outerRef,
  placeholder,
  type TypeName,
  udf,
} from 'ballista';
import { describe, expectTypeOf, it } from 'vitest';

import type { TYPE_NAMES, WRONG_TYPE_NAMES } from '../support/type-names.js';

declare const ctx: BallistaSessionContext;
declare const df: DataFrame;
declare const text: string;

describe('a type name', () => {
  it('is what the engine accepts', () => {
    expectTypeOf<Exclude<(typeof TYPE_NAMES)[number], TypeName>>().toEqualTypeOf<never>();
    expectTypeOf<Extract<(typeof WRONG_TYPE_NAMES)[number], TypeName>>().toEqualTypeOf<never>();
  });

  it('is checked wherever a type is accepted', () => {
    void ctx.readCsv('p', { schema: { id: 'Int64', price: 'Decimal128(10, 2)', at: 'Timestamp(ns, "UTC")' } });
    // @ts-expect-error there is no such type
    void ctx.readCsv('p', { schema: { id: 'Int46' } });
    // @ts-expect-error there is no such type
    void ctx.readCsv('p', { columnTypes: { id: 'Int46' } });
    // @ts-expect-error there is no such type
    void ctx.readJson('p', { columnTypes: { id: 'Int46' } });
    // @ts-expect-error there is no such type
    void ctx.readParquet('p', { tablePartitionCols: [['year', 'Int46']] });
    // @ts-expect-error there is no such type
    col('x').cast('Int46');
    // @ts-expect-error an SQL type is not an Arrow type
    col('x').tryCast('BIGINT');
    // @ts-expect-error there is no such type
    df.cast({ x: 'Int46' });
    // @ts-expect-error there is no such type
    lit(1, 'Int46');
    // @ts-expect-error there is no such type
    placeholder('$1', 'Int46');
    // @ts-expect-error there is no such type
    outerRef('x', 'Int46');
    // @ts-expect-error there is no such type
    f.arrowCast(col('x'), 'Int46');
    // @ts-expect-error there is no such type
    udf({ name: 'f', args: ['Int46'], returns: 'Int64' }, () => 1n);
    // @ts-expect-error there is no such type
    udf({ name: 'f', args: [], returns: 'Int46' }, () => 1n);
  });

  it('is not just any string', () => {
    // @ts-expect-error a string that is only known at run time
    col('x').cast(text);
    col('x').cast(text as TypeName);
    const widened = { id: 'Int64' };
    // @ts-expect-error the compiler forgets the value of a property that can change
    df.cast(widened);
    const kept = { id: 'Int64' } as const;
    df.cast(kept);
  });

  it('comes from a DataFrame, too', () => {
    expectTypeOf(df.dtypes).toEqualTypeOf<[name: string, type: TypeName][]>();
    df.cast(Object.fromEntries(df.dtypes));
  });

  it('can be replaced by a type of apache-arrow', () => {
    void ctx.readCsv('p', { schema: { id: new Int32() } });
    col('x').cast(new Int32());
  });
});
