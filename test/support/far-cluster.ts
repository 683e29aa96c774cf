import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { FaultyProxy } from './faulty-proxy.js';
import { entries } from './jobs.js';
import { type Between, LOOPBACK, ProcessCluster } from './process-cluster.js';
import type { Place } from './tcp-proxy.js';

/** A connection of a cluster: who opens it, and what it carries. */
export type Hop = 'client-scheduler' | 'executor-scheduler' | 'scheduler-executor' | 'to-executor';

const EXECUTORS = 2;

/** The proxies in front of an executor. */
interface Front {
  /** In front of the port for rows. */
  readonly rows: FaultyProxy;
  /** In front of the port for tasks. */
  readonly tasks: FaultyProxy;
}

/** Processes of a scheduler and two executors of one slot, with a proxy in each connection. Needs the loopback addresses of Linux. */
export class FarCluster implements Between {
  readonly #folder = mkdtempSync(join(tmpdir(), 'ballista-test-'));
  readonly #proxies: FaultyProxy[] = [];
  readonly #fronts: Front[] = [];
  #processes: ProcessCluster | undefined;
  #clients: FaultyProxy | undefined;
  #registrations: FaultyProxy | undefined;

  static async start(): Promise<FarCluster> {
    const cluster = new FarCluster();
    cluster.#processes = await ProcessCluster.start({
      executors: EXECUTORS,
      vcores: 1,
      folder: cluster.#folder,
      between: (scheduler) => cluster.#open(scheduler),
    });
    return cluster;
  }

  async #open({ port }: Place): Promise<Between> {
    this.#clients = await this.#proxy(LOOPBACK, port);
    this.#registrations = await this.#proxy(LOOPBACK, port);
    return this;
  }

  get schedulerForExecutors(): number {
    return this.#registrations?.port ?? 0;
  }

  /** Others reach an executor at another address, with the same ports, where the proxies are. */
  async executor(index: number): Promise<{ host: string; port: number; grpcPort: number }> {
    const host = `127.0.0.${2 + index}`;
    const [rows, tasks] = [await this.#proxy(host), await this.#proxy(host)];
    for (const proxy of [rows, tasks]) proxy.forward(proxy.port);
    this.#fronts[index] = { rows, tasks };
    return { host, port: rows.port, grpcPort: tasks.port };
  }

  async #proxy(host: string, port?: number): Promise<FaultyProxy> {
    const proxy = await FaultyProxy.listen(host);
    if (port !== undefined) proxy.forward(port);
    this.#proxies.push(proxy);
    return proxy;
  }

  /** The address for clients. */
  get url(): string {
    return `df://${LOOPBACK}:${this.#clients?.port}`;
  }

  get fronts(): readonly Front[] {
    return this.#fronts;
  }

  /** The work folders of the executors. */
  get workDirs(): string[] {
    const folders = this.#processes?.executors.map(({ folder }) => folder) ?? [];
    return folders.flatMap((folder) => entries(folder).map((name) => join(folder, name)));
  }

  /** The proxies of a hop. */
  proxies(hop: Hop): FaultyProxy[] {
    const scheduler = hop === 'client-scheduler' ? this.#clients : this.#registrations;
    switch (hop) {
      case 'client-scheduler':
      case 'executor-scheduler':
        return scheduler ? [scheduler] : [];
      case 'scheduler-executor':
        return this.#fronts.map(({ tasks }) => tasks);
      case 'to-executor':
        return this.#fronts.map(({ rows }) => rows);
    }
  }

  async close(): Promise<void> {
    await this.#processes?.kill();
    for (const proxy of this.#proxies) await proxy.close();
    rmSync(this.#folder, { recursive: true, force: true, maxRetries: 5 });
  }
}
