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
  type PendingDataFrame,
  type PivotOptions,
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

describe('a verb returns', () => {
  it('the same row type if columns stay the same', () => {
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

  it('an unknown row type if columns change', () => {
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
    const options: PivotOptions = { index: 'a', on: 'b', aggregates: 'count(*)' };
    expectTypeOf(df.pivot({ index: 'a', on: 'b', aggregates: 'count(*)' })).toEqualTypeOf<PendingDataFrame<Row>>();
    expectTypeOf(df.pivot(options)).toEqualTypeOf<Unknown | PendingDataFrame<Row>>();
    expectTypeOf(df.unpivot({ on: 'a' }).describe().summary('count')).toEqualTypeOf<Unknown>();
    expectTypeOf(df.distinctOn('origin', ['origin', 'delay'], col('delay').desc())).toEqualTypeOf<Unknown>();
    expectTypeOf(df.unnestColumns(['origin', 'delay'], { recursions: [['a', 'c', 2]] })).toEqualTypeOf<Unknown>();
    expectTypeOf(df.join(other, { left: 'origin', right: ['code'] }, 'semi')).toEqualTypeOf<Unknown>();
    expectTypeOf(df.joinOn(other, [col('origin').eq(col('code')), 'delay > 1'])).toEqualTypeOf<Unknown>();
    expectTypeOf(df.crossJoin(other)).toEqualTypeOf<Unknown>();
  });

  it('the row type that the caller gives', () => {
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

  it('the result of a function', () => {
    const top = (frame: DataFrame<Flight>, n: number, by = 'delay') => frame.sort(by).limit(n);
    expectTypeOf(df.transform(top, 3)).toEqualTypeOf<DataFrame<Flight>>();
    expectTypeOf(df.transform((frame) => frame.count())).resolves.toEqualTypeOf<number>();
    // @ts-expect-error the function needs a number
    df.transform(top);
    // @ts-expect-error the function takes a number
    df.transform(top, '3');
    // @ts-expect-error the row types differ
    df.transform((frame: DataFrame<{ code: string }>) => frame);
  });

  it('groups, which are not a DataFrame', () => {
    expectTypeOf(df.groupBy('origin')).toEqualTypeOf<GroupedData>();
    expectTypeOf(df.rollup('origin', col('b')).pivot('c', [1, null])).toEqualTypeOf<GroupedData>();
    expectTypeOf(df.groupingSets(['origin', 'delay'], [], [col('c')])).toEqualTypeOf<GroupedData>();
    // @ts-expect-error groups have no rows: call agg first
    df.groupBy('origin').collect();
    // @ts-expect-error groups have no row verbs
    df.cube('origin').sort('origin');
    // @ts-expect-error a grouping set must be a list
    df.groupingSets('a');
  });

  it('a DataFrame for the names of columns, and for strings that the compiler does not know', () => {
    const name: string = 'x';
    const names: string[] = [];
    const any = [name, col('x')];
    expectTypeOf(df.select(name, ...names)).toEqualTypeOf<DataFrame<Row>>();
    expectTypeOf(
      df
        .select(names)
        .select(any)
        .select(...any),
    ).toEqualTypeOf<DataFrame<Row>>();
    expectTypeOf(df.select(`${name}_x`, 'origin', col('y').alias('z'), '*')).toEqualTypeOf<DataFrame<Row>>();
    expectTypeOf(df.drop(name).drop(...names)).toEqualTypeOf<DataFrame<Row>>();
    expectTypeOf(df.groupBy(name, 'origin', col('x'))).toEqualTypeOf<GroupedData>();
    expectTypeOf(df.fillNull(0, names).dropNull(name)).toEqualTypeOf<typeof df>();
    expectTypeOf(
      df.select('delay', 'origin').sort('delay').drop('origin').groupBy('delay'),
    ).toEqualTypeOf<GroupedData>();
    expectTypeOf(df.withColumn('x', lit(1)).select('x', 'origin')).toExtend<
      DataFrame<{ origin: string; x: unknown }>
    >();
    expectTypeOf(df.as<object>().select('x', col('y')).dropNull('z')).toEqualTypeOf<DataFrame<Row>>();
    // The engine sorts by a column that select has left out.
    expectTypeOf(df.select('origin').sort('delay')).toEqualTypeOf<DataFrame<Pick<Flight, 'origin'>>>();
    const latest = <T extends { delay: unknown }>(frame: DataFrame<T>) =>
      frame.dropNull('delay').groupBy('delay', name);
    expectTypeOf(latest(df)).toEqualTypeOf<GroupedData>();
  });

  it('lists instead of several arguments', () => {
    expectTypeOf(df.groupBy(['origin', col('b')]).agg([f.count()])).toEqualTypeOf<DataFrame<Row>>();
    expectTypeOf(df.sort(['origin', col('b').desc()]).filter(['a > 1'])).toEqualTypeOf<typeof df>();
    expectTypeOf(df.select(['origin', col('b')])).toEqualTypeOf<DataFrame<Row>>();
  });
});

it('a DataFrame with a known row type is assignable to any DataFrame', () => {
  const count = (frame: DataFrame) => frame.count();
  void count(df);
  expectTypeOf(df).toExtend<DataFrame>();
  expectTypeOf<DataFrame>().not.toExtend<typeof df>();
});

describe('does not compile', () => {
  it('misuse of column verbs', () => {
    // @ts-expect-error a number is not a column
    df.select(1);
    // @ts-expect-error a list is not a column: use select(['a', 'b'])
    df.select(['a', 'b'], 'c');
    // @ts-expect-error a DataFrame is not a column
    df.select(df);
    // @ts-expect-error the row has no such column
    df.select('orgin');
    // @ts-expect-error the row has no such column
    df.select('orgin', col('delay'));
    // @ts-expect-error the row has no such column
    df.select(['origin', 'dely']);
    // @ts-expect-error the row has no such column
    df.drop('orgin');
    // @ts-expect-error SQL must be a string
    df.selectExprs(col('a'));
    // @ts-expect-error a JavaScript boolean is not a predicate
    df.filter(1 > 2);
    // @ts-expect-error an arrow function is not a predicate
    df.filter((row) => row.delay > 1);
    // @ts-expect-error a sort key is not a predicate
    df.filter(col('a').desc());
    // @ts-expect-error a number is not an expression: use lit(1)
    df.withColumn('x', 1);
    // @ts-expect-error an expression is required
    df.withColumn('x');
    // @ts-expect-error a number is not an expression: use lit(1)
    df.withColumns({ x: 1 });
    // @ts-expect-error names must be an object
    df.rename(['a', 'b']);
    // @ts-expect-error both names are required
    df.withColumnRenamed('a');
    // @ts-expect-error a column is dropped by its name
    df.drop(col('a'));
    // @ts-expect-error types must be given by column
    df.cast('Int32');
    // @ts-expect-error a type must be an instance or a name
    df.cast({ a: Float32 });
    // @ts-expect-error a name must be a string
    df.alias(1);
  });

  it('misuse of group verbs', () => {
    // @ts-expect-error aggregates are required: use [] for none
    df.aggregate('origin');
    // @ts-expect-error the row has no such column
    df.groupBy('orgin');
    // @ts-expect-error the row has no such column
    df.groupBy(['origin', 'dely', col('delay')]);
    // @ts-expect-error the row has no such column
    df.rollup('orgin');
    // @ts-expect-error the row has no such column
    df.cube(col('origin'), 'dely');
    // @ts-expect-error the row has no such column
    df.groupingSets(['orgin'], []);
    // @ts-expect-error the row has no such column
    df.aggregate(['orgin'], 'count(*)');
    // @ts-expect-error a number is not an aggregate
    df.groupBy('origin').agg(1);
    // @ts-expect-error an aggregate must be an expression
    df.groupBy('origin').agg({ a: 'sum' });
    // @ts-expect-error columns must be names
    df.groupBy('origin').sum(col('b'));
    // @ts-expect-error without values, the columns are not known yet
    df.groupBy('origin').pivot('b').agg('count(*)').columns;
    // @ts-expect-error without values, the columns are not known yet
    df.pivot({ index: 'a', on: 'b', aggregates: 'count(*)' }).columns;
    // @ts-expect-error there is no such option
    df.pivot({ index: 'a', on: 'b', values: [1], aggregates: 'count(*)', fill: 0 });
    // @ts-expect-error columns are required
    df.unpivot({ index: 'a' });
    // @ts-expect-error a statistic must be a string
    df.summary(0.5);
  });

  it('misuse of row verbs', () => {
    // @ts-expect-error a number is not a sort key
    df.sort(1);
    // @ts-expect-error options are not a sort key
    df.sort('delay', { descending: true });
    // @ts-expect-error a count must be a number
    df.limit('3');
    // @ts-expect-error a count must be a number
    df.head(3n);
    // @ts-expect-error a fraction must be a number
    df.sample('10%');
    // @ts-expect-error the row has no such column
    df.distinctOn('origin', ['origin', 'dely']);
    // @ts-expect-error the row has no such column
    df.fillNull(0, 'dely');
    // @ts-expect-error the row has no such column
    df.fillNan(0, ['dely']);
    // @ts-expect-error the row has no such column
    df.dropNull(['origin', 'dely']);
    // @ts-expect-error the row has no such column
    df.unnestColumns('dely');
    // @ts-expect-error the row has no such column
    df.repartitionByHash('orgin', 2);
    // @ts-expect-error keys and columns are required
    df.distinctOn('origin');
    // @ts-expect-error undefined is not a value
    df.fillNull(undefined);
    // @ts-expect-error values by column need several calls
    df.fillNull({ a: 1 });
    // @ts-expect-error NaN can only be filled with a number
    df.fillNan('x');
    // @ts-expect-error there is no such mode
    df.dropNull('delay', 'some');
    // @ts-expect-error there is no such option
    df.unnestColumns('delay', { preserveNull: true });
    // @ts-expect-error a recursion must be [column, output, depth]
    df.unnestColumns('delay', { recursions: [['a', 2]] });
    // @ts-expect-error a number of partitions is required
    df.repartition();
    // @ts-expect-error keys and a number of partitions are required
    df.repartitionByHash('origin');
    // @ts-expect-error a list is not a value
    df.withParamValues([[1]]);
  });

  it('misuse of join and set verbs', () => {
    // @ts-expect-error there is no such join
    df.join(other, 'a', 'outer');
    // @ts-expect-error both sides are required
    df.join(other, { left: 'a' });
    // @ts-expect-error keys must be names: joinOn takes expressions
    df.join(other, col('a').eq(col('b')));
    // @ts-expect-error keys are required: use crossJoin for none
    df.join(other);
    // @ts-expect-error a table is not a DataFrame: use ctx.fromArrow
    df.join(table, 'a');
    // @ts-expect-error a promise is not a DataFrame: use await
    df.join(ctx.table('t'), 'a');
    // @ts-expect-error there is no such option
    df.join(other, 'a', 'left', { suffix: '_r' });
    // @ts-expect-error a JavaScript boolean is not a predicate
    df.joinOn(other, df === other);
    // @ts-expect-error a name of a table is not a DataFrame
    df.union('t');
    // @ts-expect-error union takes one DataFrame at a time
    df.union([other, other]);
    // @ts-expect-error the option of union must be a boolean
    df.union(other, { distinct: true });
    // @ts-expect-error a DataFrame is required
    df.except();
  });

  it('misuse of JoinType and JoinOn', () => {
    expectTypeOf<'left'>().toExtend<JoinType>();
    expectTypeOf<'leftOuter'>().not.toExtend<JoinType>();
    expectTypeOf<readonly ['a', 'b']>().toExtend<JoinOn>();
    expectTypeOf<{ left: 'a'; right: ['b'] }>().toExtend<JoinOn>();
    expectTypeOf<{ left: 'a' }>().not.toExtend<JoinOn>();
  });
});
