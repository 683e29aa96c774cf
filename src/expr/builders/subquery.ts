/**
 * Subqueries: DataFrames inside expressions.
 *
 * @module
 */

import { type TypeLike, toTypeName } from '../../arrow/type-name.js';
import { toBoolean, toName, toSubquery } from '../coerce.js';
import { Expr } from '../expr.js';
import type { Subquery } from '../node/node.js';

/**
 * Whether a DataFrame has at least one row: `EXISTS (SELECT …)`. From DataFusion's `Expr::Exists`.
 *
 * @param frame - a DataFrame of the same context; refer to columns of the outer query with {@link outerRef}
 * @throws BallistaError `INVALID_ARGUMENT`
 *
 * @example
 * ```ts
 * import { BallistaSessionContext, col, exists, outerRef } from 'ballista';
 *
 * const ctx = await BallistaSessionContext.standalone();
 * const people = await ctx.fromRows([{ id: 1, name: 'Ada' }, { id: 2, name: 'Bob' }]);
 * const visits = await ctx.fromRows([{ person: 1, day: 'Mon' }]);
 * const theirs = visits.filter(col('person').eq(outerRef('id', 'Int64', 'p')));
 * console.log(await people.alias('p').filter(exists(theirs)).select('name').toArray()); // [ { name: 'Ada' } ]
 * await ctx.close();
 * ```
 */
export function exists(frame: Subquery, negated = false): Expr {
  const negate = toBoolean(negated, 'exists: negated');
  return new Expr({ kind: 'exists', frame: toSubquery(frame, 'the subquery of exists'), negated: negate });
}

/**
 * The single value of a DataFrame with one column and at most one row: `(SELECT …)`. Null if it has no row. From
 * DataFusion's `Expr::ScalarSubquery`.
 *
 * @param frame - a DataFrame of the same context; refer to columns of the outer query with {@link outerRef}
 * @throws BallistaError `INVALID_ARGUMENT`
 *
 * @example
 * ```ts
 * import { col, f, scalarSubquery } from 'ballista';
 *
 * const mean = df.aggregate([], f.avg(col('delay')).alias('mean'));
 * console.log(await df.filter(col('delay').gt(scalarSubquery(mean))).count());
 * ```
 */
export function scalarSubquery(frame: Subquery): Expr {
  return new Expr({ kind: 'scalarSubquery', frame: toSubquery(frame, 'the subquery of scalarSubquery') });
}

/**
 * A column of the outer query, for use inside a subquery. {@link exists} has an example. From DataFusion's
 * `Expr::OuterReferenceColumn`.
 *
 * @param type - the Arrow type, which the subquery cannot infer
 * @param relation - the table or alias of the column. Required if the subquery has a column of the same name; it must then
 * differ from the relation there (`df.alias('outer')` sets one)
 * @throws BallistaError `INVALID_ARGUMENT`
 */
export function outerRef(name: string, type: TypeLike, relation?: string): Expr {
  return new Expr({
    kind: 'outer',
    name: toName(name, 'the name of outerRef', 'the name of a column'),
    dataType: toTypeName(type, 'the type of outerRef'),
    ...(relation !== undefined && { relation: toName(relation, 'the relation of outerRef', 'the name of a table') }),
  });
}
