/**
 * A session on a Ballista cluster.
 *
 * @module
 */

import type { ConvertOptions } from '../arrow/values/convert-options.js';
import { type ExecutorInfo, fromExecutorNative } from '../cluster/executor-info.js';
import { fromJobDetailsNative, fromJobNative, type JobDetails, type JobInfo } from '../cluster/job-info.js';
import { setupTestCluster, type TestClusterOptions } from '../cluster/test-cluster.js';
import { CALL_SETTINGS, type CallOptions } from '../config/action-options.js';
import { parseAddress } from '../config/address.js';
import type { ClusterConfig } from '../config/cluster-config.js';
import { type TlsOptions, type TokenOption, toCredentialsNative } from '../config/credentials.js';
import { type FileLimits, toFilesNative } from '../config/file-limits.js';
import { type RuntimeEnvBuilder, type RuntimeOptions, toRuntimeNative } from '../config/runtime-env.js';
import { type SessionConfig, toConfigNative } from '../config/session-config.js';
import { SESSION_SETTINGS, TEST_CLUSTER_SETTINGS } from '../config/setting-tables.js';
import { BallistaError, invalid } from '../errors.js';
import { describe } from '../input/describe.js';
import { resolve } from '../input/settings.js';
import { SessionContext } from './session-context.js';

/** Options of a {@link BallistaSessionContext}. */
export interface SessionOptions {
  /**
   * Engine settings by key. They apply in this process, which registers tables and optimises queries, and on the scheduler,
   * which makes the physical plans.
   *
   * `datafusion.execution.target_partitions` defaults to the number of task slots in the cluster (executors × vcores).
   */
  clusterConfig?: SessionConfig | ClusterConfig;
  /** Alias of {@link clusterConfig}, named as in the Python package. {@link clusterConfig} wins where both set a key. */
  config?: SessionConfig | ClusterConfig;
  /**
   * How row actions (`toArray`, `rows`, `toColumns`) convert values by default. Options of an action override it. Row types that
   * you give must describe the values after this conversion: with `int64: 'number'`, `sql<{ n: number }>(…)`.
   */
  convert?: ConvertOptions;
  /** How long a query waits for the first executor before it rejects with `NO_EXECUTORS`, in milliseconds. Default 30 000. */
  executorTimeoutMs?: number;
  /**
   * The files that queries may read and write in this process. A session on a cluster reads files only to infer their columns,
   * so give executors the option, too. A call that uses other files rejects with `FORBIDDEN`. Default: everything that the
   * process may read and write.
   */
  files?: FileLimits;
  /** The maximum size of an in-memory table, in bytes. A larger table is rejected with `RESOURCES_EXHAUSTED`. Default 1 GiB. */
  memoryTableLimitBytes?: number;
  /** Memory and disk limits of the work done in this process. Executors have their own limits. */
  runtime?: RuntimeEnvBuilder | RuntimeOptions;
  /** Encrypts all connections with TLS. All parts of a cluster and its clients need it. Default: plain connections. */
  tls?: TlsOptions;
  /**
   * The token that this process sends with its requests, or the file that holds it. The file is read again when it changes. It
   * must have 1 to 8,192 visible ASCII characters. Default: none.
   */
  token?: TokenOption;
  /** Whether the spans of OpenTelemetry have the text of queries, which may contain values. Default `false`. */
  traceQueryText?: boolean;
}

/** Options of {@link BallistaSessionContext.standalone}: cluster and session options. `files` limits both. */
export interface StandaloneOptions extends TestClusterOptions, SessionOptions {}

/**
 * A session on a Ballista cluster. SQL is parsed, planned and optimised in this process; queries run on the cluster. From
 * the Python package's `BallistaSessionContext`.
 *
 * The constructor checks the address and the configuration; the connection opens on first use. After {@link close} every
 * method rejects with `CLOSED`.
 *
 * @example
 * ```ts
 * import { BallistaSessionContext, setupTestCluster } from 'ballista';
 *
 * const cluster = await setupTestCluster();
 * const ctx = new BallistaSessionContext(cluster.url, {
 *   clusterConfig: { 'datafusion.execution.target_partitions': 4 },
 * });
 * const df = await ctx.sql('select 1 + 1 as two');
 * console.log(await df.toArray()); // [ { two: 2n } ]
 * await ctx.close();
 * await cluster.close();
 * ```
 */
