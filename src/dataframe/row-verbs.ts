/**
 * The verbs that sort, choose and change rows.
 *
 * @module
 */

import type { Row } from '../arrow/values/values.js';
import { invalid } from '../errors.js';
import { type Several, type SortKey, several, toList, toSortNode } from '../expr/coerce.js';
import type { Expr } from '../expr/expr.js';
import { type ParamValue, toLiteral } from '../expr/param-value.js';
import { describe } from '../input/describe.js';
import { checkName } from '../input/name.js';
import { resolve } from '../input/settings.js';
import type { DataFrame } from './dataframe.js';
import { GroupVerbs } from './group-verbs.js';
import type { ColumnName } from './row-types.js';
import { checkCount, MOST_ROWS, toColumns, toKeys, toNames, toOptionalNames } from './verb-arguments.js';

/** Options of `unnestColumns`. */
export interface UnnestOptions {
  /** Whether a row with a null list is kept, with null. A row with an empty list is never kept. Default `true`. */
  preserveNulls?: boolean;
  /** For nested lists: how many levels of a column to unnest, and the name of the result. */
  recursions?: readonly (readonly [column: string, output: string, depth: number])[];
}

const UNNEST_SETTINGS = {
  preserveNulls: { type: 'boolean', default: true },
  recursions: { type: 'any' },
} as const;

/** The verbs of a {@link DataFrame} that sort, choose and change rows. */
export abstract class RowVerbs<T extends object = Row> extends GroupVerbs<T> {
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
  sort(...keys: Several<SortKey>): DataFrame<T> {
    const list = several(keys);
    if (list.length === 0) throw invalid('sort takes at least one key.');
    return this.derive({ verb: 'sort', keys: list.map((key, i) => toSortNode(key, `argument ${i + 1} of sort`)) });
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
  distinctOn<U extends object = Row, S extends string = string>(
    on: ColumnName<T, S> | Expr | readonly (ColumnName<T, S> | Expr)[],
    select: ColumnName<T, S> | '*' | Expr | readonly (ColumnName<T, S> | '*' | Expr)[],
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
  fillNull<S extends string = string>(
    value: ParamValue,
    subset?: ColumnName<T, S> | readonly ColumnName<T, S>[],
  ): DataFrame<T> {
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
  fillNan<S extends string = string>(
    value: number,
    subset?: ColumnName<T, S> | readonly ColumnName<T, S>[],
  ): DataFrame<T> {
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
  dropNull<S extends string = string>(
    subset?: ColumnName<T, S> | readonly ColumnName<T, S>[],
    how: 'any' | 'all' = 'any',
  ): DataFrame<T> {
    if (how !== 'any' && how !== 'all') {
      const several = typeof how === 'string' ? ' To check several columns, pass an array.' : '';
      throw invalid(`dropNull: how must be 'any' or 'all', not ${describe(how)}.${several}`);
    }
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
  unnestColumns<U extends object = Row, S extends string = string>(
    columns: ColumnName<T, S> | readonly ColumnName<T, S>[],
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
}
