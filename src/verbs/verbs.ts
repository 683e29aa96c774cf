/**
 * The verbs of a DataFrame: each gives a new one at once, checked against the schema, and runs nothing.
 *
 * @module
 */

import { type TypeLike, toTypeName } from '../arrow/type-name.js';
import type { Row } from '../arrow/values.js';
import { checkName } from '../config/name.js';
import { resolve } from '../config/settings.js';
import type { DataFrame } from '../dataframe.js';
import { invalid } from '../errors.js';
import { type ExprLike, type SortKey, toColumnNode, toKeyNode, toList, toSortNode, toSqlNode } from '../expr/coerce.js';
import { type ExprNode, node } from '../expr/node.js';
import { nativeOf } from '../frames.js';
import { describe, type Params, type ParamValue, toLiteral, toParamsNative } from '../params.js';
import { checkCount, MOST_ROWS, toEntries, toNames, toOptionalNames } from './check.js';
import { GroupedData, type PivotValues, toPivotValues } from './grouped.js';
import { checkJoinType, JOIN_SETTINGS, type JoinOn, type JoinOptions, type JoinType, toJoinColumns } from './joins.js';
import type { Verb } from './verb.js';

/** Options of `unnestColumns`. */
export interface UnnestOptions {
  /** Whether a null list keeps its row, with null; an empty one never does. Default `true`. */
  preserveNulls?: boolean;
  /** Lists in lists: how many levels of a column are taken apart, and what the result is called. */
  recursions?: readonly (readonly [column: string, output: string, depth: number])[];
}

/** Options of `pivot`. */
export interface PivotOptions {
  /** What stays as rows: columns by name, or expressions. */
  index: ExprLike | readonly ExprLike[];
  /** The column whose values become columns. */
  on: ExprLike;
  /** Which values; an object also names their columns. */
  values: PivotValues;
  /** What their columns hold: aggregates; a string is SQL. */
  aggregates: ExprLike | readonly ExprLike[];
}

/** Options of `unpivot`. */
export interface UnpivotOptions {
  /** The columns that become rows; their types must have a common one. */
  on: string | readonly string[];
  /** The columns that stay. Default all others. */
  index?: string | readonly string[];
  /** The column that holds the names. Default `'variable'`. */
  variableName?: string;
  /** The column that holds the values. Default `'value'`. */
  valueName?: string;
}

// biome-ignore lint/suspicious/noExplicitAny: the row type of another DataFrame does not matter (js-conventions, deep generics)
type Other = DataFrame<any>;

const UNNEST_SETTINGS = {
  preserveNulls: { type: 'boolean', default: true, doc: 'Rows of null lists stay.' },
  recursions: { type: 'any', doc: 'Lists in lists.' },
} as const;

const UNPIVOT_SETTINGS = {
  on: { type: 'any', doc: 'Columns that become rows.' },
  index: { type: 'any', doc: 'Columns that stay.' },
  variableName: { type: 'string', default: 'variable', doc: 'The column of names.' },
  valueName: { type: 'string', default: 'value', doc: 'The column of values.' },
} as const;

const PIVOT_SETTINGS = {
  index: { type: 'any', doc: 'What stays as rows.' },
  on: { type: 'any', doc: 'What becomes columns.' },
  values: { type: 'any', doc: 'Which values.' },
  aggregates: { type: 'any', doc: 'What they hold.' },
} as const;

/** What `describe` says of each column. */
const DESCRIBED = ['count', 'nullCount', 'mean', 'std', 'min', 'max', 'median'];
/** What `summary` says unless told otherwise. */
const SUMMARY = ['count', 'mean', 'std', 'min', '25%', '50%', '75%', 'max'];

/**
 * The verbs of a {@link DataFrame}.
 *
 * @hidden Its members are shown as those of `DataFrame`.
 *
 * @typeParam T - the type of a row
 */
export abstract class Verbs<T extends object = Row> {
  /** A DataFrame one step further. */
  protected abstract derive<U extends object>(verb: Verb): DataFrame<U>;

  /** @internal The DataFrame itself. */
  protected abstract get self(): DataFrame<T>;

  // ---------------------------------------------------------------- columns