export class BallistaSessionContext extends SessionContext {
  /** The address of the scheduler, as given. */
  readonly address: string;

  /**
   * @param address - `df://host:port`; the default port is 50050
   * @throws BallistaError `INVALID_ARGUMENT`; `CONFIG` for an unknown key or a value that does not parse, with the nearest
   * valid key; `IO` if a file of `tls` or `token` cannot be read
   */
  constructor(address: string, options?: SessionOptions);
  /** @internal */
  constructor(address: string, options: SessionOptions, alsoClose: AsyncDisposable);
  constructor(address: string, options: SessionOptions = {}, alsoClose?: AsyncDisposable) {
    const scheduler = parseAddress(address);
    const { clusterConfig, config, convert, files, runtime, tls, token, traceQueryText, ...limits } = resolve<
      SessionOptions & { executorTimeoutMs: number; memoryTableLimitBytes: number; traceQueryText: boolean }
    >('BallistaSessionContext', SESSION_SETTINGS, options);
    super(
      {
        ...scheduler,
        config: { ...toConfigNative(config), ...toConfigNative(clusterConfig) },
        ...limits,
        runtime: { ...toRuntimeNative(runtime), ...toFilesNative('BallistaSessionContext', files) },
        ...toCredentialsNative('BallistaSessionContext', { tls, token }, false),
      },
      { convert, traceQueryText },
      alsoClose,
    );
    this.address = address;
  }

  // ---------------------------------------------------------------- the cluster

  /**
   * Starts a cluster in this process and connects to it. Closing the context closes the cluster.
   *
   * @throws BallistaError `INVALID_ARGUMENT`, `CONFIG`, `ADDRESS_IN_USE`, `IO`
   *
   * @example
   * ```ts
   * import { BallistaSessionContext } from 'ballista';
   *
   * const ctx = await BallistaSessionContext.standalone({ executors: 1, vcores: 2 });
   * await (await ctx.sql('select 1 as a')).show();
   * await ctx.close();
   * ```
   */
  static async standalone(options: StandaloneOptions = {}): Promise<BallistaSessionContext> {
    resolve('standalone', { ...TEST_CLUSTER_SETTINGS, ...SESSION_SETTINGS }, options);
    const entries = Object.entries(options);
    const cluster = await setupTestCluster(
      Object.fromEntries(entries.filter(([name]) => name in TEST_CLUSTER_SETTINGS)),
    );
    try {
      const session = Object.fromEntries(entries.filter(([name]) => name in SESSION_SETTINGS));
      return new BallistaSessionContext(cluster.url, session, cluster);
    } catch (failure) {
      await cluster.close();
      throw failure;
    }
  }

  /**
   * Checks that the scheduler answers, and that it lets this session read. Without this call, the first query is the check.
   *
   * @returns this context
   * @throws BallistaError `CONNECTION`, `VERSION`, `UNAUTHORIZED`, `FORBIDDEN`, `INVALID_ARGUMENT`, `CLOSED`; the reason of the
   * signal after an abort
   *
   * @example
   * ```ts
   * const cluster = await setupTestCluster();
   * const ctx = await new BallistaSessionContext(cluster.url).ready({ signal: AbortSignal.timeout(30_000) });
   * console.log(String(ctx)); // BallistaSessionContext { df://127.0.0.1:… }
   * await ctx.close();
   * await cluster.close();
   * ```
   */
  async ready(options: CallOptions = {}): Promise<this> {
    const { signal } = resolve<CallOptions>('ready', CALL_SETTINGS, options);
    await this.call((session) => session.ready(), signal);
    await this.#checkAccess(signal);
    return this;
  }

