/**
 * The verbs of a DataFrame: each checks its arguments against the schema and returns a new DataFrame, without running it.
 *
 * @module
 */

import { type TypeLike, toTypeName } from '../arrow/type-name.js';
import type { Row } from '../arrow/values/values.js';
import { frames } from '../engine/native-dataframe.js';
import { invalid } from '../errors.js';
import { type ExprLike, type SortKey, toColumnNode, toKeyNode, toList, toSortNode, toSqlNode } from '../expr/coerce.js';
import { type ExprNode, node } from '../expr/node/node.js';
import { type ParamValue, toLiteral } from '../expr/param-value.js';
import { describe } from '../input/describe.js';
import { toEntries } from '../input/entries.js';
import { checkName } from '../input/name.js';
import { resolve } from '../input/settings.js';
import { type Params, toParamsNative } from '../sql/params.js';
import type { DataFrame } from './dataframe.js';
import { GroupedData, type PivotValues, toPivotValues } from './grouped.js';
import { checkJoinType, JOIN_SETTINGS, type JoinOn, type JoinOptions, type JoinType, toJoinColumns } from './joins.js';
import type { Verb } from './verb.js';
import { checkCount, MOST_ROWS, toNames, toOptionalNames } from './verb-arguments.js';

/** Options of `unnestColumns`. */
export interface UnnestOptions {
  /** Whether a row with a null list is kept, with null. A row with an empty list is never kept. Default `true`. */
  preserveNulls?: boolean;
  /** For nested lists: how many levels of a column to unnest, and the name of the result. */
  recursions?: readonly (readonly [column: string, output: string, depth: number])[];
}

/** Options of `pivot`. */
export interface PivotOptions {
  /** The columns to keep as rows: names, or expressions. */
  index: ExprLike | readonly ExprLike[];
  /** The column whose values become columns. */
  on: ExprLike;
  /** The values to turn into columns; an object also gives the column names. */
  values: PivotValues;
  /** The aggregates in the new columns; a string is SQL. */
  aggregates: ExprLike | readonly ExprLike[];
}

/** Options of `unpivot`. */
export interface UnpivotOptions {
  /** The columns that become rows. Their types must have a common type. */
  on: string | readonly string[];
  /** The columns to keep. Default: all others. */
  index?: string | readonly string[];
  /** The column for the names. Default `'variable'`. */
  variableName?: string;
  /** The column for the values. Default `'value'`. */
  valueName?: string;
}

// biome-ignore lint/suspicious/noExplicitAny: the row type of another DataFrame does not matter (js-conventions, deep generics)
type Other = DataFrame<any>;

const UNNEST_SETTINGS = {
  preserveNulls: { type: 'boolean', default: true },
  recursions: { type: 'any' },
} as const;

const UNPIVOT_SETTINGS = {
  on: { type: 'any' },
  index: { type: 'any' },
  variableName: { type: 'string', default: 'variable' },
  valueName: { type: 'string', default: 'value' },
} as const;

const PIVOT_SETTINGS = {
  index: { type: 'any' },
  on: { type: 'any' },
  values: { type: 'any' },
  aggregates: { type: 'any' },
} as const;

/** The statistics of `describe`. */
const DESCRIBED = ['count', 'nullCount', 'mean', 'std', 'min', 'max', 'median'];
/** The default statistics of `summary`. */
const SUMMARY = ['count', 'mean', 'std', 'min', '25%', '50%', '75%', 'max'];

/**
 * The verbs of a {@link DataFrame}.
 *
 * @hidden Its members are shown as those of `DataFrame`.
 *
 * @typeParam T - the type of a row
 */
export abstract class Verbs<T extends object = Row> {
  /** Applies a verb and returns the new DataFrame. */
  protected abstract derive<U extends object>(verb: Verb): DataFrame<U>;

  /** @internal This DataFrame. */
  protected abstract get self(): DataFrame<T>;

  // ---------------------------------------------------------------- columns

