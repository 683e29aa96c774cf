/**
 * A scheduler or an executor, as a daemon sees it.
 *
 * @module
 */

import type { BallistaExecutor, BallistaScheduler, ExecutorOptions, SchedulerOptions } from 'ballista';

import { withArguments } from '../base/command.js';
import type { Probes } from './admin-server.js';
import type { Role } from './daemon-options.js';
import type { MetricFamily } from './metric-families.js';
import { ProcessMetrics } from './process-metrics.js';
import { executorFamilies, schedulerFamilies } from './server-metrics.js';

/** The commands that run one server. */
export type ServerRole = Exclude<Role, 'cluster'>;

/** Where a server listens, for logs and for the supervisor. */
export interface Started {
  readonly host: string;
  readonly port: number;
  /** The address for contexts. Only of a scheduler. */
  readonly url?: string;
  /** The id on the scheduler. Only of an executor. */
  readonly id?: string;
}

type State = 'starting' | 'serving' | 'draining' | 'closed';

/** What a role does differently. */
interface Kind {
  readonly server: BallistaScheduler | BallistaExecutor;
  started(): Started;
  drain(): Promise<void>;
  /** Why a server that serves is not ready. */
  unready(): string | undefined;
  families(): readonly MetricFamily[];
}

/** A server with its state. */
export class DaemonServer implements Probes {
  readonly #kind: Kind;
  readonly #process = new ProcessMetrics();
  #state: State = 'starting';

  private constructor(kind: Kind) {
    this.#kind = kind;
  }

  /** @throws UsageError the options contradict each other */
  static async create(role: ServerRole, options: object): Promise<DaemonServer> {
    return new DaemonServer(await kindOf(role, options));
  }

  async start(): Promise<Started> {
    await this.#kind.server.start();
    if (this.#state === 'starting') this.#state = 'serving';
    return this.#kind.started();
  }

  /** Resolves when the server has ended. */
  async ended(): Promise<void> {
    await this.#kind.server.waitForTermination();
  }

  /** Finishes queries. Only a scheduler has something to do before it closes. */
  async drain(): Promise<void> {
    this.#state = 'draining';
    await this.#kind.drain();
  }

  async close(): Promise<void> {
    this.#state = 'draining';
    try {
      await this.#kind.server.close();
    } finally {
      this.#state = 'closed';
      this.#process.close();
    }
  }

  unready(): string | undefined {
    if (this.#state === 'starting') return 'It is starting.';
    if (this.#state !== 'serving') return 'It is shutting down.';
    return this.#kind.unready();
  }

  metrics(): readonly MetricFamily[] {
    return [...this.#serverFamilies(), ...this.#process.families()];
  }

  #serverFamilies(): readonly MetricFamily[] {
    if (this.#state === 'starting' || this.#state === 'closed') return [];
    try {
      return this.#kind.families();
    } catch (error) {
      // The server has closed, or has not started before it closes.
      if (this.#state === 'draining') return [];
      throw error;
    }
  }
}

/** @throws UsageError the options of a server contradict each other */
export async function checkServerOptions(role: ServerRole, options: object): Promise<void> {
  // Constructors only check: what they make need not be closed.
  await kindOf(role, options);
}

async function kindOf(role: ServerRole, options: object): Promise<Kind> {
  return withArguments(() => (role === 'scheduler' ? scheduler(options) : executor(options)));
}

async function scheduler(options: SchedulerOptions): Promise<Kind> {
  const ballista = await import('ballista');
  const server = new ballista.BallistaScheduler(options);
  return {
    server,
    started: () => ({ host: server.host, port: server.port, url: server.url }),
    drain: () => server.drain(),
    unready: () => (server.metrics().executors === 0 ? 'No executor is registered.' : undefined),
    families: () => schedulerFamilies(server.metrics()),
  };
}

async function executor(options: ExecutorOptions): Promise<Kind> {
  const ballista = await import('ballista');
  const server = new ballista.BallistaExecutor(options);
  const limits = options as Required<ExecutorOptions>;
  return {
    server,
    started: () => ({ host: server.host, port: server.port, id: server.id }),
    drain: async () => undefined,
    unready: () => (server.metrics().connected ? undefined : 'The scheduler does not answer.'),
    families: () => executorFamilies(server.metrics(), limits),
  };
}