  /**
   * Cancels a job on the scheduler by its id, such as `stream.jobId`. Returns whether there was a job to cancel.
   *
   * @throws BallistaError `INVALID_ARGUMENT`, `CONNECTION`, `UNAUTHORIZED`, `FORBIDDEN`, `CLOSED`
   *
   * @example
   * ```ts
   * const stream = df.stream();
   * await stream.next();
   * await stream.cancel();
   * console.log(await ctx.cancelJob(stream.jobId ?? '')); // false
   * ```
   */
  async cancelJob(jobId: string): Promise<boolean> {
    checkJobId('cancelJob', jobId);
    return this.call((session) => session.cancelJob(jobId));
  }

  /**
   * The jobs on the scheduler, from the newest to the oldest: those that wait or run, and those that ended in the last five
   * minutes. A job may still run for a moment after its client has read all rows. With a token, these are the jobs of all sessions
   * with the same name in their tokens. A token with the role `admin`, the process of the scheduler, and anyone on a cluster without
   * tokens see all jobs.
   *
   * @throws BallistaError `NOT_IMPLEMENTED` on a stock scheduler, `CONNECTION`, `UNAUTHORIZED`, `FORBIDDEN`, `INVALID_ARGUMENT`,
   * `CLOSED`; the reason of the signal after an abort
   *
   * @example
   * ```ts
   * await df.count();
   * const [last] = await ctx.jobs();
   * console.log(last?.sessionId === ctx.sessionId); // true
   * ```
   */
  async jobs(options: CallOptions = {}): Promise<JobInfo[]> {
    const { signal } = resolve<CallOptions>('jobs', CALL_SETTINGS, options);
    return (await this.call((session) => session.jobs(), signal)).map(fromJobNative);
  }

  /**
   * A job with its stages, and the tasks of a job that runs. `undefined` if the scheduler does not know it, and for a job that
   * {@link jobs} would not show.
   *
   * @throws BallistaError `NOT_IMPLEMENTED` on a stock scheduler, `CONNECTION`, `UNAUTHORIZED`, `FORBIDDEN`, `INVALID_ARGUMENT`,
   * `CLOSED`; the reason of the signal after an abort
   *
   * @example
   * ```ts
   * const query = df.execute();
   * await query.result;
   * for (const { stage, state, rows } of (await ctx.job(query.jobId ?? ''))?.stageList ?? []) console.log(stage, state, rows);
   * ```
   */
  async job(jobId: string, options: CallOptions = {}): Promise<JobDetails | undefined> {
    checkJobId('job', jobId);
    const { signal } = resolve<CallOptions>('job', CALL_SETTINGS, options);
    const job = await this.call((session) => session.job(jobId), signal);
    return job === null ? undefined : fromJobDetailsNative(job);
  }

  /**
   * The executors that are registered with the scheduler, and what they do now.
   *
   * @throws BallistaError `NOT_IMPLEMENTED` on a stock scheduler, `CONNECTION`, `UNAUTHORIZED`, `FORBIDDEN`, `INVALID_ARGUMENT`,
   * `CLOSED`; the reason of the signal after an abort
   *
   * @example
   * ```ts
   * for (const { host, port, slots, freeSlots } of await ctx.executors()) console.log(host, port, `${freeSlots}/${slots}`);
   * ```
   */
  async executors(options: CallOptions = {}): Promise<ExecutorInfo[]> {
    const { signal } = resolve<CallOptions>('executors', CALL_SETTINGS, options);
    return (await this.call((session) => session.executors(), signal)).map(fromExecutorNative);
  }

  // ---------------------------------------------------------------- inside

  /** A connection needs no token, but each request does. This one needs the least: a job that does not exist. */
  async #checkAccess(signal: AbortSignal | undefined): Promise<void> {
    try {
      await this.call((session) => session.job('none'), signal);
    } catch (failure) {
      // Stock schedulers know neither tokens nor this request.
      if (!BallistaError.is(failure) || failure.code !== 'NOT_IMPLEMENTED') throw failure;
    }
  }

  // ---------------------------------------------------------------- life

  /** The address, for logs. Never connects. */
  override toString(): string {
    return `BallistaSessionContext { ${this.address}${this.closed ? ', closed' : ''} }`;
  }
}

function checkJobId(subject: string, jobId: unknown): void {
  if (typeof jobId !== 'string' || jobId === '')
    throw invalid(`${subject} takes the id of a job, not ${describe(jobId)}.`);
}
