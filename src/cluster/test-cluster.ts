/**
 * A whole cluster in this process: for first contact, tests, notebooks and single machines.
 *
 * @module
 */

import { halfOfMemory, TEST_CLUSTER_SETTINGS } from '../config/options.js';
import { resolve } from '../config/settings.js';
import { BallistaExecutor } from './executor.js';
import { isLoopback } from './loopback.js';
import { BallistaScheduler } from './scheduler.js';

/** Options of {@link setupTestCluster}. */
export interface TestClusterOptions {
  /** How many executors. Default 1. */
  executors?: number;
  /** How many tasks each executor runs at once. Default the cores this process may use. */
  vcores?: number;
  /** The address to listen on. Default `'127.0.0.1'`. */
  host?: string;
  /** The port of the scheduler; 0 takes a free one. Default 0. */
  port?: number;
  /**
   * What the tasks of each executor may take together before they spill to disk, in bytes. Default half of the memory of the
   * machine, or of its container, divided by the executors.
   */
  memoryLimitBytes?: number;
}

/** A running cluster. It never keeps the process alive by itself. */
export interface TestCluster extends AsyncDisposable {
  /** The address of the scheduler. */
  readonly host: string;
  /** The port of the scheduler. */
  readonly port: number;
  /** The address for contexts: `df://host:port`. */
  readonly url: string;
  /** Whether `close()` was called. */
  readonly closed: boolean;
  /** Stops executors and scheduler: running tasks are drained, ports, threads and folders are freed. Idempotent. */
  close(): Promise<void>;
}

/**
 * Starts a scheduler and executors in this process; resolves when they serve. From the Python package's
 * `setup_test_cluster`, which gives host and port and cannot be stopped.
 *
 * @throws BallistaError `INVALID_ARGUMENT`, `ADDRESS_IN_USE`
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
  } = resolve<Required<Omit<TestClusterOptions, 'memoryLimitBytes'>> & TestClusterOptions>(
    'setupTestCluster',
    TEST_CLUSTER_SETTINGS,
    options,
  );
  const scheduler = new BallistaScheduler({ host, port });
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
        udf: isLoopback(host),
      }),
  );
  const closeAll = async (): Promise<void> => {
    // Executors first: they tell the scheduler that they go. All are closed, whatever one of them says.
    const results = await Promise.allSettled(executors.map((executor) => executor.close()));
    results.push(...(await Promise.allSettled([scheduler.close()])));
    throwFirst(results);
  };
  const started = await Promise.allSettled(executors.map((executor) => executor.start()));
  if (started.some(({ status }) => status === 'rejected')) {
    await closeAll().catch(() => undefined); // what failed first is what counts
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
