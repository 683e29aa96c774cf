/**
 * Sessions: SQL, tables and DataFrames, local or on a cluster.
 *
 * @module
 */

import { availableParallelism } from 'node:os';

import { type ConvertOptions, toConversion } from '../arrow/values/convert-options.js';
import type { NativeDataFrame, NativeSession, NativeSessionOptions } from '../binding.cjs';
import type { ClusterConfig } from '../config/cluster-config.js';
import { type FileLimits, toFilesNative } from '../config/file-limits.js';
import { type RuntimeEnvBuilder, type RuntimeOptions, toRuntimeNative } from '../config/runtime-env.js';
import { type SessionConfig, toConfigNative } from '../config/session-config.js';
import { LOCAL_SETTINGS } from '../config/setting-tables.js';
import { DataFrame } from '../dataframe/dataframe.js';
import { frames } from '../engine/native-dataframe.js';
import { connectPlans } from '../engine/native-plan.js';
import type { SessionHandle } from '../engine/session-handle.js';
import { SessionTracing } from '../engine/session-tracing.js';
import { BallistaError, invalid } from '../errors.js';
import { resolve } from '../input/settings.js';
import { call, callSync, callTask } from '../native.js';
import { UdfPool } from '../udf/pool.js';
import { SessionQueries } from './queries.js';

/** Options of {@link SessionContext.local}. */
export interface LocalOptions {
  /** Engine settings: a {@link SessionConfig}, or values by key. Only `datafusion.*` keys, because there is no cluster. */
  config?: SessionConfig | ClusterConfig;
  /**
   * How row actions (`toArray`, `rows`, `toColumns`) convert values by default. Options of an action override it. Row types that
   * you give must describe the values after this conversion: with `int64: 'number'`, `sql<{ n: number }>(…)`.
   */
  convert?: ConvertOptions;
  /**
   * The files that queries may read and write in this process. A query that uses other files fails with `FORBIDDEN`. Default:
   * everything that the process may read and write.
   */
  files?: FileLimits;
  /** The maximum size of an in-memory table, in bytes. A larger table is rejected with `RESOURCES_EXHAUSTED`. Default 1 GiB. */
  memoryTableLimitBytes?: number;
  /** Memory and disk limits of the work done in this process. Default: no memory limit, and the system's temporary folder. */
  runtime?: RuntimeEnvBuilder | RuntimeOptions;
  /** Whether the spans of OpenTelemetry have the text of queries, which may contain values. Default `false`. */
  traceQueryText?: boolean;
}

/** The options of a session that the native side does not need. */
interface OwnOptions {
  readonly convert?: ConvertOptions | undefined;
  readonly traceQueryText: boolean;
}

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
export class SessionContext extends SessionQueries implements AsyncDisposable {
  readonly #native: NativeSession;
  readonly #session: SessionHandle;
  readonly #alsoClose: AsyncDisposable | undefined;
  #closing: Promise<void> | undefined;

  /** @internal Use {@link SessionContext.local} or a `BallistaSessionContext`. */
  protected constructor(options: NativeSessionOptions, own: OwnOptions, alsoClose?: AsyncDisposable) {
    super();
    if (!(own as OwnOptions | undefined))
      throw invalid('new SessionContext() does not exist. Write SessionContext.local().');
    const { convert, traceQueryText } = own;
    const { host, port } = options;
    const scheduler = host === undefined || port === undefined ? {} : { scheduler: { host, port } };
    toConversion(convert);
    this.#native = callSync((binding) => new binding.NativeSession(options));
    this.#alsoClose = alsoClose;
    this.#session = Object.freeze({
      convert,
      tracing: new SessionTracing({ ...scheduler, traceQueryText }),
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
   * const ctx = SessionContext.local();
   * const df = await ctx.fromColumns({ a: [1, 2, 3] });
   * console.log(await df.filter(col('a').gt(1)).count()); // 2
   * await ctx.close();
   * ```
   */
  static local(options: LocalOptions = {}): SessionContext {
    const { config, convert, files, memoryTableLimitBytes, runtime, traceQueryText } = resolve<
      LocalOptions & { memoryTableLimitBytes: number; traceQueryText: boolean }
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
      { convert, traceQueryText },
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

  /** @internal */
  protected override get handle(): SessionHandle {
    return this.#session;
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

  /** @internal Like {@link call}, for calls that the signal can abandon. */
  protected async callTask<R>(
    run: (session: NativeSession, task: number | undefined) => Promise<R>,
    signal?: AbortSignal,
  ): Promise<R> {
    this.#assertOpen();
    return callTask(this.#session.abandon, (task) => run(this.#native, task), signal);
  }

  /** @internal Like {@link call}, for calls that return a DataFrame. */
  protected async frame<T extends object>(
    run: (session: NativeSession) => Promise<NativeDataFrame>,
  ): Promise<DataFrame<T>> {
    return new DataFrame<T>(await this.call(run), this.#session);
  }
}
