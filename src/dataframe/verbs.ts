/**
 * All verbs of a DataFrame: each checks its arguments against the schema and returns a new DataFrame, without running it.
 * Each family has a file of its own. A class has only one base class, so the families extend each other.
 *
 * @module
 */

import type { Row } from '../arrow/values/values.js';
import { invalid } from '../errors.js';
import { toList } from '../expr/coerce.js';
import type { Expr } from '../expr/expr.js';
import { describe } from '../input/describe.js';
import { type Params, toParamsNative } from '../sql/params.js';
import type { DataFrame } from './dataframe.js';
import type { ColumnName } from './row-types.js';
import { SetVerbs } from './set-verbs.js';
import { checkCount, toKeys } from './verb-arguments.js';

/**
 * The verbs of a {@link DataFrame}.
 *
 * @hidden Its members are shown as those of `DataFrame`.
 *
 * @typeParam T - the type of a row
 */
export abstract class Verbs<T extends object = Row> extends SetVerbs<T> {
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
  repartitionByHash<S extends string = string>(
    keys: ColumnName<T, S> | Expr | readonly (ColumnName<T, S> | Expr)[],
    partitions: number,
  ): DataFrame<T> {
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
}
