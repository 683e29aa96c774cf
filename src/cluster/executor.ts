/**
 * A Ballista executor in this process.
 *
 * @module
 */

import { isMainThread } from 'node:worker_threads';
import type { NativeExecutor, NativeExecutorOptions } from '../binding.cjs';
import { EXECUTOR_SETTINGS } from '../config/options.js';
import { resolve } from '../config/settings.js';
import { invalid } from '../errors.js';
import { callSync, native } from '../native.js';
import { UdfPool } from '../udf/pool.js';
import { isLoopback } from './loopback.js';
import { Service } from './service.js';

/** Options of a {@link BallistaExecutor}. */
export interface ExecutorOptions {
  /** Where the scheduler is. Default `'127.0.0.1'`. */
  schedulerHost?: string;
  /** The port of the scheduler. Default 50050. */
  schedulerPort?: number;
  /** The address to listen on. Default `'127.0.0.1'`. */
  host?: string;
  /** The port for results and shuffles; 0 takes a free one. Default 50051. */
  port?: number;
  /** The port for tasks; 0 takes a free one. Default 50052. */
  grpcPort?: number;
  /** The name under which scheduler, executors and clients reach it. Default the host. */
  externalHost?: string;
  /** How many tasks it runs at once. Default the cores this process may use. */
  vcores?: number;
  /**
   * What its tasks may take together before they spill to disk, in bytes. Default half of the memory of the machine, or of
   * its container.
   */
  memoryLimitBytes?: number;
  /** The folder in which it makes its own for shuffle files, and removes it at the end. Default that for temporary files. */
  workDir?: string;
  /**
   * Whether it runs functions of TypeScript, in threads of its own. They are code of whoever can reach the scheduler: switch
   * it on where all of them may run programs on this machine. Default `false`.
   */
  udf?: boolean;
  /** How many threads run functions, at most. Default `vcores`. */
  udfWorkers?: number;
  /** What each of these threads may take, in bytes; then it is ended, and its query fails. Default that of Node. */
  udfMemoryLimitBytes?: number;
  /** The only functions that it runs, by their {@link DefinedFunction.codeHash}. Default all. */
  udfCodeHashes?: readonly string[];
}

/**
 * An executor in this process: it registers with a scheduler and runs its tasks. See {@link BallistaScheduler} for an
 * example. From Ballista's `Executor`.
 */
export class BallistaExecutor extends Service<NativeExecutor> {
  readonly #options: NativeExecutorOptions;
  readonly #pool: UdfPool | undefined;
  protected readonly what = 'executor';
  // Its folder is there before the executor is; a worker must not remove those of other threads.
  protected override readonly starting = isMainThread
    ? { abandon: () => callSync((binding) => binding.removeWorkFolders()) }
    : {};

  /** @throws BallistaError `INVALID_ARGUMENT` */
  constructor(options: ExecutorOptions = {}) {
    super();
    const { udf, udfWorkers, udfMemoryLimitBytes, udfCodeHashes, ...native } = resolve<
      NativeExecutorOptions & ExecutorOptions
    >('BallistaExecutor', EXECUTOR_SETTINGS, options);
    if (udf && !isLoopback(native.host))
      throw invalid(
        'BallistaExecutor: with udf it runs code of whoever reaches it; let its host be a loopback address',
      );
    if (udfCodeHashes !== undefined && !isHashes(udfCodeHashes))
      throw invalid('BallistaExecutor: udfCodeHashes must be an array of hashes, each of 64 hexadecimal digits');
    const limits = { memoryLimitBytes: udfMemoryLimitBytes, codeHashes: udfCodeHashes };
    this.#pool = udf ? new UdfPool(udfWorkers ?? native.vcores, limits) : undefined;
    this.#options = this.#pool ? { ...native, udfPool: this.#pool.id } : native;
  }

  /**
   * Its id on the scheduler.
   *
   * @throws BallistaError `INVALID_ARGUMENT` before `start()` has resolved
   */
  get id(): string {
    return this.started('id').id;
  }

  /**
   * Its own folder, for shuffle files.
   *
   * @throws BallistaError `INVALID_ARGUMENT` before `start()` has resolved
   */
  get workDir(): string {
    return this.started('workDir').workDir;
  }

  protected async launch(): Promise<NativeExecutor> {
    const executor = await native().NativeExecutor.start(this.#options);
    if (this.#pool) pools.add(this.#pool);
    return executor;
  }

  /** As of any service; the threads of functions end last. */
  override async close(): Promise<void> {
    await super.close();
    if (!this.#pool) return;
    pools.delete(this.#pool);
    await this.#pool.close();
  }
}

/** Of running executors: a program need not hold an executor for it to run. */
const pools = new Set<UdfPool>();

function isHashes(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((hash) => typeof hash === 'string' && /^[0-9a-f]{64}$/u.test(hash));
}
