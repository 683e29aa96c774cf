/**
 * A Ballista executor in this process.
 *
 * @module
 */

import { isMainThread } from 'node:worker_threads';

import type { NativeAuthenticator, NativeExecutor, NativeExecutorOptions } from '../binding.cjs';
import { type TlsOptions, type TokenOption, toCredentialsNative } from '../config/credentials.js';
import { type FileLimits, toFilesNative } from '../config/file-limits.js';
import { isLoopback } from '../config/loopback.js';
import { EXECUTOR_SETTINGS } from '../config/setting-tables.js';
import { invalid } from '../errors.js';
import { resolve } from '../input/settings.js';
import { callSync, native } from '../native.js';
import { UdfPool } from '../udf/pool.js';
import { type AuthOptions, type CheckedAuthOptions, toAuth } from './authentication/auth-options.js';
import { openAuthenticator } from './authentication/authenticator.js';
import { checkExposure, type ExposureOptions, HOW_TO_SECURE, isSecured, warnIfExposed } from './exposure.js';
import { Service } from './service.js';

/** Options of a {@link BallistaExecutor}. */
export interface ExecutorOptions {
  /** The host of the scheduler. Default `'127.0.0.1'`. */
  schedulerHost?: string;
  /** The port of the scheduler. Default 50050. */
  schedulerPort?: number;
  /** The address to listen on. Default `'127.0.0.1'`. */
  host?: string;
  /** The port for results and shuffles; 0 picks a free one. Default 50051. */
  port?: number;
  /** The port for tasks; 0 picks a free one. Default 50052. */
  grpcPort?: number;
  /** The host name that the scheduler, other executors and clients use to connect. Default: `host`. */
  externalHost?: string;
  /** How many tasks run at once. Default: the number of cores available to this process. */
  vcores?: number;
  /**
   * The memory for all running tasks, in bytes; above it they spill to disk. Default: half of the memory of the machine or
   * container.
   */
  memoryLimitBytes?: number;
  /** The folder in which the executor creates its shuffle folder. It removes the shuffle folder when it stops. Default: the system's temporary folder. */
  workDir?: string;
  /**
   * The files that queries may read and write in this process. This limits the queries of all clients. A query that uses other
   * files fails with `FORBIDDEN`. Default: everything that the process may read and write.
   */
  files?: FileLimits;
  /**
   * The memory for in-memory tables and UDF code that this executor fetches for its tasks, in bytes. A query whose tables or
   * code do not fit fails with `RESOURCES_EXHAUSTED`. With 0, nothing fits. Tables and code of clients in this process are not
   * fetched. Default: a quarter of the memory of the machine or container.
   */
  uploadLimitBytes?: number;
  /**
   * The space that one query may use on the disk of this executor, in bytes: for shuffle files, for spilled data and for rows
   * that the client has not read yet. A query that needs more fails with `RESOURCES_EXHAUSTED`. If only rows that wait for a
   * slow client need more, the query waits for the client instead. The executor measures the files four times a second, so a
   * query can use more space for a moment. Default: no limit.
   */
  queryDiskLimitBytes?: number;
  /**
   * How long `close()` waits for running tasks, in milliseconds. The scheduler gives tasks that take longer to other
   * executors. Default 10,000.
   */
  drainTimeoutMs?: number;
  /**
   * Whether this executor runs TypeScript UDFs, in worker threads. With `auth`, queries with UDFs need the role `run-code`.
   * Without it, everyone who can connect can run code on this machine. If `host` is not a loopback address, the constructor
   * throws `INVALID_ARGUMENT` unless there is `tls`, with `clientAuth: true` or with `auth`. Default `false`.
   */
  udf?: boolean;
  /** The maximum number of worker threads for UDFs, without those that run table functions. Default `vcores`. */
  udfWorkers?: number;
  /**
   * The maximum size of the JavaScript heap of each worker thread, in bytes. A thread that exceeds it is ended, and its task
   * runs again; if the task fails four times, the query fails. Typed arrays and buffers do not count. Default: Node's
   * limit.
   */
  udfMemoryLimitBytes?: number;
  /** Allows only these UDFs, listed by {@link DefinedFunction.codeHash}. Default: all. */
  udfCodeHashes?: readonly string[];
  /** Encrypts all connections with TLS. All parts of a cluster and its clients need it. Default: plain connections. */
  tls?: TlsOptions;
  /**
   * The token that this process sends with its requests, or the file that holds it. The file is read again when it changes. It
   * must have the role `executor`, and 1 to 8,192 visible ASCII characters. Default: none.
   */
  token?: TokenOption;
  /**
   * Allows an address that other machines can reach although anyone who connects could run queries, because TLS or
   * authentication is missing. Without it, the constructor throws `INVALID_ARGUMENT`. With it, `start()` writes a warning to
   * the standard error, and `udf: true` is not allowed. Default `false`.
   */
  insecure?: boolean;
  /** Accepts only requests with a token, and only what the roles of the token allow. Default: anyone may send any request. */
  auth?: AuthOptions;
}

