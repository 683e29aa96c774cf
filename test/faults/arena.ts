import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import type { Choices } from '../fuzz/choices.js';
import { ProcessCluster } from '../support/process-cluster.js';
import { type Answer, Gone, Remote } from '../support/remote.js';
import { processorTime } from '../support/usage.js';
import type { ClientOptions, ClientRequest } from './client.js';
import type { Data } from './data.js';
import { Network } from './network.js';
import type { Digest } from './rows.js';

/** How a query runs: in stages on all executors, or whole on one of them. */
export type Mode = 'stages' | 'whole';

/** What a query does: `run` is a whole query before its first rows, `fetch` is after the first rows. */
export type Phase = 'map' | 'reduce' | 'run' | 'fetch';

/** How a query ended. */
export type Outcome =
  | { readonly kind: 'right' }
  | { readonly kind: 'error'; readonly code: string; readonly message: string }
  | { readonly kind: 'wrong'; readonly message: string }
  | { readonly kind: 'hang'; readonly message: string };

/** A query that takes longer hangs. */
const LIMIT_MS = 90_000;

const CONFIG: Record<Mode, ClientOptions['config']> = {
  stages: { 'cluster.whole_query': 'never', 'datafusion.execution.target_partitions': 8 },
  whole: { 'cluster.whole_query': 'always' },
};

/** A query whose outcome is not known yet. */
export class Running {
  readonly #client: Remote;
  readonly #query: number;
  readonly #expected: Digest;
  readonly started: Promise<Answer<unknown>>;
  readonly first: Promise<Answer<unknown>>;
  /** Whether the first rows, or an error, are there. */
  arrived = false;

  constructor(client: Remote, query: number, sql: string, expected: Digest) {
    this.#client = client;
    this.#query = query;
    this.#expected = expected;
    const ask = (request: ClientRequest) => client.ask(request);
    this.started = ask({ what: 'start', query, sql });
    this.first = this.started.then((answer) => ('error' in answer ? answer : ask({ what: 'first', query })));
    const arrived = () => {
      this.arrived = true;
    };
    this.first.then(arrived, arrived);
  }

