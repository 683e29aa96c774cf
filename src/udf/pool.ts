/**
 * The threads that functions run on. Rust says when one is wanted, and when one must end.
 *
 * @module
 */

import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type ResourceLimits, Worker } from 'node:worker_threads';

import type { NativeUdfPool } from '../binding.cjs';
import { runningServers } from '../cluster/exit.js';
import { callSync } from '../native.js';
import { WORKER_FILE } from '../worker-file.js';

/** How long a thread goes on whose call is over. */
const GRACE_MS = 100;

/** What a thread is told. */
export interface WorkerData {
  readonly pool: number;
  readonly id: number;
  /** A folder of its own, while it loads a function. */
  readonly folder: string;
  readonly codeHashes: readonly string[] | undefined;
}

/** What the threads of a pool may do. */
export interface PoolLimits {
  /** What each may take; default that of Node. */
  readonly memoryLimitBytes?: number | undefined;
  /** The code that they run, by hashes; default any. */
  readonly codeHashes?: readonly string[] | undefined;
}

/** Threads of JavaScript, started when they are wanted; they keep no process alive. */
export class UdfPool implements AsyncDisposable {
  readonly #native: NativeUdfPool;
  readonly #workers = new Map<number, Worker>();
  #closed = false;

  /**
   * @param size - how many threads at most
   */
  constructor(size: number, { memoryLimitBytes, codeHashes }: PoolLimits = {}) {
    const resourceLimits = memoryLimitBytes === undefined ? {} : { maxOldGenerationSizeMb: memoryLimitBytes / 2 ** 20 };
    // The addon holds these, and this holds the addon's.
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

  /** What executors and sessions know it by. */
  get id(): number {
    return this.#native.id;
  }

  /** Ends all threads, whatever they run. Idempotent. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#native.close();
    await Promise.all(Array.from(this.#workers.values(), (worker) => worker.terminate()));
  }

  /** As {@link close}. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** A function that waits is told, and has a moment to say so to whom it waits for. */
  #end(id: number): void {
    const worker = this.#workers.get(id);
    worker?.postMessage('end');
    setTimeout(() => worker?.terminate(), GRACE_MS).unref();
  }

  #start(id: number, resourceLimits: ResourceLimits, codeHashes: readonly string[] | undefined): void {
    if (this.#closed) return;
    const folder = join(tmpdir(), `ballista-udf-${randomUUID()}`);
    // It may end while it loads.
    const loading = { abandon: () => rmSync(folder, { recursive: true, force: true }) };
    runningServers().add(loading);
    let reason = 'it ended';
    const lost = (): void => {
      loading.abandon();
      runningServers().delete(loading);
      this.#workers.delete(id);
      this.#native.lost(id, reason);
    };
    try {
      const worker = new Worker(fileURLToPath(WORKER_FILE), {
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
        if (reason === 'it ended') reason = `it left with code ${code}`;
        lost();
      });
    } catch (error) {
      reason = error instanceof Error ? error.message : String(error);
      lost();
    }
  }
}
