/**
 * DataFrames as parts of expressions.
 *
 * @module
 */

import { type TypeLike, toTypeName } from '../arrow/type-name.js';
import { toBoolean, toName, toSubquery } from './coerce.js';
import { Expr } from './expr.js';
import type { Subquery } from './node.js';

/**
 * Whether a DataFrame has a row: `EXISTS (SELECT …)`. From DataFusion's `Expr::Exists`.
 *
 * @param frame - a DataFrame of the same context; its columns of the query around it are {@link outerRef}
 * @throws BallistaError `INVALID_ARGUMENT`
 */
export function exists(frame: Subquery, negated = false): Expr {
  const negate = toBoolean(negated, 'exists: negated');
  return new Expr({ kind: 'exists', frame: toSubquery(frame, 'the subquery of exists'), negated: negate });
}

/**
 * The value of a DataFrame of one column and at most one row: `(SELECT …)`; null where it has no row. From DataFusion's
 * `Expr::ScalarSubquery`.
 *
 * @param frame - a DataFrame of the same context; its columns of the query around it are {@link outerRef}
 * @throws BallistaError `INVALID_ARGUMENT`
 */
export function scalarSubquery(frame: Subquery): Expr {
  return new Expr({ kind: 'scalarSubquery', frame: toSubquery(frame, 'the subquery of scalarSubquery') });
}

/**
 * A column of the query around a subquery, for use inside of the subquery. From DataFusion's `Expr::OuterReferenceColumn`.
 *
 * @param type - its Arrow type, which the subquery cannot know
 * @param relation - the table or alias that has it
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
