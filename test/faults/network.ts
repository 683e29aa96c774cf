import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

import type { Choices } from '../fuzz/choices.js';
import type { Between } from '../support/process-cluster.js';
import { LOOPBACK } from '../support/process-cluster.js';
import { type Passage, type Place, TcpProxy } from '../support/tcp-proxy.js';

/** Who connects to whom. */
export const HOPS = [
  'client to scheduler',
  'executor to scheduler',
  'scheduler to executor',
  'executor to executor',
  'client to executor',
] as const;
export type Hop = (typeof HOPS)[number];

/** What executors announce. The whole of 127.0.0.0/8 is loopback on Linux, and the port is the same on both addresses. */
const ANNOUNCED = '127.0.0.2';

/** How long nothing passes: longer than the keep-alive messages of connections may take. */
export const STALL_MS = 15_000;

/** A connection of a hop. */
class HopPassage implements Passage {
  readonly hop: Hop;
  readonly #network: Network;

  constructor(network: Network, hop: Hop) {
    this.#network = network;
    this.hop = hop;
  }

  alter(bytes: Buffer): Buffer {
    return this.#network.alter(this.hop, bytes);
  }

  passable(): Promise<void> | undefined {
    return this.#network.passable(this.hop);
  }
}

/** The proxies on all hops of a cluster, and what they do. */
export class Network implements Between {
  /** The processes of clients, which tell apart who connects to an executor. */
  readonly clients = new Set<number>();
  /** Chooses the bits that are flipped. */
  choices: Choices;
  readonly #proxies: TcpProxy[] = [];
  readonly #executors = new Map<number, TcpProxy[]>();
  readonly #stalls = new Map<Hop, { ended: Promise<void>; end: () => void }>();
  #flips: { hop: Hop; left: number } | undefined;
  #touched = 0;
  schedulerForClients = 0;
  schedulerForExecutors = 0;

  private constructor(choices: Choices) {
    this.choices = choices;
  }

  static async open(scheduler: Place, choices: Choices): Promise<Network> {
    const network = new Network(choices);
    const listen = async (hop: Hop) => {
      const proxy = await TcpProxy.listen(
        { host: LOOPBACK, port: 0 },
        () => scheduler,
        () => new HopPassage(network, hop),
      );
      network.#proxies.push(proxy);
      return proxy.port;
    };
    network.schedulerForClients = await listen('client to scheduler');
    network.schedulerForExecutors = await listen('executor to scheduler');
    return network;
  }

  async executor(index: number): Promise<{ host: string; port: number; grpcPort: number }> {
    // The ports of an executor that is started again are new, like those of a new executor.
    for (const proxy of this.#executors.get(index) ?? []) await proxy.close();
    const listen = async (hop: (peer: number, port: number) => Hop) => {
      const proxy: TcpProxy = await TcpProxy.listen(
        { host: ANNOUNCED, port: 0 },
        () => ({ host: LOOPBACK, port: proxy.port }),
        (peer) => new HopPassage(this, hop(peer, proxy.port)),
      );
      return proxy;
    };
    const rows = await listen((peer, port) =>
      this.#isClient(peer, port) ? 'client to executor' : 'executor to executor',
    );
    const tasks = await listen(() => 'scheduler to executor');
    this.#executors.set(index, [rows, tasks]);
    return { host: ANNOUNCED, port: rows.port, grpcPort: tasks.port };
  }

  /** Breaks the connections of a hop. */
  reset(hop: Hop): void {
    const all = [...this.#proxies, ...[...this.#executors.values()].flat()];
    for (const proxy of all)
      this.#touched += proxy.reset((passage) => passage instanceof HopPassage && passage.hop === hop);
  }

  /** Lets nothing pass on a hop for a while, at most until `restore`. */
  stall(hop: Hop): void {
    let resolve = () => {};
    const ended = new Promise<void>((resolved) => {
      resolve = resolved;
    });
    const end = () => {
      clearTimeout(timer);
      this.#stalls.delete(hop);
      resolve();
    };
    const timer = setTimeout(end, STALL_MS);
    this.#stalls.set(hop, { ended, end });
  }

  /** Flips some bits of what passes on a hop from now on. */
  corrupt(hop: Hop, flips: number): void {
    this.#flips = { hop, left: flips };
  }

  /** Lets everything pass unchanged. Returns whether anything was affected since the last call. */
  restore(): boolean {
    for (const { end } of [...this.#stalls.values()]) end();
    this.#flips = undefined;
    const touched = this.#touched > 0;
    this.#touched = 0;
    return touched;
  }

  async close(): Promise<void> {
    this.restore();
    for (const proxy of [...this.#proxies, ...[...this.#executors.values()].flat()]) await proxy.close();
  }

  passable(hop: Hop): Promise<void> | undefined {
    const stall = this.#stalls.get(hop);
    if (stall) this.#touched++;
    return stall?.ended;
  }

  alter(hop: Hop, bytes: Buffer): Buffer {
    const flips = this.#flips;
    if (flips?.hop !== hop || flips.left === 0 || this.choices.below(2) === 0) return bytes;
    flips.left--;
    this.#touched++;
    const at = this.choices.below(bytes.length);
    const changed = Buffer.from(bytes);
    changed[at] = (bytes[at] ?? 0) ^ (1 << this.choices.below(8));
    return changed;
  }

  /** Whether the process at the other end of a connection is a client. */
  #isClient(peer: number, port: number): boolean {
    const hex = (number: number) => number.toString(16).toUpperCase().padStart(4, '0');
    const lines = readFileSync('/proc/net/tcp', 'utf8').split('\n');
    const line = lines
      .map((text) => text.trim().split(/\s+/))
      .find(([, local = '', remote = '']) => local.endsWith(`:${hex(peer)}`) && remote.endsWith(`:${hex(port)}`));
    const socket = `socket:[${line?.[9]}]`;
    return [...this.clients].some((pid) => holds(pid, socket));
  }
}

function holds(pid: number, socket: string): boolean {
  const folder = `/proc/${pid}/fd`;
  try {
    return readdirSync(folder).some((name) => {
      try {
        return readlinkSync(`${folder}/${name}`) === socket;
      } catch {
        return false;
      }
    });
  } catch {
    return false;
  }
}
