/**
 * A session on a Ballista cluster.
 *
 * @module
 */

import type { ConvertOptions } from './arrow/values.js';
import { setupTestCluster, type TestClusterOptions } from './cluster/test-cluster.js';
import { type ClusterConfig, parseAddress, toConfigNative } from './config/cluster-config.js';
import { ACTION_SETTINGS, SESSION_SETTINGS, TEST_CLUSTER_SETTINGS } from './config/options.js';
import { type RuntimeEnvBuilder, type RuntimeOptions, toRuntimeNative } from './config/runtime-env.js';
import type { SessionConfig } from './config/session-config.js';
import { resolve } from './config/settings.js';
import { invalid } from './errors.js';
import { describe } from './params.js';
import type { ActionOptions } from './session.js';
import { SessionContext } from './session-context.js';

/** Options of a {@link BallistaSessionContext}. */
export interface SessionOptions {
  /**
   * Engine configuration by key. It reaches the session on the scheduler, where plans are made and run, and the local
   * one, where tables are registered.
   *
   * `datafusion.execution.target_partitions` follows the slots of the cluster (executors × vcores) unless set here.
   */
  clusterConfig?: SessionConfig | ClusterConfig;
  /** As {@link clusterConfig}, which wins where both have a key; the name of the Python package. */
  config?: SessionConfig | ClusterConfig;
  /** How row actions (`toArray`, `rows`, `toColumns`) convert values, unless they say otherwise. */
  convert?: ConvertOptions;
  /** How long a query may wait for a first executor before it rejects with `NO_EXECUTORS`, in ms. Default 30 000. */
  executorTimeoutMs?: number;
  /** The size up to which an in-memory table is sent to the cluster, in bytes. Default 1 GiB. */
  memoryTableLimitBytes?: number;
  /** What the little that runs in this process may take of memory and disk; executors have limits of their own. */
  runtime?: RuntimeEnvBuilder | RuntimeOptions;
}

/** Options of {@link BallistaSessionContext.standalone}: those of the cluster and those of the session. */
export interface StandaloneOptions extends TestClusterOptions, SessionOptions {}

/**
 * A session on a Ballista cluster. SQL is parsed, planned and optimised here; queries run on the cluster. From the Python
 * package's `BallistaSessionContext`.
 *
 * The constructor checks address and configuration at once and connects on first use. After {@link close} every method
 * rejects with `CLOSED`.
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
   * @param address - `df://host:port`; the port is 50050 unless given
   * @throws BallistaError `INVALID_ARGUMENT`, and `CONFIG` for an unknown key or a value that does not parse, with the
   * nearest real key
   */
  constructor(address: string, options?: SessionOptions);
  /** @internal */
  constructor(address: string, options: SessionOptions, alsoClose: AsyncDisposable);
  constructor(address: string, options: SessionOptions = {}, alsoClose?: AsyncDisposable) {
    const scheduler = parseAddress(address);
    const { clusterConfig, config, convert, executorTimeoutMs, memoryTableLimitBytes, runtime } = resolve<
      SessionOptions & { executorTimeoutMs: number; memoryTableLimitBytes: number }
    >('BallistaSessionContext', SESSION_SETTINGS, options);
    const native = toRuntimeNative(runtime);
    super(
      {
        ...scheduler,
        config: { ...toConfigNative(config), ...toConfigNative(clusterConfig) },
        executorTimeoutMs,
        memoryTableLimitBytes,
        ...(native && { runtime: native }),
      },
      convert,
      alsoClose,
    );
    this.address = address;
  }

  // ---------------------------------------------------------------- the cluster

  /**
   * Starts a cluster in this process and connects to it; closing the context closes the cluster.
   *
   * @throws BallistaError `INVALID_ARGUMENT`, `CONFIG`, `ADDRESS_IN_USE`
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
   * Checks that the scheduler answers; without it the first query finds out.
   *
   * @returns the context itself
   * @throws BallistaError `CONNECTION`, `VERSION`, `INVALID_ARGUMENT`, `CLOSED`; the reason of the signal after an abort
   *
   * @example
   * ```ts
   * const cluster = await setupTestCluster();
   * await using ctx = await new BallistaSessionContext(cluster.url).ready({ signal: AbortSignal.timeout(30_000) });
   * console.log(String(ctx)); // BallistaSessionContext { df://127.0.0.1:… }
   * await ctx.close();
   * await cluster.close();
   * ```
   */
  async ready(options: ActionOptions = {}): Promise<this> {
    const { signal } = resolve<ActionOptions>('ready', ACTION_SETTINGS, options);
    await this.call((session) => session.ready(), signal);
    return this;
  }

  /**
   * Cancels a job on the scheduler, such as `stream.jobId`. Whether there was one to cancel.
   *
   * @throws BallistaError `INVALID_ARGUMENT`, `CONNECTION`, `CLOSED`
   *
   * @example
   * ```ts
   * const stream = df.stream();
   * await stream.next(); // so it has succeeded
   * console.log(await ctx.cancelJob(stream.jobId ?? '')); // false
   * await stream.cancel();
   * ```
   */
  async cancelJob(jobId: string): Promise<boolean> {
    if (typeof jobId !== 'string' || jobId === '')
      throw invalid(`cancelJob takes the id of a job, not ${describe(jobId)}`);
    return this.call((session) => session.cancelJob(jobId));
  }

  // ---------------------------------------------------------------- life

  /** The address; never connects. */
  override toString(): string {
    return `BallistaSessionContext { ${this.address}${this.closed ? ', closed' : ''} }`;
  }
}
