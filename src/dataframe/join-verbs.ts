/**
 * The verbs that join two DataFrames.
 *
 * @module
 */

import type { Row } from '../arrow/values/values.js';
import { frames } from '../engine/native-dataframe.js';
import { invalid } from '../errors.js';
import { type ExprLike, toList } from '../expr/coerce.js';
import { resolve } from '../input/settings.js';
import type { DataFrame } from './dataframe.js';
import { checkJoinType, JOIN_SETTINGS, type JoinOn, type JoinOptions, type JoinType, toJoinColumns } from './joins.js';
import { RowVerbs } from './row-verbs.js';
import { toSql } from './verb-arguments.js';

// biome-ignore lint/suspicious/noExplicitAny: the row type of another DataFrame does not matter (js-conventions, deep generics)
type Other = DataFrame<any>;

/** The verbs of a {@link DataFrame} that join it with another one. */
export abstract class JoinVerbs<T extends object = Row> extends RowVerbs<T> {
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
}