  /**
   * Selects columns and expressions. A string is the exact name of a column; `'*'` is all columns. With an aggregate, the
   * result is one row over all rows, as in SQL.
   *
   * @throws BallistaError `SCHEMA` for an unknown column, `PLAN` for types that do not fit, for two results with the same name
   * and for a column next to an aggregate, `INVALID_ARGUMENT`, `CLOSED`
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
   * Selects SQL expressions; `'*'` is all columns.
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
   * Adds a column, or replaces the column of that name; a string is SQL.
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
   * Adds columns, or replaces columns of the same names. All expressions use the original columns.
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
   * Renames columns. All names change at once, so two columns can swap names.
   *
   * @param names - the new names by old name
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
   * Removes columns. An unknown name is an error.
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
   * Casts columns to other types. Other columns stay unchanged.
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
   * Adds the results of window functions as columns, after the existing ones.
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
   * Names the DataFrame, so that `col(name, relation)` and SQL can refer to its columns.
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
   * Groups and aggregates rows.
   *
   * @param groupBy - column names, or expressions; `[]` for one group of all rows
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
   * Groups rows; call `.agg(…)` on the result. Without columns, all rows are one group.
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
   * Groups by all columns, then by all but the last, and so on, down to one group of all rows. From SQL's ROLLUP.
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
    if (sets.length === 0) throw invalid('groupingSets takes at least one set. The set [] puts all rows in one group.');
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
   * Turns columns into rows: one row for each row and column, with the column's name and value.
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
   * Statistics of every column, one row per statistic: `count`, `nullCount`, `mean`, `std`, `min`, `max`, `median`. All values
   * are strings because their types differ; a statistic that a column does not have is null. From DataFusion's
   * `DataFrame::describe`.
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
   * Like {@link describe}, with the given statistics: those of describe, and approximate percentiles such as `25%`. Default
   * `count`, `mean`, `std`, `min`, `25%`, `50%`, `75%`, `max`. From PySpark's `summary`.
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
   * Sorts rows. A column without a direction sorts ascending with nulls last, as in SQL.
   *
   * @throws BallistaError `SCHEMA`, `PLAN`, `INVALID_ARGUMENT`, `CLOSED`
   *
   * @example
   * ```ts
   * await df.sort(col('delay').desc(), 'origin').show(3);
   * ```
   */
  sort(...keys: SortKey[]): DataFrame<T> {
    if (keys.length === 0) throw invalid('sort takes at least one key.');
    return this.derive({ verb: 'sort', keys: keys.map((key, i) => toSortNode(key, `argument ${i + 1} of sort`)) });
  }

  /**
   * Skips `offset` rows and keeps the next `count`. Their sum is at most 2^32 - 1, because executors store it in 32 bits.
   *
   * @param count - the maximum number of rows
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
    // Above this, an executor would drop the upper bits and silently lose rows.
    if (offset + count > MOST_ROWS)
      throw invalid(`limit: the sum of count and offset must be at most ${MOST_ROWS} (2^32 - 1).`);
    return this.derive({ verb: 'limit', skip: offset, fetch: count });
  }

  /**
   * Skips the first rows, at most 2^32 - 1.
   *
   * @throws BallistaError `INVALID_ARGUMENT`, `CLOSED`
   */
  offset(count: number): DataFrame<T> {
    checkCount(count, 'offset');
    if (count > MOST_ROWS) throw invalid(`offset must be at most ${MOST_ROWS} (2^32 - 1).`);
    return this.derive({ verb: 'limit', skip: count });
  }

  /**
   * The first rows, 5 by default.
   *
   * @throws BallistaError `INVALID_ARGUMENT`, `CLOSED`
   */
  head(rows = 5): DataFrame<T> {
    return this.limit(rows);
  }

