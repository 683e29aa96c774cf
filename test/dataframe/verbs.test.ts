import { afterAll, describe, expect, it } from 'vitest';

import { col } from '../../src/expr/expr.js';
import * as f from '../../src/functions/index.js';
import { SessionContext } from '../../src/session/session-context.js';
import { thrown } from '../support/thrown.js';

// Tests the early validation of verbs. No query runs here. test/modes/verbs.test.ts compares verbs with SQL in every mode.

const ctx = SessionContext.local();
afterAll(() => ctx.close());

const df = await ctx.fromColumns({ id: [1, 2], Name: ['x', null], v: [1.5, null] });
const other = await ctx.fromColumns({ id: [1], code: ['x'] });
const nested = await ctx.fromRows([{ id: 1, xs: [1, 2], s: { p: 1 } }]);
const joined = df.join(df, 'id');
const never = undefined as never;

type Rejection = [what: string, run: () => unknown, code: string, text: string];

const COLUMNS: Rejection[] = [
  [
    'select of an unknown column',
    () => df.select('nam'),
    'SCHEMA',
    '"nam" does not exist. The columns are: id, Name, v',
  ],
  ['select of a column with different letter case', () => df.select('name'), 'SCHEMA', 'Name'],
  ['select of a number', () => df.select(1 as never), 'INVALID_ARGUMENT', 'Argument 1 of select'],
  ['select of an array', () => df.select(['id'] as never, 'v'), 'INVALID_ARGUMENT', 'an array'],
  ['select of two columns with the same name', () => df.select('id', col('v').alias('id')), 'PLAN', 'unique'],
  ['selectExprs of invalid SQL', () => df.selectExprs('id +'), 'SQL_PARSE', 'Expected'],
  ['selectExprs of two expressions in one string', () => df.selectExprs('id, v'), 'SQL_PARSE', ','],
  ['filter by a numeric expression', () => df.filter('id + 1'), 'PLAN', 'id'],
  ['filter by an empty string', () => df.filter(''), 'INVALID_ARGUMENT', 'Argument 1 of filter'],
  ['withColumn without a name', () => df.withColumn('', 'id'), 'INVALID_ARGUMENT', 'an empty one'],
  ['withColumn of an unknown function', () => df.withColumn('x', 'nofunction(id)'), 'PLAN', 'nofunction'],
  ['withColumns of an array', () => df.withColumns(['id'] as never), 'INVALID_ARGUMENT', 'keys are column names'],
  ['withColumns that refer to each other', () => df.withColumns({ a: 'id', b: 'a + 1' }), 'SCHEMA', 'a'],
  ['withColumnRenamed of an unknown column', () => df.withColumnRenamed('a', 'b'), 'SCHEMA', '"a"'],
  ['rename to an existing name', () => df.rename({ id: 'v' }), 'PLAN', 'unique'],
  ['rename of an ambiguous column', () => joined.rename({ v: 'w' }), 'SCHEMA', 'Several columns have the name'],
  ['drop of an unknown column', () => df.drop('a'), 'SCHEMA', '"a"'],
  ['drop of all columns', () => df.drop('id', 'Name', 'v'), 'PLAN', 'No column'],
  ['drop without columns', () => df.drop(), 'INVALID_ARGUMENT', 'at least one'],
  ['cast to an unknown type', () => df.cast({ id: 'Int31' as never }), 'INVALID_ARGUMENT', 'Int31'],
  ['cast of an unknown column', () => df.cast({ a: 'Int32' }), 'SCHEMA', '"a"'],
  ['filter by an aggregate', () => df.filter('sum(id) > 1'), 'PLAN', 'aggregate'],
  ['withColumn of an aggregate', () => df.withColumn('s', f.sum(col('id'))), 'PLAN', 'aggregate'],
  ['filter by a window function', () => df.filter('row_number() OVER (ORDER BY id) = 1'), 'PLAN', 'window'],
  ['window of an aggregate without OVER', () => df.window(f.sum(col('id'))), 'PLAN', 'OVER'],
  ['select of a column beside an aggregate', () => df.select('id', f.sum(col('v'))), 'PLAN', '"id"'],
  ['alias without a name', () => df.alias(''), 'INVALID_ARGUMENT', 'alias'],
  ['select of a column by a replaced alias', () => df.alias('a').alias('b').select(col('id', 'a')), 'SCHEMA', 'a.id'],
];

