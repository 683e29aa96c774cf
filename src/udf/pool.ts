/**
 * The worker threads that run UDFs. Rust requests when to start one and when to end one.
 *
 * @module
 */

import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ResourceLimits, Worker } from 'node:worker_threads';

import type { NativeUdfPool } from '../binding.cjs';
import { callSync } from '../native.js';
import { runningServers } from '../platform/exit.js';
import { workerFile } from '../worker-file.js';

/** How long a thread may continue after it was told to end. */
const GRACE_MS = 100;

/** The data passed to a new thread. */
export interface WorkerData {
  readonly pool: number;
  readonly id: number;
  /** A temporary folder for the thread, used while it loads a function. */
  readonly folder: string;
  readonly codeHashes: readonly string[] | undefined;
}

/** The limits of the threads of a pool. */
export interface PoolLimits {
  /** The memory limit of each thread; default Node's. */
  readonly memoryLimitBytes?: number | undefined;
  /** The hashes of the code that may run; default any. */
  readonly codeHashes?: readonly string[] | undefined;
}

/** A pool of JavaScript worker threads, started on demand. They do not keep the process alive. */
export class UdfPool implements AsyncDisposable {
  readonly #native: NativeUdfPool;
  readonly #workers = new Map<number, Worker>();
  #closed = false;

  /**
   * @param size - the maximum number of threads
   */
  constructor(size: number, { memoryLimitBytes, codeHashes }: PoolLimits = {}) {
    const resourceLimits = memoryLimitBytes === undefined ? {} : { maxOldGenerationSizeMb: memoryLimitBytes / 2 ** 20 };
    // A weak reference breaks the cycle: the addon holds these callbacks, and the pool holds the addon's object.
    const self = new WeakRef(this);
    const start = (id: number): void => {
      const pool = self.deref();
      if (pool) pool.#start(id, resourceLimits, codeHashes);
    };
    const end = (id: number): void => {
      const pool = self.deref();
      if (pool) pool.#end(id);
    };
    this.#native = callSync((binding) => new binding.NativeUdfPool(size, start, end));
  }

  /** The id by which executors and sessions refer to this pool. */
  get id(): number {
    return this.#native.id;
  }

  /** Ends all threads, even those that are running a call. Idempotent. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#native.close();
    await Promise.all(Array.from(this.#workers.values(), (worker) => worker.terminate()));
  }

  /** Same as {@link close}. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** Tells a thread to end, and ends it after a moment. A waiting function can use that time to abort what it waits for. */
  #end(id: number): void {
    const worker = this.#workers.get(id);
    worker?.postMessage('end');
    setTimeout(() => worker?.terminate(), GRACE_MS).unref();
  }

  #start(id: number, resourceLimits: ResourceLimits, codeHashes: readonly string[] | undefined): void {
    if (this.#closed) return;
    const folder = join(tmpdir(), `ballista-udf-${crypto.randomUUID()}`);
    // Removes the folder if the process ends while the thread is loading.
    const loading = { abandon: () => rmSync(folder, { recursive: true, force: true }) };
    runningServers().add(loading);
    let reason = 'it ended.';
    const lost = (): void => {
      loading.abandon();
      runningServers().delete(loading);
      this.#workers.delete(id);
      this.#native.lost(id, reason);
    };
    try {
      const worker = new Worker(workerFile(), {
        workerData: { pool: this.id, id, folder, codeHashes } satisfies WorkerData,
        resourceLimits,
        execArgv: [],
      });
      worker.unref();
      this.#workers.set(id, worker);
      worker.once('error', (error: unknown) => {
        reason = error instanceof Error ? error.message : String(error);
      });
      worker.once('exit', (code) => {
        if (reason === 'it ended.') reason = `it exited with code ${code}.`;
        lost();
      });
    } catch (error) {
      reason = error instanceof Error ? error.message : String(error);
      lost();
    }
  }
}