  /**
   * Removes duplicate rows.
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
   * Keeps one row for each distinct key: the first in the order of `sort`, or any. From PostgreSQL's DISTINCT ON.
   *
   * @param on - the keys
   * @param select - the columns to keep
   * @param sort - the order that determines the first row; must begin with the keys
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
   * Keeps a random sample of about the given fraction of the rows. Every run gives a different sample.
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
        `sample takes a fraction from 0 to 1, not ${typeof fraction === 'number' ? fraction : describe(fraction)}.`,
      );
    return this.derive({ verb: 'sample', fraction });
  }

  /**
   * Replaces nulls. Without `subset`, fills all columns that the value fits; a column named in `subset` must fit.
   *
   * @param subset - the columns to fill; default all
   * @throws BallistaError `SCHEMA`, `PLAN` if the value does not fit, `INVALID_ARGUMENT`, `CLOSED`
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
   * Replaces NaN in floating-point columns.
   *
   * @param subset - the columns to fill; default all
   * @throws BallistaError `SCHEMA`, `INVALID_ARGUMENT`, `CLOSED`
   */
  fillNan(value: number, subset?: string | readonly string[]): DataFrame<T> {
    if (typeof value !== 'number') throw invalid(`fillNan takes a number, not ${describe(value)}.`);
    const literal = toLiteral(value, 'the value of fillNan');
    return this.derive({ verb: 'fillNan', value: literal, columns: toOptionalNames(subset, 'the subset of fillNan') });
  }

  /**
   * Removes rows with nulls.
   *
   * @param subset - the columns to check; default all
   * @param how - `'any'`: one null is enough; `'all'`: all must be null. Default `'any'`
   * @throws BallistaError `SCHEMA`, `INVALID_ARGUMENT`, `CLOSED`
   */
  dropNull(subset?: string | readonly string[], how: 'any' | 'all' = 'any'): DataFrame<T> {
    if (how !== 'any' && how !== 'all') throw invalid(`dropNull: how must be 'any' or 'all', not ${describe(how)}.`);
    const columns = toOptionalNames(subset, 'the subset of dropNull');
    return this.derive(how === 'any' ? { verb: 'dropNull', columns } : { verb: 'dropNull', columns, atLeast: 1 });
  }

  /**
   * Turns each list element into a row, and each struct field into a column.
   *
   * @param columns - list or struct columns; several lists are unnested side by side
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
        if (!Array.isArray(recursion))
          throw invalid('unnestColumns: each of the recursions must be an array [column, output, depth].');
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
   * Joins with another DataFrame of the same context, on equal columns.
   *
   * @param on - column names that both sides have, or `{ left, right }`
   * @param how - the join type; default `'inner'`
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
    frames.of(right, 'the other side of join');
    return this.derive({ verb: 'join', frame: right, how, ...toJoinColumns(on), mergeKeys: coalesceDuplicateKeys });
  }

  /**
   * Joins with another DataFrame of the same context, on expressions. If both sides have columns of the same name and alias,
   * refer to them as `col(name, 'left')` and `col(name, 'right')`.
   *
   * @param on - one or more expressions, all of which must be true; a string is SQL
   * @param how - the join type; default `'inner'`
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
    frames.of(right, 'the other side of joinOn');
    const predicates = toSql(toList(on), 'joinOn');
    if (predicates.length === 0)
      throw invalid('joinOn takes at least one expression. To combine every row with every other row, use crossJoin.');
    return this.derive({ verb: 'joinOn', frame: right, how, predicates });
  }

  /**
   * Combines every row with every row of the other DataFrame.
   *
   * @throws BallistaError `INVALID_ARGUMENT`, `CLOSED`
   */
  crossJoin<U extends object = Row>(right: Other): DataFrame<U> {
    frames.of(right, 'the other side of crossJoin');
    return this.derive({ verb: 'joinOn', frame: right, how: 'inner', predicates: [] });
  }

  /**
   * The rows of both DataFrames, which must have the same columns; `distinct` removes duplicates.
   *
   * @throws BallistaError `PLAN` if the columns differ, `INVALID_ARGUMENT`, `CLOSED`
   *
   * @example
   * ```ts
   * const early = df.filter('delay < -60');
   * const late = df.filter('delay > 600');
   * console.log(await early.union(late).count());
   * ```
   */
  union(other: Other, distinct = false): DataFrame<T> {
    frames.of(other, 'the other side of union');
    return this.derive({ verb: 'union', frame: other, distinct, byName: false });
  }