const GROUPS: Rejection[] = [
  ['aggregate of a column that is not grouped', () => df.aggregate('id', 'v'), 'PLAN', 'v'],
  ['aggregate of an expression that is only partly aggregated', () => df.aggregate('id', 'v + sum(v)'), 'PLAN', '"v"'],
  ['groupBy of an aggregate', () => df.groupBy(f.sum(col('id'))).count(), 'PLAN', 'aggregate'],
  ['aggregate without keys and aggregates', () => df.aggregate([], []), 'PLAN', 'at least one'],
  ['aggregate of an aggregate', () => df.aggregate([], 'sum(max(id))'), 'PLAN', 'max'],
  ['groupBy of all columns', () => df.groupBy('*').agg('count(*)'), 'SCHEMA', '"*"'],
  ['groupingSets without a set', () => df.groupingSets(), 'INVALID_ARGUMENT', '[]'],
  ['sum without columns', () => df.groupBy('id').sum(), 'INVALID_ARGUMENT', 'The columns of sum'],
  ['sum of strings', () => df.groupBy('id').sum('Name'), 'PLAN', 'sum'],
  ['pivot without an aggregate', () => df.groupBy('id').pivot('Name', ['x']).agg('v'), 'PLAN', 'is not an aggregate'],
  ['pivot to columns with the same name', () => df.groupBy('id').pivot('Name', ['x', 'x']).count(), 'SCHEMA', 'x'],
  [
    'pivot with null for values',
    () => df.pivot({ index: 'id', on: 'Name', values: null as never, aggregates: 'count(*)' }),
    'INVALID_ARGUMENT',
    'values',
  ],
  ['pivot with a string for values', () => df.groupBy('id').pivot('Name', 'xy' as never), 'INVALID_ARGUMENT', 'values'],
  ['pivot with an unknown option', () => df.pivot({ indx: 'id' } as never), 'INVALID_ARGUMENT', '"index"'],
  [
    'unpivot of columns without a common type',
    () => nested.unpivot({ on: ['id', 's'] }),
    'PLAN',
    'no common type: "id" Int64',
  ],
  [
    'unpivot of numbers and text',
    () => df.unpivot({ on: ['id', 'Name'] }),
    'PLAN',
    'no common type: "id" Int64, "Name" Utf8',
  ],
  ['filter of a number by a string', () => df.filter(col('id').gt('abc')), 'PLAN', 'cannot be compared'],
  ['withColumn of a number by a string', () => df.withColumn('x', col('id').eq('abc')), 'PLAN', 'cannot be compared'],
  ['SQL that compares a number with a string', () => df.filter("id BETWEEN 1 AND 'abc'"), 'PLAN', 'cannot be compared'],
  ['a list with a string for a number', () => df.filter(col('id').inList([1, 'abc'])), 'PLAN', 'cannot be compared'],
  ['filter of a struct by a number', () => nested.filter(col('s').eq(1)), 'PLAN', 'cannot be compared'],
  [
    'an aggregate over a wrong comparison',
    () => df.groupBy('Name').agg(f.count(col('id').eq('abc'))),
    'PLAN',
    'cannot be compared',
  ],
  [
    'a join on a wrong comparison',
    () => df.alias('a').joinOn(df.alias('b'), [col('id', 'a').eq('abc')]),
    'PLAN',
    'cannot be compared',
  ],
  ['unpivot without columns', () => df.unpivot({ on: [] }), 'INVALID_ARGUMENT', 'at least one'],
  ['describe of columns with the same name', () => joined.describe(), 'PLAN', 'Rename one'],
  ['summary of an unknown statistic', () => df.summary('mode'), 'INVALID_ARGUMENT', '"mode"'],
  ['summary of a percentile past 100', () => df.summary('101%'), 'INVALID_ARGUMENT', '101%'],
];