  /**
   * Keeps the given columns and expressions; a string is the exact name of a column, `'*'` is all columns. With an
   * aggregate, the result is about all rows, as in SQL: one row.
   *
   * @throws BallistaError `SCHEMA` for an unknown column, `PLAN` for types that do not fit, for two results of one name and
   * for a column beside an aggregate, `INVALID_ARGUMENT`, `CLOSED`
   *
   * @example
   * ```ts
   * import { BallistaSessionContext, col } from 'ballista';
   *
   * const ctx = await BallistaSessionContext.standalone();
   * const df = await ctx.fromColumns({ a: [1, 2, 3], b: [4, 5, 6] });
   * console.log(await df.select('a', col('b').mul(2).alias('twice')).toArray({ int64: 'number' }));
   * await ctx.close();
   * ```
   */
  select<U extends object = Row>(...columns: ExprLike[]): DataFrame<U> {
    return this.derive({ verb: 'select', exprs: toColumns(columns, 'select') });
  }

  /**
   * Keeps what SQL expressions give; `'*'` is all columns.
   *
   * @throws BallistaError `SCHEMA`, `PLAN`, `SQL_PARSE`, `INVALID_ARGUMENT`, `CLOSED`
   *
   * @example
   * ```ts
   * await df.selectExprs('origin', 'delay / 60.0 as hours').show(3);
   * ```
   */
  selectExprs<U extends object = Row>(...exprs: string[]): DataFrame<U> {
    const nodes = exprs.map((expr, i) =>
      expr === '*' ? node({ kind: 'wildcard' }) : toSqlNode(expr, `argument ${i + 1} of selectExprs`),
    );
    return this.derive({ verb: 'select', exprs: nodes });
  }

  /**
   * Keeps the rows for which all predicates are true; a string is SQL.
   *
   * @throws BallistaError `SCHEMA`, `PLAN`, `SQL_PARSE`, `INVALID_ARGUMENT`, `CLOSED`
   *
   * @example
   * ```ts
   * import { BallistaSessionContext, col } from 'ballista';
   *
   * const ctx = await BallistaSessionContext.standalone();
   * const df = await ctx.fromColumns({ a: [1, 2, 3] });
   * console.log(await df.filter(col('a').gt(1), 'a % 2 = 1').toArray()); // [ { a: 3n } ]
   * await ctx.close();
   * ```
   */
  filter(...predicates: ExprLike[]): DataFrame<T> {
    return this.derive({ verb: 'filter', predicates: toSql(predicates, 'filter') });
  }

  /**
   * Adds a column, or replaces the one of that name; a string is SQL.
   *
   * @throws BallistaError `SCHEMA`, `PLAN`, `SQL_PARSE`, `INVALID_ARGUMENT`, `CLOSED`
   *
   * @example
   * ```ts
   * const hours = df.withColumn('hours', col('delay').div(lit(60, 'Float64'))).select('delay', 'hours');
   * await hours.show(3);
   * ```
   */
  withColumn<U extends object = Row>(name: string, expr: ExprLike): DataFrame<U> {
    checkName(name, 'withColumn: the name');
    return this.derive({
      verb: 'withColumns',
      columns: [{ name, expr: toSqlNode(expr, 'the expression of withColumn') }],
    });
  }

  /**
   * Adds columns, or replaces those of their names. All expressions are about the columns as they were.
   *
   * @param columns - expressions by name; a string is SQL
   * @throws BallistaError `SCHEMA`, `PLAN`, `SQL_PARSE`, `INVALID_ARGUMENT`, `CLOSED`
   *
   * @example
   * ```ts
   * await df.withColumns({ hours: col('delay').div(60), far: 'distance > 1000' }).show(3);
   * ```
   */
  withColumns<U extends object = Row>(columns: Readonly<Record<string, ExprLike>>): DataFrame<U> {
    const entries = toEntries(columns, 'withColumns');
    return this.derive({
      verb: 'withColumns',
      columns: entries.map(([name, expr]) => ({ name, expr: toSqlNode(expr, `withColumns: ${name}`) })),
    });
  }

  /**
   * Renames a column.
   *
   * @throws BallistaError `SCHEMA`, `PLAN`, `INVALID_ARGUMENT`, `CLOSED`
   */
  withColumnRenamed<U extends object = Row>(from: string, to: string): DataFrame<U> {
    checkName(from, 'withColumnRenamed: the old name');
    checkName(to, 'withColumnRenamed: the new name');
    return this.derive({ verb: 'rename', columns: [[from, to]] });
  }

