import { join } from 'node:path';
import { Child } from './child.js';
import type { Usage } from './scheduler.js';

/** A scheduler of this package, and simulated executors with one slot each: bench/stock/src/simulated.rs. */
export class SimulatedCluster {
  readonly url: string;
  readonly #scheduler: Child;
  readonly #executors: Child;

  private constructor(port: number, scheduler: Child, executors: Child) {
    this.url = `df://127.0.0.1:${port}`;
    this.#scheduler = scheduler;
    this.#executors = executors;
  }

  /** @param filled - the number of shuffle partitions that the rows of one task fall into */
  static async start(executors: number, filled: number): Promise<SimulatedCluster> {
    const scheduler = new Child(process.execPath, [join(import.meta.dirname, 'scheduler.mjs')]);
    const { port } = (await scheduler.next()) as { port: number };
    const args = ['scripts/stock.mjs', 'simulate', port, executors, 1, filled].map(String);
    const simulated = new Child(process.execPath, args);
    await simulated.next();
    return new SimulatedCluster(port, scheduler, simulated);
  }

  /** CPU time and memory of the scheduler's process. */
  async usage(): Promise<Usage> {
    return (await this.#scheduler.ask({})) as Usage;
  }

  async close(): Promise<void> {
    await this.#executors.close();
    await this.#scheduler.close();
  }
}