  /** Reads the rows, and compares them with what is right. */
  async outcome(pauseMs = 0): Promise<Outcome> {
    const read = async (): Promise<Outcome> => {
      const first = await this.first;
      if ('error' in first) return failed(first.error);
      const request: ClientRequest = { what: 'rest', query: this.#query, pauseMs };
      const rest = await this.#client.ask<Digest>(request);
      if ('error' in rest) return failed(rest.error);
      const { rows, hash } = rest.value;
      if (rows === this.#expected.rows && hash === this.#expected.hash) return { kind: 'right' };
      return { kind: 'wrong', message: `${rows} rows with hash ${hash}, not ${this.#expected.rows}` };
    };
    const late = async (signal: AbortSignal): Promise<Outcome> => {
      await pause(LIMIT_MS + pauseMs, undefined, { signal });
      return { kind: 'hang', message: `no end after ${LIMIT_MS / 1000} s` };
    };
    const over = new AbortController();
    try {
      return await Promise.race([read(), late(over.signal)]);
    } catch (error) {
      if (error instanceof Gone) return { kind: 'wrong', message: `the client crashed: ${error.message}` };
      throw error;
    } finally {
      over.abort();
    }
  }
}

function failed({ code, name, message }: { code?: string; name: string; message: string }): Outcome {
  if (code !== undefined) return { kind: 'error', code, message };
  return { kind: 'wrong', message: `an error without a code: ${name}: ${message}` };
}

/** A cluster with proxies on all hops, and a client. */
export class Arena {
  readonly data: Data;
  readonly mode: Mode;
  readonly cluster: ProcessCluster;
  readonly network: Network;
  client: Remote;
  readonly #folder: string;
  #queries = 0;

  private constructor(
    data: Data,
    mode: Mode,
    folder: string,
    { cluster, network, client }: { cluster: ProcessCluster; network: Network; client: Remote },
  ) {
    this.data = data;
    this.mode = mode;
    this.#folder = folder;
    this.cluster = cluster;
    this.network = network;
    this.client = client;
  }

  static async open(data: Data, mode: Mode, executors: number, folder: string, choices: Choices): Promise<Arena> {
    mkdirSync(folder, { recursive: true });
    let network: Network | undefined;
    const cluster = await ProcessCluster.start({
      executors,
      vcores: 2,
      folder,
      between: async (scheduler) => {
        network = await Network.open(scheduler, choices);
        return network;
      },
    });
    if (!network) throw new Error('the cluster has no proxies');
    return new Arena(data, mode, folder, { cluster, network, client: await startClient(data, mode, network, folder) });
  }

  start(sql = this.data.sql, expected = this.data.expected): Running {
    return new Running(this.client, this.#queries++, sql, expected);
  }

  /** Waits until a query is in a phase. Returns an executor that works for it, or `undefined` if it ended before. */
  async reach(phase: Phase, query: Running, choices: Choices): Promise<number | undefined> {
    const before = new Set(this.#stages());
    const used = this.cluster.executors.map(({ remote }) => processorTime(remote.pid));
    if (phase === 'map' || phase === 'reduce') {
      const wanted = phase === 'map' ? /\/1$/ : /\/2$/;
      while (!query.arrived) {
        const found = this.cluster.executors.flatMap((_, index) =>
          this.cluster.stages(index).some((stage) => wanted.test(stage) && !before.has(`${index}:${stage}`))
            ? index
            : [],
        );
        const [first, ...rest] = found;
        if (first !== undefined) return choices.pick([first, ...rest]);
        await pause(2);
      }
      return undefined;
    }
    await query.started;
    if (phase === 'fetch') {
      const first = await query.first;
      if ('error' in first) return undefined;
    }
    // The executor that works is the one whose processor time grows.
    for (;;) {
      const grown = this.cluster.executors.map(({ remote }, index) => processorTime(remote.pid) - (used[index] ?? 0));
      const most = Math.max(...grown);
      if (most >= BUSY_TICKS) return grown.indexOf(most);
      if (query.arrived && phase === 'run') return undefined;
      await pause(2);
    }
  }

  /** The processes that ended although nobody ended them. */
  crashed(killed: ReadonlySet<Remote>): Remote[] {
    return [...this.cluster.members, this.client].filter((remote) => !remote.alive && !killed.has(remote));
  }

  /** Starts what is missing. Returns how long it takes until a query returns the right rows, or why none does. */
  async recover(): Promise<Outcome & { ms: number }> {
    if (!this.cluster.scheduler.alive) await this.cluster.startScheduler();
    for (const [index, { remote }] of this.cluster.executors.entries())
      if (!remote.alive) await this.cluster.startExecutor(index);
    if (!this.client.alive) await this.restartClient();
    const begin = performance.now();
    let outcome: Outcome = { kind: 'hang', message: '' };
    while (performance.now() - begin < LIMIT_MS) {
      outcome = await this.start(this.data.small, this.data.smallExpected).outcome();
      if (outcome.kind !== 'error') break;
      await pause(100);
    }
    return { ...outcome, ms: performance.now() - begin };
  }

  async restartClient(): Promise<void> {
    await this.client.kill();
    this.network.clients.delete(this.client.pid);
    this.client = await startClient(this.data, this.mode, this.network, this.#folder);
  }

  async close(): Promise<void> {
    this.network.restore();
    for (const { remote } of this.cluster.executors) remote.signal('SIGCONT');
    await this.client.kill();
    await this.cluster.kill();
    await this.network.close();
  }

  #stages(): string[] {
    return this.cluster.executors.flatMap((_, index) => this.cluster.stages(index).map((stage) => `${index}:${stage}`));
  }
}

/** A tick is 10 ms. */
const BUSY_TICKS = 3;

async function startClient(data: Data, mode: Mode, network: Network, folder: string): Promise<Remote> {
  const options: ClientOptions = {
    url: `df://127.0.0.1:${network.schedulerForClients}`,
    config: CONFIG[mode],
    tables: { t: data.folder },
  };
  const cwd = join(folder, 'client');
  mkdirSync(cwd, { recursive: true });
  const { remote } = await Remote.start('faults/client', options, { cwd });
  network.clients.add(remote.pid);
  return remote;
}
