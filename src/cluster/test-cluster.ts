/**
 * A complete cluster in this process, for first steps, tests, notebooks and single machines.
 *
 * @module
 */

import type { TlsOptions, TokenOption } from '../config/credentials.js';
import type { FileLimits } from '../config/file-limits.js';
import { isLoopback } from '../config/loopback.js';
import { halfOfMemory, TEST_CLUSTER_SETTINGS } from '../config/setting-tables.js';
import { resolve } from '../input/settings.js';
import { BallistaExecutor } from './executor.js';
import { isSecured } from './exposure.js';
import { BallistaScheduler } from './scheduler.js';

/** Options of {@link setupTestCluster}. */
export interface TestClusterOptions {
  /** The number of executors. Default 1. */
  executors?: number;
  /** How many tasks each executor runs at once. Default: the number of cores available to this process. */
  vcores?: number;
  /** The address to listen on. Default `'127.0.0.1'`. */
  host?: string;
  /** The port of the scheduler; 0 picks a free one. Default 0. */
  port?: number;
  /**
   * The memory for the running tasks of each executor, in bytes; above it they spill to disk. Default: half of the memory of
   * the machine or container, divided by the number of executors.
   */
  memoryLimitBytes?: number;
  /**
   * Whether the cluster takes only requests of this process. Requests of other processes are rejected with `UNAUTHORIZED`. With
   * `true` and another address, the start rejects with `INVALID_ARGUMENT`. Default: `true` on a loopback address.
   */
  processOnly?: boolean;
  /** Encrypts all connections with TLS. All parts of a cluster and its clients need it. Default: plain connections. */
  tls?: TlsOptions;
  /**
   * The token that this process sends with its requests, or the file that holds it. The file is read again when it changes. It
   * must have 1 to 8,192 visible ASCII characters. Default: none.
   */
  token?: TokenOption;
  /**
   * Allows an address that other machines can reach although anyone who connects could run queries, because TLS or
   * authentication is missing. Without it, the start rejects with `INVALID_ARGUMENT`. With it, the start writes warnings to the
   * standard error, and the executors do not run UDFs. Default `false`.
   */
  insecure?: boolean;
  /**
   * The files that queries may read and write in this process. This limits the scheduler and the executors. A query that uses
   * other files fails with `FORBIDDEN`. Default: everything that the process may read and write.
   */
  files?: FileLimits;
}

/** A running cluster. It does not keep the process alive. */
export interface TestCluster extends AsyncDisposable {
  /** The address of the scheduler. */
  readonly host: string;
  /** The port of the scheduler. */
  readonly port: number;
  /** The address for contexts: `df://host:port`. */
  readonly url: string;
  /** Whether `close()` was called. */
  readonly closed: boolean;
  /** Stops executors and scheduler: waits for running tasks, then frees ports, threads and folders. Idempotent. */
  close(): Promise<void>;
}

/**
 * Starts a scheduler and executors in this process. Resolves when they accept connections. From the Python package's
 * `setup_test_cluster`, which returns only host and port and cannot be stopped.
 *
 * @throws BallistaError `INVALID_ARGUMENT`, `ADDRESS_IN_USE`, `IO`
 *
 * @example
 * ```ts
 * import { BallistaSessionContext, setupTestCluster } from 'ballista';
 *
 * const { host, port, close } = await setupTestCluster({ executors: 2, vcores: 2 });
 * const ctx = new BallistaSessionContext(`df://${host}:${port}`);
 * await (await ctx.sql('select 1 as a')).show();
 * await ctx.close();
 * await close();
 * ```
 */
export async function setupTestCluster(options: TestClusterOptions = {}): Promise<TestCluster> {
  const {
    executors: count,
    vcores,
    host,
    port,
    memoryLimitBytes = Math.floor(halfOfMemory() / count),
    processOnly = isLoopback(host),
    files,
    tls,
    token,
    insecure,
  } = resolve<
    Required<Pick<TestClusterOptions, 'executors' | 'vcores' | 'host' | 'port' | 'insecure'>> & TestClusterOptions
  >('setupTestCluster', TEST_CLUSTER_SETTINGS, options);
  const shared = { insecure, ...(files && { files }), ...(tls && { tls }), ...(token !== undefined && { token }) };
  const scheduler = new BallistaScheduler({ host, port, processOnly, ...shared });
  await scheduler.start();
  const executors = Array.from(
    { length: count },
    () =>
      new BallistaExecutor({
        vcores,
        memoryLimitBytes,
        schedulerHost: scheduler.host,
        schedulerPort: scheduler.port,
        host,
        port: 0,
        grpcPort: 0,
        udf: isLoopback(host) || isSecured({ host, tls }),
        ...shared,
      }),
  );
  const closeAll = async (): Promise<void> => {
    // Executors first, because they sign off at the scheduler. All are closed, even if one of them fails.
    const results = await Promise.allSettled(executors.map((executor) => executor.close()));
    results.push(...(await Promise.allSettled([scheduler.close()])));
    throwFirst(results);
  };
  const started = await Promise.allSettled(executors.map((executor) => executor.start()));
  if (started.some(({ status }) => status === 'rejected')) {
    await closeAll().catch(() => undefined); // the error of the start is the one to report
    throwFirst(started);
  }
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> => {
    closing ??= closeAll();
    return closing;
  };
  return {
    host: scheduler.host,
    port: scheduler.port,
    url: scheduler.url,
    get closed() {
      return closing !== undefined;
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

function throwFirst(results: readonly PromiseSettledResult<unknown>[]): void {
  const failed = results.find((result) => result.status === 'rejected');
  if (failed) throw failed.reason;
}
