/**
 * A scheduler or an executor as a child process.
 *
 * @module
 */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

import { BallistaError } from '../../errors.js';
import type { ServerRole, Started } from '../daemon/daemon-server.js';
import type { MetricFamily } from '../daemon/metric-families.js';
import { type Order, type Report, supervisedEnvironment } from '../daemon/supervision.js';

/** How long a process may take to answer about its state. */
const ANSWER_MS = 2_000;

type StartOrder = Extract<Order, { type: 'start' }>;
type Answer = Extract<Report, { number: number }>;

/** One process, from its start to its end. */
export class ChildServer {
  readonly #child: ChildProcess;
  readonly #reports: ((report: Report) => void)[] = [];
  #questions = 0;
  /** Why the process has ended: its exit code or signal. */
  readonly exited: Promise<string>;
  /** Rejects if the process ends before it serves. */
  readonly started: Promise<Started>;

  constructor(role: ServerRole, order: Omit<StartOrder, 'type'>) {
    const program = process.argv[1] ?? '';
    this.#child = spawn(process.execPath, [...process.execArgv, program, role], {
      env: supervisedEnvironment(),
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      // Ctrl-C of a terminal must reach the supervisor alone, which ends its processes in order.
      detached: true,
    });
    this.exited = new Promise((resolve) => {
      this.#child.once('error', (error) => resolve(error.message));
      this.#child.once('exit', (code, signal) => resolve(signal ?? `exit code ${code}`));
    });
    this.#child.on('message', (report) => {
      for (const take of this.#reports) take(report as Report);
    });
    this.started = this.#report('started').then(({ started }) => started);
    this.started.catch(() => undefined);
    this.#send({ type: 'start', ...order });
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Lets a scheduler finish its queries. Resolves also if the process ends meanwhile, or takes too long. */
  async drain(patienceMs: number): Promise<void> {
    const drained = this.#report('drained', undefined, AbortSignal.timeout(patienceMs));
    this.#send({ type: 'drain' });
    await drained.catch(() => undefined);
  }

  /** The metrics; none if the process does not answer. */
  async measure(): Promise<readonly MetricFamily[]> {
    const measured = await this.#ask('measure', 'measured');
    return measured?.families ?? [];
  }

  /** Why it cannot serve queries now, or undefined if it can. */
  async unready(): Promise<string | undefined> {
    const probed = await this.#ask('probe', 'probed');
    return probed ? probed.unready : 'It does not answer.';
  }

  async #ask<K extends Answer['type']>(
    type: 'measure' | 'probe',
    answer: K,
  ): Promise<Extract<Report, { type: K }> | undefined> {
    this.#questions += 1;
    const number = this.#questions;
    const signal = AbortSignal.timeout(ANSWER_MS);
    const answered = this.#report(answer, (report) => (report as Answer).number === number, signal);
    this.#send({ type, number });
    return answered.catch(() => undefined);
  }

  /** Ends the process with SIGTERM, and with SIGKILL if it takes too long. */
  async stop(patienceMs: number): Promise<void> {
    this.#child.kill('SIGTERM');
    const timer = setTimeout(() => this.kill(), patienceMs);
    await this.exited;
    clearTimeout(timer);
  }

  kill(): void {
    this.#child.kill('SIGKILL');
  }

  #send(order: Order): void {
    // The failure of a process that has ended is known by its exit.
    if (this.#child.connected) this.#child.send(order, () => undefined);
  }

  /** The next report of a kind. */
  async #report<K extends Report['type']>(
    type: K,
    isWanted: (report: Report) => boolean = () => true,
    signal?: AbortSignal,
  ): Promise<Extract<Report, { type: K }>> {
    let take: (report: Report) => void = () => undefined;
    const found = new Promise<Report>((resolve) => {
      take = (report) => {
        if (report.type === type && isWanted(report)) resolve(report);
      };
      this.#reports.push(take);
    });
    const ended = this.exited.then((reason) => {
      throw new BallistaError('IO', `The process has ended (${reason}).`);
    });
    const late = signal && once(signal, 'abort').then(() => Promise.reject(signal.reason));
    try {
      return (await Promise.race([found, ended, ...(late ? [late] : [])])) as Extract<Report, { type: K }>;
    } finally {
      this.#reports.splice(this.#reports.indexOf(take), 1);
    }
  }
}
