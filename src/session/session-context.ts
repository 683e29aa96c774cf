/**
 * Sessions: SQL, tables and DataFrames, local or on a cluster.
 *
 * @module
 */

import { availableParallelism } from 'node:os';

import { type ConvertOptions, toConversion } from '../arrow/values/convert-options.js';
import type { Row } from '../arrow/values/values.js';
import type { NativeDataFrame, NativeSession, NativeSessionOptions } from '../binding.cjs';
import { ACTION_SETTINGS, type ActionOptions } from '../config/action-options.js';
import type { ClusterConfig } from '../config/cluster-config.js';
import { type FileLimits, toFilesNative } from '../config/file-limits.js';
import { type RuntimeEnvBuilder, type RuntimeOptions, toRuntimeNative } from '../config/runtime-env.js';
import { type SessionConfig, toConfigNative } from '../config/session-config.js';
import { LOCAL_SETTINGS } from '../config/setting-tables.js';
import { DataFrame } from '../dataframe/dataframe.js';
import type { SessionHandle } from '../dataframe/session-handle.js';
import { frames } from '../engine/native-dataframe.js';
import { connectPlans, nativeLogicalPlanOf } from '../engine/native-plan.js';
import { BallistaError, invalid } from '../errors.js';
import { describe } from '../input/describe.js';
import { resolve } from '../input/settings.js';
import { call, callSync, callTask } from '../native.js';
import type { LogicalPlan } from '../plan/logical-plan.js';
import { type Params, toParamsNative } from '../sql/params.js';
import { SqlQuery } from '../sql/sql-tag.js';
import { UdfPool } from '../udf/pool.js';
import { PreparedStatement } from './prepared-statement.js';
import { SessionTables } from './tables.js';

/** Options of {@link SessionContext.local}. */
export interface LocalOptions {
  /** Engine settings: a {@link SessionConfig}, or values by key. Only `datafusion.*` keys, because there is no cluster. */
  config?: SessionConfig | ClusterConfig;
  /** How row actions (`toArray`, `rows`, `toColumns`) convert values by default. Options of an action override it. */
  convert?: ConvertOptions;
  /** The files that queries may read and write in this process. Default: everything that the process may read and write. */
  files?: FileLimits;
  /** The maximum size of an in-memory table, in bytes. A larger table is rejected with `RESOURCES_EXHAUSTED`. Default 1 GiB. */
  memoryTableLimitBytes?: number;
  /** Memory and disk limits of the work done in this process. Default: no memory limit, and the system's temporary folder. */
  runtime?: RuntimeEnvBuilder | RuntimeOptions;
}

/** Options of {@link SessionContext.sql}. */
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

/** Options of {@link SessionContext.prepare}. */
export interface PrepareOptions extends ActionOptions {
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

const PREPARE_SETTINGS = {
  ...ACTION_SETTINGS,
  allowDml: { type: 'boolean', default: true },
} as const;

/**
 * A session with SQL, tables and DataFrames. {@link SessionContext.local} runs queries in this process, on single-node
 * DataFusion; `BallistaSessionContext` runs them on a cluster. From DataFusion's `SessionContext`.
 *
 * After {@link close} every method fails with `CLOSED`.
 *
 * @example
 * ```ts
 * import { SessionContext } from 'ballista';
 *
 * const ctx = SessionContext.local();
 * const df = await ctx.sql('select 1 + 1 as two');
 * console.log(await df.toArray()); // [ { two: 2n } ]
 * await ctx.close();
 * ```
 */
export class SessionContext extends SessionTables implements AsyncDisposable {
  readonly #native: NativeSession;
  readonly #session: SessionHandle;
  readonly #alsoClose: AsyncDisposable | undefined;
  #closing: Promise<void> | undefined;