  /**
   * Renames columns; all at once, so that two can swap.
   *
   * @param names - new names by old name
   * @throws BallistaError `SCHEMA`, `PLAN`, `INVALID_ARGUMENT`, `CLOSED`
   *
   * @example
   * ```ts
   * console.log(String(df.rename({ origin: 'from', destination: 'to' }).select('from', 'to')));
   * // DataFrame { from: LargeUtf8, to: LargeUtf8 }
   * ```
   */
  rename<U extends object = Row>(names: Readonly<Record<string, string>>): DataFrame<U> {
    const columns = toEntries(names, 'rename');
    for (const [from, to] of columns) checkName(to, `rename: the new name of ${from}`);
    return this.derive({ verb: 'rename', columns });
  }

  /**
   * Leaves columns out. A name that is no column is refused.
   *
   * @throws BallistaError `SCHEMA`, `PLAN`, `INVALID_ARGUMENT`, `CLOSED`
   *
   * @example
   * ```ts
   * console.log(df.drop('date', 'distance').schema().fields.length); // 3
   * ```
   */
  drop<U extends object = Row>(...columns: string[]): DataFrame<U> {
    return this.derive({ verb: 'drop', columns: toNames(columns, 'the columns of drop') });
  }

  /**
   * Casts columns to other types; the rest stays.
   *
   * @param types - Arrow types by column: `'Int32'`, `'Decimal128(10, 2)'`, … or apache-arrow types
   * @param safe - whether a value that does not fit becomes null instead of failing the query; default `false`
   * @throws BallistaError `SCHEMA`, `PLAN`, `INVALID_ARGUMENT`, `CLOSED`
   *
   * @example
   * ```ts
   * console.log(String(df.cast({ delay: 'Float64' }).select('delay'))); // DataFrame { delay: Float64 }
   * ```
   */
  cast<U extends object = Row>(types: Readonly<Record<string, TypeLike>>, safe = false): DataFrame<U> {
    const columns = toEntries(types, 'cast').map(([name, type]): [string, string] => [
      name,
      toTypeName(type, `cast: the type of ${name}`),
    ]);
    return this.derive({ verb: 'cast', columns, safe });
  }

  /**
   * Adds columns of window functions, after all others.
   *
   * @throws BallistaError `SCHEMA`, `PLAN`, `SQL_PARSE`, `INVALID_ARGUMENT`, `CLOSED`
   *
   * @example
   * ```ts
   * import { Window } from 'ballista';
   *
   * const rank = f.rank().over(Window.partitionBy('origin').orderBy(col('delay').desc())).alias('rank');
   * await df.window(rank).filter('rank = 1').show(3);
   * ```
   */
  window<U extends object = Row>(...exprs: ExprLike[]): DataFrame<U> {
    return this.derive({ verb: 'window', exprs: toSql(exprs, 'window') });
  }

  /**
   * Gives the DataFrame a name, by which `col(name, relation)` and SQL tell its columns from others.
   *
   * @throws BallistaError `SCHEMA`, `PLAN`, `INVALID_ARGUMENT`, `CLOSED`
   *
   * @example
   * ```ts
   * const a = df.alias('a');
   * const b = df.alias('b');
   * const back = a.joinOn(b, [col('origin', 'a').eq(col('destination', 'b')), col('destination', 'a').eq(col('origin', 'b'))]);
   * console.log(back.schema().fields.length); // 10
   * ```
   */
  alias(name: string): DataFrame<T> {
    checkName(name, 'alias: the name');
    return this.derive({ verb: 'alias', name });
  }

  // ---------------------------------------------------------------- groups

  /**
   * Groups and aggregates.
   *
   * @param groupBy - columns by name, or expressions; `[]` for one row over all
   * @param aggregates - aggregate expressions; a string is SQL, such as `'sum(a) as total'`
   * @throws BallistaError `SCHEMA`, `PLAN`, `SQL_PARSE`, `INVALID_ARGUMENT`, `CLOSED`
   *
   * @example
   * ```ts
   * import { BallistaSessionContext, col, f } from 'ballista';
   *
   * const ctx = await BallistaSessionContext.standalone();
   * const df = await ctx.fromColumns({ g: ['x', 'y', 'x'], a: [1, 2, 3] });
   * const sums = df.aggregate('g', f.sum(col('a')).alias('s')).sort('g');
   * console.log(await sums.toArray()); // [ { g: 'x', s: 4n }, { g: 'y', s: 2n } ]
   * await ctx.close();
   * ```
   */
  aggregate<U extends object = Row>(
    groupBy: ExprLike | readonly ExprLike[],
    aggregates: ExprLike | readonly ExprLike[],
  ): DataFrame<U> {
    return this.derive({
      verb: 'aggregate',
      groupBy: toKeys(toList(groupBy), 'the groups of aggregate'),
      aggregates: toSql(toList(aggregates), 'aggregate'),
    });
  }

