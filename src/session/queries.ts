/**
 * The queries of a session: SQL, prepared statements and logical plans.
 *
 * @module
 */

import type { Row } from '../arrow/values/values.js';
import type { NativeSession } from '../binding.cjs';
import { CALL_SETTINGS, type CallOptions } from '../config/action-options.js';
import { DataFrame } from '../dataframe/dataframe.js';
import { nativeLogicalPlanOf } from '../engine/native-plan.js';
import type { SessionHandle } from '../engine/session-handle.js';
import { invalid } from '../errors.js';
import { describe } from '../input/describe.js';
import { resolve } from '../input/settings.js';
import type { LogicalPlan } from '../plan/logical-plan.js';
import { type Params, toParamsNative } from '../sql/params.js';
import { SqlQuery } from '../sql/sql-tag.js';
import { PreparedStatement } from './prepared-statement.js';
import { SessionTables } from './tables.js';

/** Options of {@link SessionContext.sql}. */
export interface SqlOptions extends CallOptions {
  /** Values for `$1`, `$2`, … (an array) or `$name` (an object). */
  params?: Params;
  /** Whether CREATE and DROP are allowed. Default `true`. */
  allowDdl?: boolean;
  /** Whether INSERT, UPDATE, DELETE, COPY and similar statements are allowed. Default `true`. */
  allowDml?: boolean;
  /** Whether SET and similar statements are allowed. Default `true`. */
  allowStatements?: boolean;
}

/** Options of {@link SessionContext.prepare}. */
export interface PrepareOptions extends CallOptions {
  /** Whether INSERT, UPDATE, DELETE, COPY and similar statements are allowed. Default `true`. */
  allowDml?: boolean;
}

const SQL_SETTINGS = {
  ...CALL_SETTINGS,
  params: { type: 'any' },
  allowDdl: { type: 'boolean', default: true },
  allowDml: { type: 'boolean', default: true },
  allowStatements: { type: 'boolean', default: true },
} as const;

const PREPARE_SETTINGS = {
  ...CALL_SETTINGS,
  allowDml: { type: 'boolean', default: true },
} as const;

/** The query methods of a {@link SessionContext}. */
export abstract class SessionQueries extends SessionTables {
  /** @internal What DataFrames use of the session. */
  protected abstract get handle(): SessionHandle;

  /** @internal Like {@link call}, for calls that the signal can abandon. */
  protected abstract callTask<R>(
    run: (session: NativeSession, task: number | undefined) => Promise<R>,
    signal?: AbortSignal,
  ): Promise<R>;

  // ---------------------------------------------------------------- SQL

  /**
   * Plans a query. Statements that change the session (CREATE, SET, …) take effect immediately. Queries, INSERT, UPDATE,
   * DELETE and COPY run when an action asks for the result.
   *
   * @param query - SQL text, or a query of the `sql` template tag, which sends values separately from the text
   * @throws BallistaError `SQL_PARSE`, `PLAN`, `SCHEMA`, `CONFIG`, `INVALID_ARGUMENT`, `CLOSED`
   *
   * @example
   * ```ts
   * import { BallistaSessionContext, sql } from 'ballista';
   *
   * const ctx = await BallistaSessionContext.standalone();
   * await ctx.registerRecordBatches('t', await (await ctx.fromColumns({ a: [1, 2, 3] })).collect());
   *
   * const positional = await ctx.sql('select a from t where a > $1', { params: [1] });
   * const named = await ctx.sql('select a from t where a > $least', { params: { least: 1 } });
   * const tagged = await ctx.sql(sql`select a from ${sql.ident('t')} where a > ${1}`);
   * console.log(await positional.count(), await named.count(), await tagged.count()); // 2 2 2
   * await ctx.close();
   * ```
   */
  async sql<T extends object = Row>(query: string | SqlQuery, options: SqlOptions = {}): Promise<DataFrame<T>> {
    const { signal, params, ...allowed } = resolve<
      Required<Omit<SqlOptions, 'params' | 'signal'>> & CallOptions & { params?: Params }
    >('sql', SQL_SETTINGS, options);
    const tagged = SqlQuery.is(query);
    if (!tagged && typeof query !== 'string')
      throw invalid(`sql takes SQL text or a query made with the sql tag, not ${describe(query)}.`);
    if (tagged && params !== undefined)
      throw invalid('sql: a query made with the sql tag contains its own values. Leave out params.');
    const values = tagged ? (query.values.length > 0 ? query.values : undefined) : params;
    const native = values === undefined ? allowed : { ...allowed, params: toParamsNative(values) };
    const text = tagged ? query.text : query;
    const frame = await this.callTask((session, task) => session.sql(text, native, task), signal);
    return new DataFrame<T>(frame, this.handle);
  }

  /**
   * Plans a query, INSERT, UPDATE or DELETE once, to run it many times with different parameters. Later runs skip parsing and
   * planning. {@link PreparedStatement} explains what happens when tables change.
   *
   * @param query - SQL text with `$1`, `$2`, … or `$name`, or a query of the `sql` tag without values
   * @throws BallistaError `SQL_PARSE`, `PLAN`, `SCHEMA`, `CLOSED`; `INVALID_ARGUMENT` for statements that return no rows
   * (CREATE, SET, …) and for a mix of numbered and named parameters
   *
   * @example
   * ```ts
   * import { SessionContext } from 'ballista';
   *
   * await using ctx = SessionContext.local();
   * await ctx.sql('create table t (id bigint, name varchar)');
   * const insert = await ctx.prepare('insert into t values ($1, $2)');
   * await (await insert.execute([1, 'Ada'])).collect();
   * await (await insert.execute([2, 'Bob'])).collect();
   *
   * const byId = await ctx.prepare('select name from t where id = $id');
   * console.log(await (await byId.execute({ id: 2 })).toArray()); // [ { name: 'Bob' } ]
   * ```
   */
  async prepare<T extends object = Row>(
    query: string | SqlQuery,
    options: PrepareOptions = {},
  ): Promise<PreparedStatement<T>> {
    const { signal, allowDml } = resolve<Required<Omit<PrepareOptions, 'signal'>> & CallOptions>(
      'prepare',
      PREPARE_SETTINGS,
      options,
    );
    const tagged = SqlQuery.is(query);
    if (!tagged && typeof query !== 'string')
      throw invalid(`prepare takes SQL text or a query made with the sql tag, not ${describe(query)}.`);
    if (tagged && query.values.length > 0)
      throw invalid('prepare takes a query without values. Write $1, $2, … and pass the values to execute.');
    const text = tagged ? query.text : query;
    const native = await this.callTask((session, task) => session.prepare(text, allowDml, task), signal);
    return new PreparedStatement<T>(native, text, this.handle);
  }

  /**
   * A DataFrame from a logical plan: the plan of another DataFrame, or one read from bytes or Substrait. Nothing runs yet.
   * From DataFusion's `SessionContext::execute_logical_plan`.
   *
   * @throws BallistaError `PLAN`, `INVALID_ARGUMENT`, `CLOSED`
   *
   * @example
   * ```ts
   * const again = await ctx.executeLogicalPlan(df.filter('delay > 600').logicalPlan());
   * console.log(await again.count());
   * ```
   */
  async executeLogicalPlan<T extends object = Row>(plan: LogicalPlan): Promise<DataFrame<T>> {
    const native = nativeLogicalPlanOf(plan, 'the plan of executeLogicalPlan');
    return new DataFrame<T>(
      this.callSync((session) => session.frame(native)),
      this.handle,
    );
  }
}
