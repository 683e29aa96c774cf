/**
 * The verbs that group rows, or turn rows into columns and back.
 *
 * @module
 */

import type { Row } from '../arrow/values/values.js';
import { invalid } from '../errors.js';
import { type ExprLike, type Several, several, toList } from '../expr/coerce.js';
import { Expr } from '../expr/expr.js';
import { type ExprNode, type Literal, node } from '../expr/node/node.js';
import { checkName } from '../input/name.js';
import { resolve } from '../input/settings.js';
import { ColumnVerbs } from './column-verbs.js';
import type { DataFrame } from './dataframe.js';
import { GroupedData, type PivotValues } from './grouped.js';
import { type PendingDataFrame, pending } from './pending.js';
import type { ColumnName } from './row-types.js';
import { toKeys, toNames, toOptionalNames, toSql } from './verb-arguments.js';

/** Options of `pivot`. */
export interface PivotOptions {
  /** The columns to keep as rows: names, or expressions. */
  index: ExprLike | readonly ExprLike[];
  /** The column whose values become columns. */
  on: ExprLike;
  /**
   * The values to turn into columns; an object also gives the column names. Default: the distinct values of the column, sorted. A query
   * finds them first, so the result is then a promise.
   */
  values?: PivotValues;
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

/** The verbs of a {@link DataFrame} that group rows, or turn rows into columns and back. */
export abstract class GroupVerbs<T extends object = Row> extends ColumnVerbs<T> {
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
  aggregate<U extends object = Row, S extends string = string>(
    groupBy: ColumnName<T, S> | Expr | readonly (ColumnName<T, S> | Expr)[],
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
  groupBy<S extends string = string>(...groups: Several<ColumnName<T, S> | Expr>): GroupedData {
    return this.#grouped(toKeys(several(groups), 'groupBy'));
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
  rollup<S extends string = string>(...groups: Several<ColumnName<T, S> | Expr>): GroupedData {
    return this.#grouped([groupingSet('rollup', [toKeys(several(groups), 'rollup')])]);
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
  cube<S extends string = string>(...groups: Several<ColumnName<T, S> | Expr>): GroupedData {
    return this.#grouped([groupingSet('cube', [toKeys(several(groups), 'cube')])]);
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
  groupingSets<S extends string = string>(...sets: (readonly (ColumnName<T, S> | Expr)[])[]): GroupedData {
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
   * console.log(late.columns); // [ 'origin', 'SEA', 'JFK' ]
   *
   * const few = df.filter("destination IN ('SEA', 'JFK')");
   * console.log((await few.pivot({ index: 'origin', on: 'destination', aggregates: 'max(delay)' })).columns); // [ 'origin', 'JFK', 'SEA' ]
   * ```
   */
  pivot<U extends object = Row>(options: PivotOptions & { values: PivotValues }): DataFrame<U>;
  pivot<U extends object = Row>(options: PivotOptions & { values?: undefined }): PendingDataFrame<U>;
  pivot<U extends object = Row>(options: PivotOptions): DataFrame<U> | PendingDataFrame<U>;
  pivot<U extends object = Row>(options: PivotOptions): DataFrame<U> | PendingDataFrame<U> {
    const { index, on, values, aggregates } = resolve<PivotOptions>('pivot', PIVOT_SETTINGS, options);
    const groups = this.#grouped(toKeys(toList(index ?? []), 'the index of pivot'));
    const results = toSql(toList(aggregates), 'the aggregates of pivot').map((result) => new Expr(result));
    if (values !== undefined) return groups.pivot(on, values).agg<U>(results);
    return pending(async () => (await groups.pivot(on)).agg<U>(results));
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
  summary<U extends object = Row>(...statistics: Several<string>): DataFrame<U> {
    const names = several(statistics);
    for (const name of names) checkName(name, 'a statistic of summary');
    return this.derive({ verb: 'summary', statistics: names.length > 0 ? [...names] : SUMMARY });
  }

  #grouped(groups: ExprNode[]): GroupedData {
    return new GroupedData(
      (verb) => this.derive(verb),
      groups,
      (on) => this.distinctValues(on),
    );
  }

  /** @internal The distinct values of a column or an expression, sorted, with their texts. */
  protected abstract distinctValues(on: ExprLike): Promise<[Literal, string][]>;
}

function groupingSet(form: 'rollup' | 'cube' | 'sets', lists: ExprNode[][]): ExprNode {
  return node({ kind: 'groupingSet', form, lists });
}