  /**
   * Groups rows, for `.agg(…)`; without groups all rows are one.
   *
   * @throws BallistaError `INVALID_ARGUMENT`
   *
   * @example
   * ```ts
   * await df.groupBy('origin').agg(f.avg(col('delay')).alias('mean')).sort(col('mean').desc()).show(3);
   * ```
   */
  groupBy(...groups: ExprLike[]): GroupedData {
    return this.#grouped(toKeys(groups, 'groupBy'));
  }

  /**
   * Groups by all columns, by all but the last, and so on up to none. From SQL's ROLLUP.
   *
   * @throws BallistaError `INVALID_ARGUMENT`
   *
   * @example
   * ```ts
   * await df.rollup('origin', 'destination').agg('count(*) as n').sort(col('n').desc()).show(3);
   * ```
   */
  rollup(...groups: ExprLike[]): GroupedData {
    return this.#grouped([groupingSet('rollup', [toKeys(groups, 'rollup')])]);
  }

  /**
   * Groups by every subset of the columns. From SQL's CUBE.
   *
   * @throws BallistaError `INVALID_ARGUMENT`
   *
   * @example
   * ```ts
   * await df.cube('origin', 'destination').agg('count(*) as n').sort(col('n').desc()).show(3);
   * ```
   */
  cube(...groups: ExprLike[]): GroupedData {
    return this.#grouped([groupingSet('cube', [toKeys(groups, 'cube')])]);
  }

  /**
   * Groups by each of several lists of columns. From SQL's GROUPING SETS.
   *
   * @throws BallistaError `INVALID_ARGUMENT`
   *
   * @example
   * ```ts
   * await df.groupingSets(['origin'], ['destination'], []).agg('count(*) as n').sort(col('n').desc()).show(3);
   * ```
   */
  groupingSets(...sets: (readonly ExprLike[])[]): GroupedData {
    if (sets.length === 0) throw invalid('groupingSets takes at least one set, and [] for all rows together');
    const lists = sets.map((set) => toKeys(toList(set), 'groupingSets'));
    return this.#grouped([groupingSet('sets', lists)]);
  }

  /**
   * Turns the values of a column into columns; see {@link GroupedData.pivot}.
   *
   * @throws BallistaError `SCHEMA`, `PLAN`, `SQL_PARSE`, `INVALID_ARGUMENT`, `CLOSED`
   *
   * @example
   * ```ts
   * const late = df.pivot({ index: 'origin', on: 'destination', values: ['SEA', 'JFK'], aggregates: f.max(col('delay')) });
   * console.log(late.schema().fields.map(({ name }) => name)); // [ 'origin', 'SEA', 'JFK' ]
   * ```
   */
  pivot<U extends object = Row>(options: PivotOptions): DataFrame<U> {
    const { index, on, values, aggregates } = resolve<PivotOptions>('pivot', PIVOT_SETTINGS, options);
    return this.derive({
      verb: 'pivot',
      index: toKeys(toList(index ?? []), 'the index of pivot'),
      on: toKeyNode(on, 'the column of pivot'),
      values: toPivotValues(values),
      aggregates: toSql(toList(aggregates), 'the aggregates of pivot'),
    });
  }

  /**
   * Turns columns into rows: one for each row and column, with the name and the value.
   *
   * @throws BallistaError `SCHEMA`, `PLAN`, `INVALID_ARGUMENT`, `CLOSED`
   *
   * @example
   * ```ts
   * const long = df.unpivot({ on: ['delay', 'distance'], index: 'origin' });
   * console.log(String(long)); // DataFrame { origin: LargeUtf8, variable: Utf8, value: Int64 }
   * ```
   */
  unpivot<U extends object = Row>(options: UnpivotOptions): DataFrame<U> {
    const { on, index, variableName, valueName } = resolve<Required<UnpivotOptions>>(
      'unpivot',
      UNPIVOT_SETTINGS,
      options,
    );
    return this.derive({
      verb: 'unpivot',
      on: toNames(on, 'unpivot: on'),
      index: toOptionalNames(index, 'unpivot: index'),
      names: variableName,
      values: valueName,
    });
  }

  /**
   * Statistics of every column, a row each: `count`, `nullCount`, `mean`, `std`, `min`, `max`, `median`. All values are text,
   * for they are of many types; one that a column has not is null. From DataFusion's `DataFrame::describe`.
   *
   * @throws BallistaError `CLOSED`
   *
   * @example
   * ```ts
   * await df.select('delay', 'origin').describe().show();
   * ```
   */
  describe<U extends object = Row>(): DataFrame<U> {
    return this.derive({ verb: 'summary', statistics: DESCRIBED });
  }

