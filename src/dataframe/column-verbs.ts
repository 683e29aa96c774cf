/**
 * The verbs that choose, compute and name columns.
 *
 * @module
 */

import { type TypeLike, toTypeName } from '../arrow/type-name.js';
import type { Row } from '../arrow/values/values.js';
import { type ExprLike, type Several, several, toSqlNode } from '../expr/coerce.js';
import type { Expr } from '../expr/expr.js';
import { node } from '../expr/node/node.js';
import { toEntries } from '../input/entries.js';
import { checkName } from '../input/name.js';
import type { DataFrame } from './dataframe.js';
import { FrameBase } from './frame-base.js';
import type { ColumnName, ColumnOf, NewColumnOf, WithColumn } from './row-types.js';
import { toColumns, toNames, toSql } from './verb-arguments.js';

/** The verbs of a {@link DataFrame} that choose, compute and name columns. */
export abstract class ColumnVerbs<T extends object = Row> extends FrameBase<T> {
  // ---------------------------------------------------------------- columns

  /**
   * Selects columns and expressions. A string is the exact name of a column; `'*'` is all columns. With an aggregate, the
   * result is one row over all rows, as in SQL. With only names of a typed row, the result keeps their types. A name that a typed
   * row does not have is a compile error; for a column that the type leaves out, write `col('name')`.
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
  select<K extends ColumnOf<T>>(...columns: Several<K>): DataFrame<Pick<T, K>>;
  select<U extends object = Row, S extends string = string>(
    ...columns: Several<ColumnName<T, S> | '*' | Expr>
  ): DataFrame<U>;
  select<U extends object = Row>(...columns: Several<ExprLike>): DataFrame<U> {
    return this.derive({ verb: 'select', exprs: toColumns(several(columns), 'select') });
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
  selectExprs<U extends object = Row>(...exprs: Several<string>): DataFrame<U> {
    const nodes = several(exprs).map((expr, i) =>
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
  filter(...predicates: Several<ExprLike>): DataFrame<T> {
    return this.derive({ verb: 'filter', predicates: toSql(several(predicates), 'filter') });
  }

  /**
   * Adds a column, or replaces the column of that name; a string is SQL. A typed row keeps the types of its other columns; the new
   * one is `unknown`.
   *
   * @throws BallistaError `SCHEMA`, `PLAN`, `SQL_PARSE`, `INVALID_ARGUMENT`, `CLOSED`
   *
   * @example
   * ```ts
   * const hours = df.withColumn('hours', col('delay').div(lit(60, 'Float64'))).select('delay', 'hours');
   * await hours.show(3);
   * ```
   */
  withColumn<N extends NewColumnOf<T>>(name: N, expr: ExprLike): DataFrame<WithColumn<T, N>>;
  withColumn<U extends object = Row>(name: string, expr: ExprLike): DataFrame<U>;
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
   * Removes columns. An unknown name is an error. The result of a typed row keeps the types of the other columns.
   *
   * @throws BallistaError `SCHEMA`, `PLAN`, `INVALID_ARGUMENT`, `CLOSED`
   *
   * @example
   * ```ts
   * console.log(df.drop('date', 'distance').schema().fields.length); // 3
   * ```
   */
  drop<K extends ColumnOf<T>>(...columns: Several<K>): DataFrame<Omit<T, K>>;
  drop<U extends object = Row, S extends string = string>(...columns: Several<ColumnName<T, S>>): DataFrame<U>;
  drop<U extends object = Row>(...columns: Several<string>): DataFrame<U> {
    return this.derive({ verb: 'drop', columns: toNames(several(columns), 'the columns of drop') });
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
  window<U extends object = Row>(...exprs: Several<ExprLike>): DataFrame<U> {
    return this.derive({ verb: 'window', exprs: toSql(several(exprs), 'window') });
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
}