  /**
   * Like {@link union}, but matches columns by name. A column that one side does not have is null there.
   *
   * @throws BallistaError `PLAN`, `INVALID_ARGUMENT`, `CLOSED`
   */
  unionByName(other: Other, distinct = false): DataFrame<T> {
    frames.of(other, 'the other side of unionByName');
    return this.derive({ verb: 'union', frame: other, distinct, byName: true });
  }

  /**
   * The rows that both DataFrames have; `distinct` removes duplicates.
   *
   * @throws BallistaError `PLAN` if the columns differ, `INVALID_ARGUMENT`, `CLOSED`
   */
  intersect(other: Other, distinct = false): DataFrame<T> {
    frames.of(other, 'the other side of intersect');
    return this.derive({ verb: 'intersect', frame: other, distinct });
  }

  /**
   * The rows that the other DataFrame does not have, without duplicates. From SQL's EXCEPT.
   *
   * @throws BallistaError `PLAN` if the columns differ, `INVALID_ARGUMENT`, `CLOSED`
   */
  except(other: Other): DataFrame<T> {
    return this.exceptAll(other, true);
  }

  /**
   * The rows that the other DataFrame does not have; `distinct` removes duplicates. From SQL's EXCEPT ALL.
   *
   * @throws BallistaError `PLAN` if the columns differ, `INVALID_ARGUMENT`, `CLOSED`
   */
  exceptAll(other: Other, distinct = false): DataFrame<T> {
    frames.of(other, 'the other side of except');
    return this.derive({ verb: 'except', frame: other, distinct });
  }

  // ---------------------------------------------------------------- the rest

  /**
   * Distributes the rows evenly over the given number of partitions.
   *
   * @throws BallistaError `INVALID_ARGUMENT`, `CLOSED`
   */
  repartition(partitions: number): DataFrame<T> {
    checkCount(partitions, 'repartition', 1);
    return this.derive({ verb: 'repartition', count: partitions, by: [] });
  }

  /**
   * Distributes the rows by hash over the given number of partitions. Rows with equal keys are in the same partition.
   *
   * @throws BallistaError `SCHEMA`, `PLAN`, `INVALID_ARGUMENT`, `CLOSED`
   */
  repartitionByHash(keys: ExprLike | readonly ExprLike[], partitions: number): DataFrame<T> {
    checkCount(partitions, 'repartitionByHash', 1);
    const by = toKeys(toList(keys), 'the keys of repartitionByHash');
    if (by.length === 0) throw invalid('repartitionByHash takes at least one key.');
    return this.derive({ verb: 'repartition', count: partitions, by });
  }

  /**
   * Sets the values of placeholders: `placeholder('$1')`, or `$1` in SQL text.
   *
   * @throws BallistaError `PLAN`, `INVALID_ARGUMENT`, `CLOSED`
   */
  withParamValues(params: Params): DataFrame<T> {
    return this.derive({ verb: 'params', params: toParamsNative(params) });
  }

  /**
   * Calls a function with this DataFrame and returns its result, so that custom steps can be chained.
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
    if (typeof func !== 'function') throw invalid(`transform takes a function, not ${describe(func)}.`);
    return func(this.self, ...args);
  }

  /**
   * The same DataFrame with another row type, at compile time only.
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

/** Like {@link toColumns}, for keys, where `'*'` is not allowed. */
function toKeys(columns: readonly ExprLike[], where: string): ExprNode[] {
  return columns.map((column, i) => toKeyNode(column, `argument ${i + 1} of ${where}`));
}

function toSql(exprs: readonly ExprLike[], where: string): ExprNode[] {
  return exprs.map((expr, i) => toSqlNode(expr, `argument ${i + 1} of ${where}`));
}

function groupingSet(form: 'rollup' | 'cube' | 'sets', lists: ExprNode[][]): ExprNode {
  return node({ kind: 'groupingSet', form, lists });
}