  /**
   * As {@link describe}, with the statistics asked for: those of describe, and percentiles such as `25%`, which are
   * approximate. Default `count`, `mean`, `std`, `min`, `25%`, `50%`, `75%`, `max`. From PySpark's `summary`.
   *
   * @throws BallistaError `INVALID_ARGUMENT`, `CLOSED`
   *
   * @example
   * ```ts
   * await df.select('delay').summary('count', '50%', '99%').show();
   * ```
   */
  summary<U extends object = Row>(...statistics: string[]): DataFrame<U> {
    for (const name of statistics) checkName(name, 'a statistic of summary');
    return this.derive({ verb: 'summary', statistics: statistics.length > 0 ? statistics : SUMMARY });
  }

  // ---------------------------------------------------------------- rows

  /**
   * Sorts; a bare column sorts smallest first and nulls last, as SQL does.
   *
   * @throws BallistaError `SCHEMA`, `PLAN`, `INVALID_ARGUMENT`, `CLOSED`
   *
   * @example
   * ```ts
   * await df.sort(col('delay').desc(), 'origin').show(3);
   * ```
   */
  sort(...keys: SortKey[]): DataFrame<T> {
    if (keys.length === 0) throw invalid('sort takes at least one key');
    return this.derive({ verb: 'sort', keys: keys.map((key, i) => toSortNode(key, `argument ${i + 1} of sort`)) });
  }

  /**
   * Keeps `count` rows after skipping `offset`. Executors hold both together in 32 bits: they are at most 2^32 - 1.
   *
   * @param count - how many rows at most
   * @param offset - default 0
   * @throws BallistaError `INVALID_ARGUMENT`, `CLOSED`
   *
   * @example
   * ```ts
   * console.log(await df.limit(10, 5).count()); // 10
   * ```
   */
  limit(count: number, offset = 0): DataFrame<T> {
    checkCount(count, 'limit: count');
    checkCount(offset, 'limit: offset');
    // Past that an executor drops the upper bits, so rows would be lost without a word.
    if (offset + count > MOST_ROWS)
      throw invalid(`limit: count and offset are together at most ${MOST_ROWS} (2^32 - 1)`);
    return this.derive({ verb: 'limit', skip: offset, fetch: count });
  }

  /**
   * Skips rows, at most 2^32 - 1.
   *
   * @throws BallistaError `INVALID_ARGUMENT`, `CLOSED`
   */
  offset(count: number): DataFrame<T> {
    checkCount(count, 'offset');
    if (count > MOST_ROWS) throw invalid(`offset is at most ${MOST_ROWS} (2^32 - 1)`);
    return this.derive({ verb: 'limit', skip: count });
  }

  /**
   * The first rows, 5 unless told otherwise.
   *
   * @throws BallistaError `INVALID_ARGUMENT`, `CLOSED`
   */
  head(rows = 5): DataFrame<T> {
    return this.limit(rows);
  }

  /**
   * Keeps one of each set of equal rows.
   *
   * @throws BallistaError `CLOSED`
   *
   * @example
   * ```ts
   * console.log(await df.select('origin').distinct().count());
   * ```
   */
  distinct(): DataFrame<T> {
    return this.derive({ verb: 'distinct' });
  }

  /**
   * Keeps one row for each set of equal keys: the first in the order of `sort`, or any. From PostgreSQL's DISTINCT ON.
   *
   * @param on - the keys
   * @param select - what is kept of the row
   * @param sort - which row is the first; begins with the keys
   * @throws BallistaError `SCHEMA`, `PLAN`, `INVALID_ARGUMENT`, `CLOSED`
   *
   * @example
   * ```ts
   * const latest = df.distinctOn('origin', ['origin', 'date'], ['origin', col('date').desc()]);
   * console.log(await latest.count()); // 229
   * ```
   */
  distinctOn<U extends object = Row>(
    on: ExprLike | readonly ExprLike[],
    select: ExprLike | readonly ExprLike[],
    sort: SortKey | readonly SortKey[] = [],
  ): DataFrame<U> {
    return this.derive({
      verb: 'distinctOn',
      on: toKeys(toList(on), 'the keys of distinctOn'),
      select: toColumns(toList(select), 'the columns of distinctOn'),
      sort: toList(sort).map((key) => toSortNode(key, 'a sort key of distinctOn')),
    });
  }

