import type { Table } from 'apache-arrow';
import { Float32 } from 'apache-arrow';
import {
  col,
  type DataFrame,
  f,
  type GroupedData,
  type JoinOn,
  type JoinType,
  lit,
  type Row,
  type SessionContext,
  Window,
} from 'ballista';
import { describe, expectTypeOf, it } from 'vitest';

type Flight = { origin: string; delay: bigint | null };

declare const df: DataFrame<Flight>;
declare const other: DataFrame<{ code: string }>;
declare const table: Table;
declare const ctx: SessionContext;

describe('a verb gives', () => {
  it('the same rows where columns stay', () => {
    type Same = DataFrame<Flight>;
    expectTypeOf(df.filter('delay > 1', col('delay').gt(1))).toEqualTypeOf<Same>();
    expectTypeOf(df.sort('delay', col('delay'), col('delay').desc())).toEqualTypeOf<Same>();
    expectTypeOf(df.limit(1, 2).offset(1).head()).toEqualTypeOf<Same>();
    expectTypeOf(df.distinct().sample(0.1).alias('x')).toEqualTypeOf<Same>();
    expectTypeOf(df.fillNull(0).fillNull('x', 'origin').fillNan(0, ['delay'])).toEqualTypeOf<Same>();
    expectTypeOf(df.dropNull().dropNull('delay').dropNull(['delay'], 'all')).toEqualTypeOf<Same>();
    expectTypeOf(df.union(other).unionByName(other, true)).toEqualTypeOf<Same>();
    expectTypeOf(df.intersect(other).except(other).exceptAll(other, true)).toEqualTypeOf<Same>();
    expectTypeOf(df.repartition(2).repartitionByHash(['origin', col('delay')], 2)).toEqualTypeOf<Same>();
    expectTypeOf(df.withParamValues([1, 'x', null]).withParamValues({ a: 1n })).toEqualTypeOf<Same>();
  });

  it('unknown rows where columns change', () => {
    type Unknown = DataFrame<Row>;
    expectTypeOf(df.select('origin', col('delay').add(1))).toEqualTypeOf<Unknown>();
    expectTypeOf(df.selectExprs('origin')).toEqualTypeOf<Unknown>();
    expectTypeOf(df.withColumn('x', lit(1)).withColumns({ y: 'x + 1', z: col('x') })).toEqualTypeOf<Unknown>();
    expectTypeOf(df.withColumnRenamed('a', 'b').rename({ c: 'd' }).drop('x', 'y')).toEqualTypeOf<Unknown>();
    expectTypeOf(df.cast({ delay: 'Int32', x: new Float32() }, true)).toEqualTypeOf<Unknown>();
    expectTypeOf(df.window(f.rank().over(Window.orderBy('delay')))).toEqualTypeOf<Unknown>();
    expectTypeOf(df.aggregate('origin', [f.count(), 'sum(delay)'])).toEqualTypeOf<Unknown>();
    expectTypeOf(df.groupBy('origin').agg(f.count())).toEqualTypeOf<Unknown>();
    expectTypeOf(df.pivot({ index: 'a', on: 'b', values: ['x'], aggregates: 'count(*)' })).toEqualTypeOf<Unknown>();
    expectTypeOf(df.unpivot({ on: 'a' }).describe().summary('count')).toEqualTypeOf<Unknown>();
    expectTypeOf(df.distinctOn('origin', ['origin', 'delay'], col('delay').desc())).toEqualTypeOf<Unknown>();
    expectTypeOf(df.unnestColumns(['a', 'b'], { recursions: [['a', 'c', 2]] })).toEqualTypeOf<Unknown>();
    expectTypeOf(df.join(other, { left: 'origin', right: ['code'] }, 'semi')).toEqualTypeOf<Unknown>();
    expectTypeOf(df.joinOn(other, [col('origin').eq(col('code')), 'delay > 1'])).toEqualTypeOf<Unknown>();
    expectTypeOf(df.crossJoin(other)).toEqualTypeOf<Unknown>();
  });

  it('the rows that the caller names', () => {
    type Named = { n: bigint };
    expectTypeOf(df.select<Named>('n')).toEqualTypeOf<DataFrame<Named>>();
    expectTypeOf(df.groupBy('origin').count<Named>()).toEqualTypeOf<DataFrame<Named>>();
    expectTypeOf(df.join<Named>(other, 'n')).toEqualTypeOf<DataFrame<Named>>();
    expectTypeOf(df.as<Named>()).toEqualTypeOf<DataFrame<Named>>();
    interface Shape {
      n: bigint;
    }
    expectTypeOf(df.as<Shape>().toArray()).resolves.toEqualTypeOf<Shape[]>();
  });

  it('what a function makes of it', () => {
    const top = (frame: DataFrame<Flight>, n: number, by = 'delay') => frame.sort(by).limit(n);
    expectTypeOf(df.transform(top, 3)).toEqualTypeOf<DataFrame<Flight>>();
    expectTypeOf(df.transform((frame) => frame.count())).resolves.toEqualTypeOf<number>();
    // @ts-expect-error the function needs a number
    df.transform(top);
    // @ts-expect-error the function takes a number
    df.transform(top, '3');
    // @ts-expect-error a DataFrame of other rows
    df.transform((frame: DataFrame<{ code: string }>) => frame);
  });

  it('groups, which are no DataFrame', () => {
    expectTypeOf(df.groupBy('origin')).toEqualTypeOf<GroupedData>();
    expectTypeOf(df.rollup('a', col('b')).pivot('c', [1, null])).toEqualTypeOf<GroupedData>();
    expectTypeOf(df.groupingSets(['a', 'b'], [], [col('c')])).toEqualTypeOf<GroupedData>();
    // @ts-expect-error groups have no rows: agg first
    df.groupBy('origin').collect();
    // @ts-expect-error and take no verbs
    df.cube('origin').sort('origin');
    // @ts-expect-error a grouping set is a list
    df.groupingSets('a');
  });
});

