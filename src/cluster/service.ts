/**
 * The life of a server in this process: made, started, closed; the same for scheduler and executor.
 *
 * @module
 */

import { BallistaError } from '../errors.js';
import { call, callSync } from '../native.js';
import { type Running, runningServers } from './exit.js';

/** What Rust gives for a started server. */
interface NativeService extends Running {
  readonly host: string;
  readonly port: number;
  waitForTermination(): Promise<void>;
  close(): Promise<void>;
}

/** A server in this process. It never keeps the process alive by itself. */
export abstract class Service<N extends NativeService> implements AsyncDisposable {
  #native: N | undefined;
  #starting: Promise<N> | undefined;
  #closing: Promise<void> | undefined;

  /** What this is, for errors. */
  protected abstract readonly what: string;

  /** Stands for the server until it has started. */
  protected readonly starting: Running = {};

  /** Starts the native server. */
  protected abstract launch(): Promise<N>;

  /** The version of the Ballista engine inside. */
  static get version(): string {
    return callSync((binding) => binding.engineVersions()).ballista;
  }

  /** The version of the Ballista engine inside. */
  get version(): string {
    return Service.version;
  }

  /** Whether it serves: started, and not closed. */
  get running(): boolean {
    return this.#native !== undefined && this.#closing === undefined;
  }

  /** Whether `close()` was called. */
  get closed(): boolean {
    return this.#closing !== undefined;
  }

  /**
   * The address it listens on.
   *
   * @throws BallistaError `INVALID_ARGUMENT` before `start()` has resolved
   */
  get host(): string {
    return this.started('host').host;
  }

  /**
   * The port it listens on: the real one where 0 was asked for.
   *
   * @throws BallistaError `INVALID_ARGUMENT` before `start()` has resolved
   */
  get port(): number {
    return this.started('port').port;
  }

  /**
   * Starts it; resolves when it really serves. After a failure it may be started again.
   *
   * @throws BallistaError `ADDRESS_IN_USE`, `CONNECTION`, `INVALID_ARGUMENT` where it was started before, `CLOSED`
   */
  async start(): Promise<void> {
    if (this.#closing) throw new BallistaError('CLOSED', `the ${this.what} was closed; make a new one`);
    if (this.#starting) throw new BallistaError('INVALID_ARGUMENT', `the ${this.what} was started before`);
    this.#starting = call(() => this.launch());
    runningServers().add(this.starting);
    try {
      this.#native = await this.#starting;
      runningServers().add(this.#native);
    } catch (failure) {
      this.#starting = undefined;
      throw failure;
    } finally {
      runningServers().delete(this.starting);
    }
  }

  /**
   * Resolves when it has ended through `close()`; keeps the process alive while it waits.
   *
   * @throws BallistaError `CONNECTION` where an executor lost its scheduler, `INVALID_ARGUMENT` before `start()`
   */
  async waitForTermination(): Promise<void> {
    const service = this.started('waitForTermination()');
    await call(() => service.waitForTermination());
  }

  /**
   * Stops it: running tasks are drained for up to 10 s, then ports, threads and folders are freed. Idempotent, also before
   * `start()`.
   */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  /** As {@link close}. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #close(): Promise<void> {
    // A start under way ends first; where it fails there is nothing to close.
    const service = this.#native ?? (await this.#starting?.catch(() => undefined));
    if (!service) return;
    await call(() => service.close());
    runningServers().delete(service);
  }

  /** The native server. */
  protected started(member: string): N {
    if (!this.#native)
      throw new BallistaError('INVALID_ARGUMENT', `${member} of the ${this.what}: call start() and wait for it first`);
    return this.#native;
  }
}
