import { BallistaScheduler } from 'ballista';
import { FaultyProxy } from './faulty-proxy.js';
import { Program } from './program.js';

/** A connection of a cluster: who opens it, and what it carries. */
export type Hop = 'client-scheduler' | 'executor-scheduler' | 'scheduler-executor' | 'to-executor';

interface FarExecutor {
  readonly program: Program;
  readonly workDir: string;
  /** In front of the port for rows. */
  readonly rows: FaultyProxy;
  /** In front of the port for tasks. */
  readonly tasks: FaultyProxy;
}

/** A scheduler and two executors of one slot, with a proxy in each connection. Needs the loopback addresses of Linux. */
export class FarCluster {
  readonly #closing: (() => Promise<unknown>)[] = [];
  readonly executors: FarExecutor[] = [];
  #clients: FaultyProxy | undefined;
  #registrations: FaultyProxy | undefined;

  /** `options` are those of the executors. */
  static async start(options: object = {}): Promise<FarCluster> {
    const cluster = new FarCluster();
    const scheduler = new BallistaScheduler({ port: 0 });
    await scheduler.start();
    cluster.#closing.push(() => scheduler.close());
    cluster.#clients = await cluster.#proxy('127.0.0.1', scheduler.port);
    cluster.#registrations = await cluster.#proxy('127.0.0.1', scheduler.port);
    for (const externalHost of ['127.0.0.2', '127.0.0.3']) await cluster.add(externalHost, options);
    return cluster;
  }

  /** Starts an executor. Others reach it at another address, with the same ports, where the proxies are. */
  async add(externalHost: string, options: object = {}): Promise<FarExecutor> {
    const [rows, tasks] = [await this.#proxy(externalHost), await this.#proxy(externalHost)];
    for (const proxy of [rows, tasks]) proxy.forward(proxy.port);
    const ports = { schedulerPort: this.#registrations?.port, port: rows.port, grpcPort: tasks.port };
    const all = { ...ports, externalHost, ...options };
    const program = Program.executor(all, { timeoutMs: 900_000 });
    this.#closing.push(() => {
      program.kill('SIGKILL');
      return program.ended;
    });
    const executor = { program, workDir: await program.line('ready'), rows, tasks };
    this.executors.push(executor);
    return executor;
  }

  async #proxy(host: string, port?: number): Promise<FaultyProxy> {
    const proxy = await FaultyProxy.listen(host);
    if (port !== undefined) proxy.forward(port);
    this.#closing.push(() => proxy.close());
    return proxy;
  }

  /** The address for clients. */
  get url(): string {
    return `df://127.0.0.1:${this.#clients?.port}`;
  }

  /** The proxies of a hop. */
  proxies(hop: Hop): FaultyProxy[] {
    const scheduler = hop === 'client-scheduler' ? this.#clients : this.#registrations;
    switch (hop) {
      case 'client-scheduler':
      case 'executor-scheduler':
        return scheduler ? [scheduler] : [];
      case 'scheduler-executor':
        return this.executors.map((executor) => executor.tasks);
      case 'to-executor':
        return this.executors.map((executor) => executor.rows);
    }
  }

  async close(): Promise<void> {
    for (const close of this.#closing.splice(0).reverse()) await close();
  }
}