  /**
   * Keeps about that share of the rows, each by chance; other ones in every run.
   *
   * @param fraction - from 0 to 1
   * @throws BallistaError `INVALID_ARGUMENT`, `CLOSED`
   *
   * @example
   * ```ts
   * console.log((await df.sample(0.01).count()) > 20_000); // true
   * ```
   */
  sample(fraction: number): DataFrame<T> {
    if (typeof fraction !== 'number' || !(fraction >= 0 && fraction <= 1))
      throw invalid(
        `sample takes a share from 0 to 1, not ${typeof fraction === 'number' ? fraction : describe(fraction)}`,
      );
    return this.derive({ verb: 'sample', fraction });
  }

  /**
   * Replaces nulls. Of all columns, those are filled that the value fits; one that is named must.
   *
   * @param subset - which columns; default all
   * @throws BallistaError `SCHEMA`, `PLAN` where the value does not fit, `INVALID_ARGUMENT`, `CLOSED`
   *
   * @example
   * ```ts
   * import { BallistaSessionContext } from 'ballista';
   *
   * const ctx = await BallistaSessionContext.standalone();
   * const people = await ctx.fromColumns({ name: ['Ada', null], age: [36, null] });
   * console.log(await people.fillNull(0, 'age').fillNull('?', 'name').toArray({ int64: 'number' }));
   * // [ { name: 'Ada', age: 36 }, { name: '?', age: 0 } ]
   * await ctx.close();
   * ```
   */
  fillNull(value: ParamValue, subset?: string | readonly string[]): DataFrame<T> {
    const literal = toLiteral(value, 'the value of fillNull');
    return this.derive({
      verb: 'fillNull',
      value: literal,
      columns: toOptionalNames(subset, 'the subset of fillNull'),
    });
  }

  /**
   * Replaces NaN in columns of floating-point numbers.
   *
   * @param subset - which columns; default all
   * @throws BallistaError `SCHEMA`, `INVALID_ARGUMENT`, `CLOSED`
   */
  fillNan(value: number, subset?: string | readonly string[]): DataFrame<T> {
    if (typeof value !== 'number') throw invalid(`fillNan takes a number, not ${describe(value)}`);
    const literal = toLiteral(value, 'the value of fillNan');
    return this.derive({ verb: 'fillNan', value: literal, columns: toOptionalNames(subset, 'the subset of fillNan') });
  }

  /**
   * Leaves out rows with nulls.
   *
   * @param subset - which columns count; default all
   * @param how - whether one null is enough, or all must be; default `'any'`
   * @throws BallistaError `SCHEMA`, `INVALID_ARGUMENT`, `CLOSED`
   */
  dropNull(subset?: string | readonly string[], how: 'any' | 'all' = 'any'): DataFrame<T> {
    if (how !== 'any' && how !== 'all') throw invalid(`dropNull: how must be 'any' or 'all', not ${describe(how)}`);
    const columns = toOptionalNames(subset, 'the subset of dropNull');
    return this.derive(how === 'any' ? { verb: 'dropNull', columns } : { verb: 'dropNull', columns, atLeast: 1 });
  }

  /**
   * One row for each element of the lists, and for structs one column for each field.
   *
   * @param columns - lists or structs; several lists are taken apart side by side
   * @throws BallistaError `SCHEMA`, `PLAN`, `INVALID_ARGUMENT`, `CLOSED`
   *
   * @example
   * ```ts
   * import { BallistaSessionContext } from 'ballista';
   *
   * const ctx = await BallistaSessionContext.standalone();
   * const people = await ctx.fromRows([{ name: 'Ada', tags: ['a', 'b'] }, { name: 'Bob', tags: [] }]);
   * console.log(await people.unnestColumns('tags', { preserveNulls: false }).toArray());
   * // [ { name: 'Ada', tags: 'a' }, { name: 'Ada', tags: 'b' } ]
   * await ctx.close();
   * ```
   */
  unnestColumns<U extends object = Row>(
    columns: string | readonly string[],
    options: UnnestOptions = {},
  ): DataFrame<U> {
    const names = toNames(columns, 'the columns of unnestColumns');
    const { preserveNulls, recursions = [] } = resolve<UnnestOptions & { preserveNulls: boolean }>(
      'unnestColumns',
      UNNEST_SETTINGS,
      options,
    );
    return this.derive({
      verb: 'unnest',
      columns: names,
      preserveNulls,
      recursions: toList(recursions as readonly (readonly [string, string, number])[]).map((recursion) => {
        if (!Array.isArray(recursion)) throw invalid('unnestColumns: recursions are [column, output, depth]');
        const [column, output, depth] = recursion as readonly [string, string, number];
        checkName(column, 'unnestColumns: the column of a recursion');
        checkName(output, 'unnestColumns: the output of a recursion');
        checkCount(depth, 'unnestColumns: the depth of a recursion', 1);
        return { column, output, depth };
      }),
    });
  }

