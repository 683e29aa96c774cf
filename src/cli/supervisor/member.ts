/**
 * A process of a cluster that is started again when it ends.
 *
 * @module
 */

import { setTimeout } from 'node:timers/promises';

import type { ServerRole, Started } from '../daemon/daemon-server.js';
import type { Log } from '../daemon/log.js';
import type { MetricFamily } from '../daemon/metric-families.js';
import { BackOff } from './back-off.js';
import { ChildServer } from './child-server.js';

/** How a process of a cluster is started. */
export interface MemberOptions {
  /** For logs and metrics: `scheduler`, `executor-1`, … */
  readonly name: string;
  readonly role: ServerRole;
  /** Called at each start. */
  readonly order: () => ConstructorParameters<typeof ChildServer>[1];
  readonly log: Log;
}

/** Keeps one process of a cluster running. */
export class Member {
  readonly #options: MemberOptions;
  readonly #stopping = new AbortController();
  #child: ChildServer | undefined;
  #kept: Promise<void> | undefined;
  #serves = false;

  constructor(options: MemberOptions) {
    this.#options = options;
  }

  get name(): string {
    return this.#options.name;
  }

  /** Starts the process, and from now on starts it again whenever it ends. Rejects if the first start fails. */
  async start(): Promise<Started> {
    const started = await this.#launch();
    this.#kept = this.#keep();
    return started;
  }

  /** Lets a scheduler finish its queries. Its process is not started again. */
  async drain(patienceMs: number): Promise<void> {
    this.#stopping.abort();
    if (this.#serves) await this.#child?.drain(patienceMs);
  }

  /** The metrics of its process; none if it does not answer. */
  async measure(): Promise<readonly MetricFamily[]> {
    return (this.#serves && (await this.#child?.measure())) || [];
  }

  /** Why its process cannot serve queries now, or undefined if it can. */
  async unready(): Promise<string | undefined> {
    return this.#serves ? this.#child?.unready() : 'It does not serve.';
  }

  /** Ends the process. */
  async stop(patienceMs: number): Promise<void> {
    this.#stopping.abort();
    await this.#child?.stop(patienceMs);
    await this.#kept;
  }

  async #launch(): Promise<Started> {
    const { name, role, order, log } = this.#options;
    const child = new ChildServer(role, order());
    this.#child = child;
    child.exited.then(() => {
      this.#serves = false;
    });
    const started = await child.started;
    this.#serves = true;
    log.info(`The ${role} serves.`, { process: name, childPid: child.pid, ...started });
    return started;
  }

  async #keep(): Promise<void> {
    const { name, role, log } = this.#options;
    const { signal } = this.#stopping;
    const backOff = new BackOff();
    let begun = performance.now();
    while (!signal.aborted) {
      const reason = await this.#child?.exited;
      if (signal.aborted) return;
      const pause = backOff.pauseMs(performance.now() - begun);
      log.warn(`The ${role} has ended (${reason}). It starts again in ${pause} ms.`, { process: name });
      await setTimeout(pause, undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return;
      begun = performance.now();
      // If the start fails, the process has ended, which the next turn sees. It has logged why.
      await this.#launch().catch(() => undefined);
    }
  }
}
