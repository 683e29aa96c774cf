/**
 * The queries of a session: SQL, prepared statements and logical plans.
 *
 * @module
 */

import { CONVERT_SETTINGS, type ConvertOptions } from '../arrow/values/convert-options.js';
import type { Converted } from '../arrow/values/converted.js';
import type { Row } from '../arrow/values/values.js';
import type { NativeDataFrame, NativeSession } from '../binding.cjs';
import { ACTION_SETTINGS, type ActionOptions, CALL_SETTINGS, type CallOptions } from '../config/action-options.js';
import type { RowOptions } from '../dataframe/actions.js';
import { DataFrame } from '../dataframe/dataframe.js';
import { type PendingDataFrame, pending } from '../dataframe/pending.js';
import { callWatched, type Operation } from '../dataframe/progress/watched.js';
import { RecordBatchStream, toBatches } from '../dataframe/stream/record-batch-stream.js';
import { nativeLogicalPlanOf } from '../engine/native-plan.js';
import type { SessionHandle } from '../engine/session-handle.js';
import { invalid } from '../errors.js';
import { describe } from '../input/describe.js';
import { resolve } from '../input/settings.js';
import type { LogicalPlan } from '../plan/logical-plan.js';
import { type Params, toParamsNative } from '../sql/params.js';
import { SqlQuery } from '../sql/sql-tag.js';
import { done, PreparedStatement } from './prepared-statement.js';
import { SessionTables } from './tables.js';

/**
 * Options of {@link SessionContext.sql}. There, `onProgress` follows a statement that changes something. A query is lazy, so give
 * `onProgress` to the action that runs it.
 */
export interface SqlOptions extends ActionOptions {
  /** Values for `$1`, `$2`, … (an array) or `$name` (an object). */
  params?: Params;
  /** Whether CREATE and DROP are allowed. Default `true`. */
  allowDdl?: boolean;
  /** Whether INSERT, UPDATE, DELETE, COPY and similar statements are allowed. Default `true`. */
  allowDml?: boolean;
  /** Whether SET and similar statements are allowed. Default `true`. */
  allowStatements?: boolean;
}

/** Options of {@link SessionContext.query}. */
export interface QueryOptions extends SqlOptions, ConvertOptions {}

/** Options of {@link SessionContext.prepare}. */
export interface PrepareOptions extends CallOptions {
  /** Whether INSERT, UPDATE, DELETE, COPY and similar statements are allowed. Default `true`. */
  allowDml?: boolean;
}

const SQL_SETTINGS = {
  ...ACTION_SETTINGS,
  params: { type: 'any' },
  allowDdl: { type: 'boolean', default: true },
  allowDml: { type: 'boolean', default: true },
  allowStatements: { type: 'boolean', default: true },
} as const;

const QUERY_SETTINGS = { ...SQL_SETTINGS, ...CONVERT_SETTINGS };

const PREPARE_SETTINGS = {
  ...CALL_SETTINGS,
  allowDml: { type: 'boolean', default: true },
} as const;