const ROWS: Rejection[] = [
  ['sort without a key', () => df.sort(), 'INVALID_ARGUMENT', 'at least one key'],
  ['sort by an unknown column', () => df.sort('a'), 'SCHEMA', '"a"'],
  ['limit below 0', () => df.limit(-1), 'INVALID_ARGUMENT', 'at least 0, not -1'],
  ['limit of a fraction', () => df.limit(1.5), 'INVALID_ARGUMENT', '1.5'],
  ['offset past 32 bits', () => df.offset(2 ** 32), 'INVALID_ARGUMENT', '2^32'],
  ['head of Infinity', () => df.head(Infinity), 'INVALID_ARGUMENT', 'Infinity'],
  [
    'distinctOn with an order that does not start with the keys',
    () => df.distinctOn('id', 'v', 'v'),
    'PLAN',
    'ORDER BY',
  ],
  ['sample of a fraction above 1', () => df.sample(1.1), 'INVALID_ARGUMENT', '1.1'],
  ['sample of NaN', () => df.sample(Number.NaN), 'INVALID_ARGUMENT', 'NaN'],
  ['fillNull of a named column with another type', () => df.fillNull('x', 'id'), 'PLAN', '"id"'],
  ['fillNull of an integer column with a fraction', () => df.fillNull(1.5, 'id'), 'PLAN', '"id"'],
  ['fillNull of an unknown column', () => df.fillNull(0, 'a'), 'SCHEMA', '"a"'],
  ['fillNull with undefined', () => df.fillNull(never), 'INVALID_ARGUMENT', 'undefined'],
  ['fillNan with a string', () => df.fillNan('x' as never), 'INVALID_ARGUMENT', 'a number'],
  ['dropNull with an unknown mode', () => df.dropNull('id', 'some' as never), 'INVALID_ARGUMENT', "'any' or 'all'"],
  ['dropNull with two columns', () => df.dropNull('id', 'v' as never), 'INVALID_ARGUMENT', 'pass an array'],
  ['unnestColumns of a column that is not a list', () => df.unnestColumns('id'), 'PLAN', 'id'],
  [
    'unnestColumns deeper than the lists',
    () => nested.unnestColumns('xs', { recursions: [['xs', 'x', 2]] }),
    'PLAN',
    '2 time',
  ],
  ['unnestColumns of an unknown column', () => nested.unnestColumns('ys' as never), 'SCHEMA', '"ys"'],
  ['unnestColumns without columns', () => nested.unnestColumns([]), 'INVALID_ARGUMENT', 'at least one'],
  [
    'unnestColumns of depth 0',
    () => nested.unnestColumns('xs', { recursions: [['xs', 'x', 0]] }),
    'INVALID_ARGUMENT',
    'depth',
  ],
  ['repartition into 0 partitions', () => df.repartition(0), 'INVALID_ARGUMENT', 'at least 1'],
  ['repartitionByHash without keys', () => df.repartitionByHash([], 2), 'INVALID_ARGUMENT', 'at least one key'],
  ['withParamValues with a missing value', () => df.filter('id = $2').withParamValues([1]), 'PLAN', '$2'],
  ['transform by a string', () => df.transform('x' as never), 'INVALID_ARGUMENT', 'a function'],
];

const JOINS: Rejection[] = [
  ['join with an unknown type', () => df.join(other, 'id', 'lft' as never), 'INVALID_ARGUMENT', 'Did you mean "left"?'],
  ['outer join', () => df.join(other, 'id', 'outer' as never), 'INVALID_ARGUMENT', 'not "outer". A full outer join is'],
  ['join by an unknown column', () => df.join(other, 'code'), 'SCHEMA', 'code'],
  [
    'join by different numbers of keys',
    () => df.join(other, { left: ['id', 'v'], right: 'id' }),
    'INVALID_ARGUMENT',
    '2 columns',
  ],
  ['join of an unknown type', () => df.join(other, 'id', 'outer' as never), 'INVALID_ARGUMENT', 'inner, left'],
  ['join with a promise', () => df.join(Promise.resolve(df) as never, 'id'), 'INVALID_ARGUMENT', 'a DataFrame'],
  ['joinOn without a predicate', () => df.joinOn(other, []), 'INVALID_ARGUMENT', 'crossJoin'],
  ['joinOn of an ambiguous column', () => df.joinOn(other, 'id = 1'), 'SCHEMA', 'Several columns have the name'],
  ['union of different numbers of columns', () => df.union(other), 'PLAN', 'number of columns'],
  ['union of columns without a common type', () => df.select('id').union(nested.select('s')), 'PLAN', 'Union'],
  [
    'unionByName of columns without a common type',
    () => df.select('id').unionByName(nested.select(col('s').alias('id'))),
    'PLAN',
    'Union',
  ],
  ['joinOn of an aggregate', () => df.joinOn(other.select('code'), 'sum(v) > code'), 'PLAN', 'aggregate'],
  ['intersect of different numbers of columns', () => df.intersect(other), 'PLAN', 'number of columns'],
  ['except of an object that is not a DataFrame', () => df.except({} as never), 'INVALID_ARGUMENT', 'a DataFrame'],
];

const ALL = [...COLUMNS, ...GROUPS, ...ROWS, ...JOINS];

describe('verbs reject synchronously', () => {
  it.each(ALL)('%s', (_, run, code, text) => {
    expect(thrown(run)).toMatchObject({ code, message: expect.stringContaining(text) });
  });
});