  // ---------------------------------------------------------------- with another DataFrame

  /**
   * Joins with another DataFrame of the same context where columns are equal.
   *
   * @param on - names that both sides have, or `{ left, right }`
   * @param how - default `'inner'`
   * @throws BallistaError `SCHEMA` for unknown columns, `INVALID_ARGUMENT`, `CLOSED`
   *
   * @example
   * ```ts
   * import { BallistaSessionContext } from 'ballista';
   *
   * const ctx = await BallistaSessionContext.standalone();
   * const people = await ctx.fromColumns({ id: [1, 2], name: ['Ada', 'Bob'] });
   * const visits = await ctx.fromColumns({ person: [1, 1], day: ['Mon', 'Tue'] });
   * const joined = people.join(visits, { left: 'id', right: 'person' }).select('name', 'day').sort('day');
   * console.log(await joined.toArray()); // [ { name: 'Ada', day: 'Mon' }, { name: 'Ada', day: 'Tue' } ]
   * await ctx.close();
   * ```
   */
  join<U extends object = Row>(
    right: Other,
    on: JoinOn,
    how: JoinType = 'inner',
    options: JoinOptions = {},
  ): DataFrame<U> {
    checkJoinType(how, 'join');
    const { coalesceDuplicateKeys } = resolve<Required<JoinOptions>>('join', JOIN_SETTINGS, options);
    nativeOf(right, 'the other side of join');
    return this.derive({ verb: 'join', frame: right, how, ...toJoinColumns(on), mergeKeys: coalesceDuplicateKeys });
  }

  /**
   * Joins with another DataFrame of the same context where expressions are true. Where both sides have columns of the same
   * name and alias, they are `col(name, 'left')` and `col(name, 'right')`.
   *
   * @param on - an expression or several, all of which must be true; a string is SQL
   * @param how - default `'inner'`
   * @throws BallistaError `SCHEMA`, `PLAN`, `SQL_PARSE`, `INVALID_ARGUMENT`, `CLOSED`
   *
   * @example
   * ```ts
   * const near = df.alias('a').joinOn(df.alias('b').limit(10), 'a.distance = b.distance and a.delay < b.delay');
   * console.log(near.schema().fields.length); // 10
   * ```
   */
  joinOn<U extends object = Row>(
    right: Other,
    on: ExprLike | readonly ExprLike[],
    how: JoinType = 'inner',
  ): DataFrame<U> {
    checkJoinType(how, 'joinOn');
    nativeOf(right, 'the other side of joinOn');
    const predicates = toSql(toList(on), 'joinOn');
    if (predicates.length === 0)
      throw invalid('joinOn takes at least one expression; every row with every other is crossJoin');
    return this.derive({ verb: 'joinOn', frame: right, how, predicates });
  }

  /**
   * Every row with every row of the other.
   *
   * @throws BallistaError `INVALID_ARGUMENT`, `CLOSED`
   */
  crossJoin<U extends object = Row>(right: Other): DataFrame<U> {
    nativeOf(right, 'the other side of crossJoin');
    return this.derive({ verb: 'joinOn', frame: right, how: 'inner', predicates: [] });
  }

  /**
   * The rows of both, which must have the same columns; `distinct` drops repeated rows.
   *
   * @throws BallistaError `PLAN` where the columns differ, `INVALID_ARGUMENT`, `CLOSED`
   *
   * @example
   * ```ts
   * const early = df.filter('delay < -60');
   * const late = df.filter('delay > 600');
   * console.log(await early.union(late).count());
   * ```
   */
  union(other: Other, distinct = false): DataFrame<T> {
    nativeOf(other, 'the other side of union');
    return this.derive({ verb: 'union', frame: other, distinct, byName: false });
  }

  /**
   * As {@link union}, with the columns matched by name; one that a side has not is null there.
   *
   * @throws BallistaError `PLAN`, `INVALID_ARGUMENT`, `CLOSED`
   */
  unionByName(other: Other, distinct = false): DataFrame<T> {
    nativeOf(other, 'the other side of unionByName');
    return this.derive({ verb: 'union', frame: other, distinct, byName: true });
  }