/** What an executor does now, and what it has done since its start. */
export interface ExecutorMetrics {
  /** Whether the scheduler knows that the executor is there. */
  readonly connected: boolean;
  /** The number of tasks that run. */
  readonly tasksRunning: number;
  /** The number of tasks that have succeeded. */
  readonly tasksSucceeded: number;
  /** The number of tasks that have failed. */
  readonly tasksFailed: number;
  /** The number of tasks that were cancelled. */
  readonly tasksCancelled: number;
  /** The memory that running tasks use, in bytes, as far as `memoryLimitBytes` limits it. */
  readonly memoryBytes: number;
}

/**
 * An executor in this process. It registers with a scheduler and runs its tasks. {@link BallistaScheduler} has an example.
 * From Ballista's `Executor`.
 */
export class BallistaExecutor extends Service<NativeExecutor> {
  readonly #options: NativeExecutorOptions;
  readonly #exposure: ExposureOptions;
  readonly #makePool: (() => UdfPool) | undefined;
  #pool: UdfPool | undefined;
  readonly #auth: CheckedAuthOptions | undefined;
  #authenticator: NativeAuthenticator | undefined;
  protected readonly what = 'executor';
  // The work folder exists before the executor does. A worker thread must not remove folders of other threads.
  protected override readonly starting = isMainThread
    ? { abandon: () => callSync((binding) => binding.removeWorkFolders()) }
    : {};

  /** @throws BallistaError `INVALID_ARGUMENT` */
  constructor(options: ExecutorOptions = {}) {
    super();
    const { udf, udfWorkers, udfMemoryLimitBytes, udfCodeHashes, files, tls, token, auth, insecure, ...given } =
      resolve<Omit<NativeExecutorOptions, 'files' | 'tls' | 'token'> & ExecutorOptions>(
        'BallistaExecutor',
        EXECUTOR_SETTINGS,
        options,
      );
    const native = {
      ...given,
      ...toFilesNative('BallistaExecutor', files),
      ...toCredentialsNative('BallistaExecutor', { tls, token }, true),
    };
    this.#auth = toAuth('BallistaExecutor', auth);
    this.#exposure = { host: native.host, tls, auth, insecure };
    checkExposure('BallistaExecutor', this.#exposure);
    if (udf && !isLoopback(native.host) && !isSecured(this.#exposure))
      throw invalid(
        `BallistaExecutor: with udf: true (--udf), anyone who can connect to the executor can run code on it. ${HOW_TO_SECURE}, or use a loopback address as host (--host), such as 127.0.0.1.`,
      );
    if (udfCodeHashes !== undefined && !isHashes(udfCodeHashes))
      throw invalid(
        'BallistaExecutor: udfCodeHashes (--udf-code-hashes) must be an array of hashes with 64 hexadecimal digits each.',
      );
    const threads = { memoryLimitBytes: udfMemoryLimitBytes, codeHashes: udfCodeHashes };
    this.#makePool = udf ? () => new UdfPool(udfWorkers ?? native.vcores, threads) : undefined;
    this.#options = native;
  }

  /**
   * The id of this executor on the scheduler.
   *
   * @throws BallistaError `INVALID_ARGUMENT` before `start()` has resolved
   */
  get id(): string {
    return this.started('id').id;
  }

  /**
   * The folder of this executor, for shuffle files.
   *
   * @throws BallistaError `INVALID_ARGUMENT` before `start()` has resolved
   */
  get workDir(): string {
    return this.started('workDir').workDir;
  }

  /**
   * Counts tasks. A query has one task, or some for each of its stages.
   *
   * @throws BallistaError `INVALID_ARGUMENT` before `start()` has resolved, `CLOSED` after `close()`
   */
  metrics(): ExecutorMetrics {
    const executor = this.started('metrics()');
    return callSync(() => executor.metrics());
  }

  protected async launch(): Promise<NativeExecutor> {
    warnIfExposed(this.what, this.#exposure);
    this.#authenticator = this.#auth && (await openAuthenticator(this.#auth));
    const auth = this.#authenticator && { authenticator: this.#authenticator.id };
    this.#pool ??= this.#makePool?.();
    const udf = this.#pool && { udfPool: this.#pool.id };
    const executor = await native().NativeExecutor.start({ ...this.#options, ...auth, ...udf });
    if (this.#pool) pools.add(this.#pool);
    return executor;
  }

  /** Stops the executor like any service. Its UDF worker threads end last. */
  override async close(): Promise<void> {
    await super.close();
    if (!this.#pool) return;
    pools.delete(this.#pool);
    await this.#pool.close();
  }
}

/** The pools of running executors. They are kept here because an executor runs even if no program code references it. */
const pools = new Set<UdfPool>();

function isHashes(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((hash) => typeof hash === 'string' && /^[0-9a-f]{64}$/u.test(hash));
}