type CheckedSqlOptions = Required<Omit<SqlOptions, 'params' | keyof ActionOptions>> &
  ActionOptions & { params?: Params | undefined };

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
   * Plans a query, or runs a statement. A query (SELECT, VALUES, …) is lazy: it runs when an action asks for its rows. A statement
   * that changes something (INSERT, UPDATE, DELETE, COPY, CREATE, DROP, SET, …) runs at once and has ended when the promise is
   * fulfilled. Of INSERT, UPDATE, DELETE and COPY, the DataFrame holds the number of rows in the column `count`.
   *
   * The promise also has the methods of the DataFrame: `await ctx.sql('select 1').toArray()`. See {@link PendingDataFrame}.
   *
   * @param query - SQL text, or a query of the `sql` template tag, which sends values separately from the text
   * @throws BallistaError `SQL_PARSE`, `PLAN`, `SCHEMA`, `CONFIG`, `INVALID_ARGUMENT`, `CLOSED`; for a statement that changes
   * something also the errors of actions, such as `JOB_FAILED`, and the reason of the signal after an abort
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
   *
   * await ctx.sql('insert into t values (4)');
   * console.log(await ctx.sql('select max(a) as a from t').toArray()); // [ { a: 4n } ]
   * await ctx.close();
   * ```
   */
  sql<T extends object = Row>(query: string | SqlQuery, options: SqlOptions = {}): PendingDataFrame<T> {
    return pending(async () => {
      const given = resolve<CheckedSqlOptions>('sql', SQL_SETTINGS, options);
      const since = this.handle.tracing.now();
      return this.#done<T>(await this.#plan('sql', query, given), { operation: 'sql', since }, given);
    });
  }

  /**
   * Runs a query and returns its rows as plain objects: {@link sql} and `toArray` in one call. A statement that changes something
   * returns one row with its `count`, or no row.
   *
   * The overloads give rows the types that the options make of them, as {@link Converted} does: TypeScript does not infer the type
   * of the options where `T` is explicit.
   *
   * @param query - as for {@link sql}
   * @typeParam T - the type of a row without the options, but with the `convert` of the session; not checked at run time
   * @throws BallistaError as {@link sql} and {@link DataFrame.toArray}
   *
   * @example
   * ```ts
   * const least = 600;
   * const rows = await ctx.query<{ n: bigint }>('select count(*) as n from flights where delay > $1', { params: [least] });
   * console.log(rows); // [ { n: 272n } ]
   * console.log(await ctx.query(sql`select count(*) as n from flights where delay > ${least}`, { int64: 'number' })); // [ { n: 272 } ]
   * ```
   */
  query<T extends object = Row>(
    query: string | SqlQuery,
    options: QueryOptions & { json: true; int64: 'number' },
  ): Promise<Converted<T, { json: true; int64: 'number' }>[]>;
  query<T extends object = Row>(
    query: string | SqlQuery,
    options: QueryOptions & { json: true },
  ): Promise<Converted<T, { json: true }>[]>;
  query<T extends object = Row>(
    query: string | SqlQuery,
    options: QueryOptions & { date: 'string'; timestamp: 'string'; int64: 'number' },
  ): Promise<Converted<T, { date: 'string'; timestamp: 'string'; int64: 'number' }>[]>;
  query<T extends object = Row>(
    query: string | SqlQuery,
    options: QueryOptions & { date: 'string'; timestamp: 'string'; int64: 'string' },
  ): Promise<Converted<T, { date: 'string'; timestamp: 'string'; int64: 'string' }>[]>;
  query<T extends object = Row>(
    query: string | SqlQuery,
    options: QueryOptions & { date: 'string'; timestamp: 'string' },
  ): Promise<Converted<T, { date: 'string'; timestamp: 'string' }>[]>;
  query<T extends object = Row>(
    query: string | SqlQuery,
    options: QueryOptions & { int64: 'number' },
  ): Promise<Converted<T, { int64: 'number' }>[]>;
  query<T extends object = Row>(
    query: string | SqlQuery,
    options: QueryOptions & { int64: 'string' },
  ): Promise<Converted<T, { int64: 'string' }>[]>;
  query<T extends object = Row>(query: string | SqlQuery, options?: QueryOptions): Promise<T[]>;
  async query<T extends object>(query: string | SqlQuery, options?: QueryOptions): Promise<T[]> {
    const given = resolve<CheckedSqlOptions & ConvertOptions>('query', QUERY_SETTINGS, options);
    const { params, allowDdl, allowDml, allowStatements, ...rows } = given;
    const planned = { params, allowDdl, allowDml, allowStatements, signal: rows.signal };
    const frame = new DataFrame<T>(await this.#plan('query', query, planned), this.handle);
    return frame.toArray<RowOptions>(rows);
  }

  /**
   * Runs a statement that changes something, and returns how many rows it has inserted, updated, deleted or written. The number
   * is 0 for statements that do not count rows, such as CREATE and SET.
   *
   * @param statement - as the query of {@link sql}
   * @throws BallistaError `INVALID_ARGUMENT` for a query, which {@link query} runs; otherwise as {@link sql}
   *
   * @example
   * ```ts
   * await ctx.execute('create table late as select origin, delay from flights where delay > 600');
   * console.log(await ctx.execute("delete from late where origin = 'ORD'"), await ctx.table('late').count());
   * ```
   */
  async execute(statement: string | SqlQuery, options: SqlOptions = {}): Promise<number> {
    const given = resolve<CheckedSqlOptions>('execute', SQL_SETTINGS, options);
    const frame = await this.#plan('execute', statement, given);
    const { kind } = frame;
    if (kind === 'done') return 0;
    if (kind !== 'count')
      throw invalid('execute runs statements that change something. Run a query with query() or sql().');
    const { signal, onProgress } = given;
    const batches = await toBatches(new RecordBatchStream(frame, this.handle, 'execute', { signal, onProgress }));
    const counts = batches.flatMap((batch) => [...(batch.getChild('count') ?? [])]);
    return counts.reduce((sum: number, count) => sum + Number(count), 0);
  }

  /**
   * Plans a query, INSERT, UPDATE or DELETE once, to run it many times with different parameters. Later runs skip parsing and
   * planning. {@link PreparedStatement} explains what happens when tables change.
   *
   * @param query - SQL text with `$1`, `$2`, … or `$name`, or a query of the `sql` tag without values
   * @throws BallistaError `SQL_PARSE`, `PLAN`, `SCHEMA`, `CLOSED`; `INVALID_ARGUMENT` for statements that return no rows
   * (CREATE, SET, …) and for a mix of numbered and named parameters; the reason of the signal after an abort
   *
   * @example
   * ```ts
   * import { SessionContext } from 'ballista';
   *
   * const ctx = SessionContext.local();
   * await ctx.sql('create table t (id bigint, name varchar)');
   * const insert = await ctx.prepare('insert into t values ($1, $2)');
   * await insert.execute([1, 'Ada']);
   * await insert.execute([2, 'Bob']);
   *
   * const byId = await ctx.prepare('select name from t where id = $id');
   * console.log(await byId.execute({ id: 2 }).toArray()); // [ { name: 'Bob' } ]
   * await ctx.close();
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
   * A DataFrame from a logical plan: the plan of another DataFrame, or one read from bytes or Substrait. As with {@link sql}, a
   * query is lazy, and a statement that changes something runs at once. From DataFusion's `SessionContext::execute_logical_plan`.
   *
   * @throws BallistaError `PLAN`, `INVALID_ARGUMENT`, `CLOSED`; for a statement that changes something also the errors of actions,
   * such as `JOB_FAILED`
   *
   * @example
   * ```ts
   * const again = await ctx.executeLogicalPlan(df.filter('delay > 600').logicalPlan());
   * console.log(await again.count());
   * ```
   */
  executeLogicalPlan<T extends object = Row>(plan: LogicalPlan): PendingDataFrame<T> {
    return pending(async () => {
      const native = nativeLogicalPlanOf(plan, 'the plan of executeLogicalPlan');
      const frame = this.callSync((session) => session.frame(native));
      return this.#done<T>(frame, { operation: 'executeLogicalPlan' });
    });
  }

  // ---------------------------------------------------------------- inside

  async #plan(where: string, query: string | SqlQuery, options: CheckedSqlOptions): Promise<NativeDataFrame> {
    const { signal, onProgress, params, ...allowed } = options;
    const tagged = SqlQuery.is(query);
    if (!tagged && typeof query !== 'string')
      throw invalid(`${where} takes SQL text or a query made with the sql tag, not ${describe(query)}.`);
    if (tagged && params !== undefined)
      throw invalid(`${where}: a query made with the sql tag contains its own values. Leave out params.`);
    const values = tagged ? (query.values.length > 0 ? query.values : undefined) : params;
    const native = values === undefined ? allowed : { ...allowed, params: toParamsNative(values) };
    const text = tagged ? query.text : query;
    const { tracing } = this.handle;
    const since = tracing.now();
    let frame: NativeDataFrame;
    try {
      frame = await this.callTask((session, task) => session.sql(text, native, task), signal);
    } catch (failure) {
      tracing.ended(where, text, since, failure);
      throw failure;
    }
    // A query has a span when it runs.
    if (frame.kind === 'done') tracing.ended(where, text, since);
    tracing.keepText(frame, text);
    if (frame.kind !== 'creates') return frame;
    const operation = { operation: where, since };
    return callWatched(frame, this.handle, operation, { signal, onProgress }, (df, task) => df.createTable(task));
  }

  async #done<T extends object>(
    frame: NativeDataFrame,
    operation: Operation,
    options: ActionOptions = {},
  ): Promise<DataFrame<T>> {
    return new DataFrame<T>(await done(frame, this.handle, operation, options), this.handle);
  }
}
