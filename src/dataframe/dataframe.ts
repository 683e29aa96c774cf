/**
 * DataFrames: lazy queries. Verbs build them, actions run them.
 *
 * @module
 */

import type { RecordBatch, Schema } from 'apache-arrow';

import { readSchema } from '../arrow/ipc/decode.js';
import { schemaText, type TypeName, typeName } from '../arrow/type-name.js';
import type { Row } from '../arrow/values/values.js';
import type { NativeDataFrame } from '../binding.cjs';
import { CatalogTable } from '../catalog/catalog-table.js';
import { invalid } from '../errors.js';
import { outerRef } from '../expr/builders/subquery.js';
import { toSqlNode } from '../expr/coerce.js';
import { col, Expr } from '../expr/expr.js';
import { describe } from '../input/describe.js';
import { checkName } from '../input/name.js';
import { callSync } from '../native.js';
import { forwardMethods } from './pending.js';
import { Plans } from './plans.js';

/**
 * A query that has not run. Verbs (`select`, `filter`, …) check their arguments against the schema and return a new DataFrame
 * immediately. Actions (`collect`, `show`, `toArray`, …) run the query: on the cluster, or in this process for a session made
 * by `SessionContext.local()`. Immutable, and never a promise. From DataFusion's `DataFrame`.
 *
 * @typeParam T - the type of a row, for row actions; not checked at run time
 *
 * @example
 * ```ts
 * import { BallistaSessionContext, col } from 'ballista';
 *
 * const ctx = await BallistaSessionContext.standalone();
 * const df = await ctx.fromColumns({ a: [1, 2, 3], b: [4, 5, 6] });
 * await df.select(col('a').add(col('b')).alias('sum')).show();
 * await ctx.close();
 * ```
 */
export class DataFrame<out T extends object = Row> extends Plans<T> implements AsyncIterable<RecordBatch> {
  #schema: Schema | undefined;

  // ---------------------------------------------------------------- what it is

  /**
   * The schema of the result. Reading it runs nothing and works after the context is closed.
   *
   * @example
   * ```ts
   * console.log(df.schema().fields.map(({ name }) => name)); // [ 'date', 'delay', 'distance', 'origin', 'destination' ]
   * ```
   */
  schema(): Schema {
    this.#schema ??= readSchema(callSync(() => this.native.schema()));
    return this.#schema;
  }

  /**
   * The names of the columns. From PySpark's `DataFrame.columns`.
   *
   * @example
   * ```ts
   * console.log(df.columns); // [ 'date', 'delay', 'distance', 'origin', 'destination' ]
   * ```
   */
  get columns(): string[] {
    return this.schema().fields.map(({ name }) => name);
  }

  /**
   * The names of the columns with the names of their Arrow types. From PySpark's `DataFrame.dtypes`.
   *
   * @example
   * ```ts
   * console.log(df.select('origin', 'delay').dtypes); // [ [ 'origin', 'LargeUtf8' ], [ 'delay', 'Int64' ] ]
   * ```
   */
  get dtypes(): [name: string, type: TypeName][] {
    return this.schema().fields.map(({ name, type }) => [name, typeName(type) as TypeName]);
  }

  /**
   * A column of this DataFrame, qualified with its table or alias, for use in joins. From DataFusion's
   * `DataFrame::find_qualified_columns`.
   *
   * @throws BallistaError `SCHEMA` for an unknown column, `INVALID_ARGUMENT`
   *
   * @example
   * ```ts
   * console.log(String(df.alias('f').column('delay'))); // f.delay
   * ```
   */
  column(name: string): Expr {
    const { relation } = this.#column(name);
    return col(name, relation);
  }

  /**
   * Several columns; see {@link column}.
   *
   * @throws BallistaError `SCHEMA` for an unknown column, `INVALID_ARGUMENT`
   */
  findQualifiedColumns(...names: string[]): Expr[] {
    return names.map((name) => this.column(name));
  }

  /**
   * A column of this DataFrame for use inside a subquery, which then depends on the outer row (a correlated subquery). From
   * DataFusion's `out_ref_col`.
   *
   * @throws BallistaError `SCHEMA` for an unknown column, `INVALID_ARGUMENT`
   *
   * @example
   * ```ts
   * import { exists } from 'ballista';
   *
   * const f1 = df.alias('f1');
   * const later = df.alias('f2').filter(col('origin').eq(f1.outerColumn('origin')), col('delay').gt(1000));
   * console.log(await f1.filter(exists(later)).select('origin').distinct().count());
   * ```
   */
  outerColumn(name: string): Expr {
    const { relation, dataType } = this.#column(name);
    return outerRef(name, dataType, relation);
  }

  /**
   * Parses SQL text as an expression over the columns of this DataFrame.
   *
   * @throws BallistaError `SQL_PARSE`, `SCHEMA`, `PLAN`, `INVALID_ARGUMENT`
   *
   * @example
   * ```ts
   * console.log(String(df.parseSqlExpr('delay > 60').not())); // NOT (delay > 60)
   * ```
   */
  parseSqlExpr(text: string): Expr {
    const parsed = toSqlNode(text, 'the text of parseSqlExpr');
    callSync(() => this.native.parseSqlExpr(text));
    return new Expr(parsed);
  }

  /**
   * The query as a view, which can be registered under a name. From DataFusion's `DataFrame::into_view`.
   *
   * @param temporary - whether {@link CatalogTable.kind} is temporary; default `false`
   * @throws BallistaError `INVALID_ARGUMENT`, `CLOSED`
   *
   * @example
   * ```ts
   * ctx.registerTable('late', df.filter('delay > 600').intoView());
   * console.log(await (await ctx.table('late')).count());
   * ```
   */
  intoView(temporary = false): CatalogTable {
    if (typeof temporary !== 'boolean')
      throw invalid(`intoView: temporary must be true or false, not ${describe(temporary)}.`);
    this.session.assertOpen();
    return new CatalogTable(callSync(() => this.native.intoView(temporary)));
  }

  /** The columns and their types. Never runs anything. */
  override toString(): string {
    return `DataFrame { ${schemaText(this.schema())} }`;
  }

  /** @internal */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString();
  }

  // ---------------------------------------------------------------- inside

  protected override get self(): this {
    return this;
  }

  protected override make<U extends object>(native: NativeDataFrame): DataFrame<U> {
    return new DataFrame<U>(native, this.session);
  }

  #column(name: string): { relation?: string; dataType: TypeName } {
    checkName(name, 'the name of a column');
    const { relation, dataType } = JSON.parse(callSync(() => this.native.column(name))) as {
      relation: string | null;
      dataType: TypeName;
    };
    return relation === null ? { dataType } : { relation, dataType };
  }
}

forwardMethods(DataFrame);