it('a DataFrame of known rows is one of any rows', () => {
  const count = (frame: DataFrame) => frame.count();
  void count(df);
  expectTypeOf(df).toExtend<DataFrame>();
  expectTypeOf<DataFrame>().not.toExtend<typeof df>();
});

describe('misuse does not compile:', () => {
  it('of columns', () => {
    // @ts-expect-error a number is no column
    df.select(1);
    // @ts-expect-error a list: select('a', 'b')
    df.select(['a', 'b']);
    // @ts-expect-error a column of a verb is no DataFrame
    df.select(df);
    // @ts-expect-error SQL is text
    df.selectExprs(col('a'));
    // @ts-expect-error a boolean of JavaScript is no predicate
    df.filter(1 > 2);
    // @ts-expect-error an arrow function is no predicate
    df.filter((row) => row.delay > 1);
    // @ts-expect-error a sort key is no predicate
    df.filter(col('a').desc());
    // @ts-expect-error a number is no expression: lit(1)
    df.withColumn('x', 1);
    // @ts-expect-error an expression is needed
    df.withColumn('x');
    // @ts-expect-error a number is no expression: lit(1)
    df.withColumns({ x: 1 });
    // @ts-expect-error pairs are an object
    df.rename(['a', 'b']);
    // @ts-expect-error both names
    df.withColumnRenamed('a');
    // @ts-expect-error a column is dropped by its name
    df.drop(col('a'));
    // @ts-expect-error types by column
    df.cast('Int32');
    // @ts-expect-error a type is no constructor
    df.cast({ a: Float32 });
    // @ts-expect-error a name
    df.alias(1);
  });

  it('of groups', () => {
    // @ts-expect-error aggregates are needed, [] for none
    df.aggregate('a');
    // @ts-expect-error a number is no aggregate
    df.groupBy('a').agg(1);
    // @ts-expect-error an aggregate by its function is an expression
    df.groupBy('a').agg({ a: 'sum' });
    // @ts-expect-error columns by name
    df.groupBy('a').sum(col('b'));
    // @ts-expect-error values are needed
    df.groupBy('a').pivot('b');
    // @ts-expect-error the same
    df.pivot({ index: 'a', on: 'b', aggregates: 'count(*)' });
    // @ts-expect-error there is no such option
    df.pivot({ index: 'a', on: 'b', values: [1], aggregates: 'count(*)', fill: 0 });
    // @ts-expect-error columns are needed
    df.unpivot({ index: 'a' });
    // @ts-expect-error a statistic is text
    df.summary(0.5);
  });

  it('of rows', () => {
    // @ts-expect-error a number is no sort key
    df.sort(1);
    // @ts-expect-error a direction is not text of its own
    df.sort('delay', { descending: true });
    // @ts-expect-error a count is a number
    df.limit('3');
    // @ts-expect-error a count is a number
    df.head(3n);
    // @ts-expect-error a share is a number
    df.sample('10%');
    // @ts-expect-error keys and columns
    df.distinctOn('a');
    // @ts-expect-error undefined is no value
    df.fillNull(undefined);
    // @ts-expect-error values by column are several calls
    df.fillNull({ a: 1 });
    // @ts-expect-error NaN is filled with a number
    df.fillNan('x');
    // @ts-expect-error there is no such way
    df.dropNull('a', 'some');
    // @ts-expect-error there is no such option
    df.unnestColumns('a', { preserveNull: true });
    // @ts-expect-error a recursion is [column, output, depth]
    df.unnestColumns('a', { recursions: [['a', 2]] });
    // @ts-expect-error a number of partitions
    df.repartition();
    // @ts-expect-error keys and a number of partitions
    df.repartitionByHash('a');
    // @ts-expect-error a list is no value
    df.withParamValues([[1]]);
  });

  it('of joins and sets', () => {
    // @ts-expect-error there is no such join
    df.join(other, 'a', 'outer');
    // @ts-expect-error both sides are needed
    df.join(other, { left: 'a' });
    // @ts-expect-error keys are names: joinOn takes expressions
    df.join(other, col('a').eq(col('b')));
    // @ts-expect-error keys are needed: crossJoin has none
    df.join(other);
    // @ts-expect-error a table is no DataFrame: ctx.fromArrow
    df.join(table, 'a');
    // @ts-expect-error nor is a promise of one: await
    df.join(ctx.table('t'), 'a');
    // @ts-expect-error there is no such option
    df.join(other, 'a', 'left', { suffix: '_r' });
    // @ts-expect-error a boolean of JavaScript is no predicate
    df.joinOn(other, df === other);
    // @ts-expect-error a name of a table is no DataFrame
    df.union('t');
    // @ts-expect-error one at a time
    df.union([other, other]);
    // @ts-expect-error the option of union is a boolean
    df.union(other, { distinct: true });
    // @ts-expect-error a DataFrame is needed
    df.except();
  });

  it('of types by name', () => {
    expectTypeOf<'left'>().toExtend<JoinType>();
    expectTypeOf<'leftOuter'>().not.toExtend<JoinType>();
    expectTypeOf<readonly ['a', 'b']>().toExtend<JoinOn>();
    expectTypeOf<{ left: 'a'; right: ['b'] }>().toExtend<JoinOn>();
    expectTypeOf<{ left: 'a' }>().not.toExtend<JoinOn>();
  });
});