  /** @internal Use {@link SessionContext.local} or a `BallistaSessionContext`. */
  protected constructor(
    options: NativeSessionOptions,
    convert: ConvertOptions | undefined,
    alsoClose?: AsyncDisposable,
  ) {
    super();
    toConversion(convert);
    this.#native = callSync((binding) => new binding.NativeSession(options));
    this.#alsoClose = alsoClose;
    this.#session = Object.freeze({
      convert,
      abandon: (task: number) => this.#native.abandon(task),
      assertOpen: () => this.#assertOpen(),
    });
    connectPlans(this, this.#native, {
      assertOpen: () => this.#assertOpen(),
      planSql: async (query) => {
        const df = await this.sql(query, { allowDdl: false, allowDml: false, allowStatements: false });
        return callSync(() => frames.of(df, 'the query').logicalPlan());
      },
    });
  }

  /**
   * Creates a session without a cluster: the same API on single-node DataFusion in this process, for small data and tests.
   *
   * @throws BallistaError `INVALID_ARGUMENT`; `CONFIG` for an unknown key or a value that does not parse
   *
   * @example
   * ```ts
   * import { SessionContext, col } from 'ballista';
   *
   * await using ctx = SessionContext.local();
   * const df = await ctx.fromColumns({ a: [1, 2, 3] });
   * console.log(await df.filter(col('a').gt(1)).count()); // 2
   * ```
   */
  static local(options: LocalOptions = {}): SessionContext {
    const { config, convert, files, memoryTableLimitBytes, runtime } = resolve<
      LocalOptions & { memoryTableLimitBytes: number }
    >('SessionContext.local', LOCAL_SETTINGS, options);
    const pool = new UdfPool(availableParallelism());
    return new SessionContext(
      {
        config: toConfigNative(config),
        executorTimeoutMs: 0,
        memoryTableLimitBytes,
        udfPool: pool.id,
        runtime: { ...toRuntimeNative(runtime), ...toFilesNative('SessionContext.local', files) },
      },
      convert,
      pool,
    );
  }

  /** The id of the session, also on the scheduler. */
  get sessionId(): string {
    return this.#native.sessionId;
  }

  /** Whether {@link close} was called. */
  get closed(): boolean {
    return this.#closing !== undefined;
  }

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
      Required<Omit<SqlOptions, 'params' | 'signal'>> & ActionOptions & { params?: Params }
    >('sql', SQL_SETTINGS, options);
    const tagged = SqlQuery.is(query);
    if (!tagged && typeof query !== 'string')
      throw invalid(`sql takes SQL text or a query made with the sql tag, not ${describe(query)}.`);
    if (tagged && params !== undefined)
      throw invalid('sql: a query made with the sql tag contains its own values. Leave out params.');
    const values = tagged ? (query.values.length > 0 ? query.values : undefined) : params;
    const native = values === undefined ? allowed : { ...allowed, params: toParamsNative(values) };
    this.#assertOpen();
    const text = tagged ? query.text : query;
    const frame = await callTask(this.#session.abandon, (task) => this.#native.sql(text, native, task), signal);
    return new DataFrame<T>(frame, this.#session);
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
    const { signal, allowDml } = resolve<Required<Omit<PrepareOptions, 'signal'>> & ActionOptions>(
      'prepare',
      PREPARE_SETTINGS,
      options,
    );
    const tagged = SqlQuery.is(query);
    if (!tagged && typeof query !== 'string')
      throw invalid(`prepare takes SQL text or a query made with the sql tag, not ${describe(query)}.`);
    if (tagged && query.values.length > 0)
      throw invalid('prepare takes a query without values. Write $1, $2, … and pass the values to execute.');
    this.#assertOpen();
    const text = tagged ? query.text : query;
    const native = await callTask(this.#session.abandon, (task) => this.#native.prepare(text, allowDml, task), signal);
    return new PreparedStatement<T>(native, text, this.#session);
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
    this.#assertOpen();
    return new DataFrame<T>(
      callSync(() => this.#native.frame(native)),
      this.#session,
    );
  }

  // ---------------------------------------------------------------- life

  /**
   * Cancels the running jobs of this session and frees its resources. Closes the cluster that `standalone()` started.
   * Idempotent. Does not fail if the scheduler is already gone.
   */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  /** Same as {@link close}. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** A short description, for logs. Never runs anything. */
  override toString(): string {
    return `SessionContext { local${this.closed ? ', closed' : ''} }`;
  }

  /** @internal */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString();
  }

  // ---------------------------------------------------------------- inside

  async #close(): Promise<void> {
    try {
      await call(() => this.#native.close());
    } finally {
      await this.#alsoClose?.[Symbol.asyncDispose]();
    }
  }

  #assertOpen(): void {
    if (this.#closing) throw new BallistaError('CLOSED', 'The context is closed. Create a new one.');
  }

  /** @internal Calls the native session; fails if it is closed. */
  protected async call<R>(run: (session: NativeSession) => Promise<R>, signal?: AbortSignal): Promise<R> {
    this.#assertOpen();
    return call(() => run(this.#native), signal);
  }

  /** @internal Synchronous {@link call}. */
  protected callSync<R>(run: (session: NativeSession) => R): R {
    this.#assertOpen();
    return callSync(() => run(this.#native));
  }

  /** @internal Like {@link call}, for calls that return a DataFrame. */
  protected async frame<T extends object>(
    run: (session: NativeSession) => Promise<NativeDataFrame>,
  ): Promise<DataFrame<T>> {
    return new DataFrame<T>(await this.call(run), this.#session);
  }
}