  /**
   * The rows that both have; `distinct` drops repeated rows.
   *
   * @throws BallistaError `PLAN` where the columns differ, `INVALID_ARGUMENT`, `CLOSED`
   */
  intersect(other: Other, distinct = false): DataFrame<T> {
    nativeOf(other, 'the other side of intersect');
    return this.derive({ verb: 'intersect', frame: other, distinct });
  }

  /**
   * The rows that the other has not, each once. From SQL's EXCEPT.
   *
   * @throws BallistaError `PLAN` where the columns differ, `INVALID_ARGUMENT`, `CLOSED`
   */
  except(other: Other): DataFrame<T> {
    return this.exceptAll(other, true);
  }

  /**
   * The rows that the other has not; `distinct` drops repeated rows. From SQL's EXCEPT ALL.
   *
   * @throws BallistaError `PLAN` where the columns differ, `INVALID_ARGUMENT`, `CLOSED`
   */
  exceptAll(other: Other, distinct = false): DataFrame<T> {
    nativeOf(other, 'the other side of except');
    return this.derive({ verb: 'except', frame: other, distinct });
  }

  // ---------------------------------------------------------------- the rest

  /**
   * Spreads the rows over that many partitions, evenly.
   *
   * @throws BallistaError `INVALID_ARGUMENT`, `CLOSED`
   */
  repartition(partitions: number): DataFrame<T> {
    checkCount(partitions, 'repartition', 1);
    return this.derive({ verb: 'repartition', count: partitions, by: [] });
  }

  /**
   * Spreads the rows over that many partitions: rows with equal keys come to the same one.
   *
   * @throws BallistaError `SCHEMA`, `PLAN`, `INVALID_ARGUMENT`, `CLOSED`
   */
  repartitionByHash(keys: ExprLike | readonly ExprLike[], partitions: number): DataFrame<T> {
    checkCount(partitions, 'repartitionByHash', 1);
    const by = toKeys(toList(keys), 'the keys of repartitionByHash');
    if (by.length === 0) throw invalid('repartitionByHash takes at least one key');
    return this.derive({ verb: 'repartition', count: partitions, by });
  }

  /**
   * Gives placeholders their values: `placeholder('$1')`, or `$1` in SQL text.
   *
   * @throws BallistaError `PLAN`, `INVALID_ARGUMENT`, `CLOSED`
   */
  withParamValues(params: Params): DataFrame<T> {
    return this.derive({ verb: 'params', params: toParamsNative(params) });
  }

  /**
   * What a function makes of the DataFrame, so that steps of one's own can be chained.
   *
   * @example
   * ```ts
   * import type { DataFrame } from 'ballista';
   *
   * const top = (frame: DataFrame, n: number): DataFrame => frame.sort(col('delay').desc()).limit(n);
   * await df.select('origin', 'delay').transform(top, 3).show();
   * ```
   */
  transform<A extends unknown[], R>(func: (df: DataFrame<T>, ...args: A) => R, ...args: A): R {
    if (typeof func !== 'function') throw invalid(`transform takes a function, not ${describe(func)}`);
    return func(this.self, ...args);
  }

  /**
   * The same DataFrame with another row type, for the compiler only.
   *
   * @example
   * ```ts
   * const delays = df.select('origin', 'delay').limit(1).as<{ origin: string; delay: bigint }>();
   * for (const { origin, delay } of await delays.toArray()) console.log(origin, delay);
   * ```
   */
  as<U extends object>(): DataFrame<U> {
    return this.self as unknown as DataFrame<U>;
  }

  #grouped(groups: ExprNode[]): GroupedData {
    return new GroupedData((verb) => this.derive(verb), groups);
  }
}

function toColumns(columns: readonly ExprLike[], where: string): ExprNode[] {
  return columns.map((column, i) => toColumnNode(column, `argument ${i + 1} of ${where}`));
}

/** As {@link toColumns}, where all columns make no sense. */
function toKeys(columns: readonly ExprLike[], where: string): ExprNode[] {
  return columns.map((column, i) => toKeyNode(column, `argument ${i + 1} of ${where}`));
}

function toSql(exprs: readonly ExprLike[], where: string): ExprNode[] {
  return exprs.map((expr, i) => toSqlNode(expr, `argument ${i + 1} of ${where}`));
}

function groupingSet(form: 'rollup' | 'cube' | 'sets', lists: ExprNode[][]): ExprNode {
  return node({ kind: 'groupingSet', form, lists });
}
