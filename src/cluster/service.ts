/**
 * The lifecycle of a server in this process, shared by scheduler and executor.
 *
 * @module
 */

import { BallistaError } from '../errors.js';
import { call, callSync } from '../native.js';
import { type Running, runningServers } from '../platform/exit.js';

/** A started server, as the native side returns it. */
interface NativeService extends Running {
  readonly host: string;
  readonly port: number;
  waitForTermination(): Promise<void>;
  close(): Promise<void>;
}

/** A server in this process. It does not keep the process alive. */
export abstract class Service<N extends NativeService> implements AsyncDisposable {
  #native: N | undefined;
  #starting: Promise<N> | undefined;
  #closing: Promise<void> | undefined;

  /** The kind of server, for errors. */
  protected abstract readonly what: string;

  /** Represents the server until it has started. */
  protected readonly starting: Running = {};

  /** Starts the native server. */
  protected abstract launch(): Promise<N>;

  /** The version of the Ballista engine. */
  static get version(): string {
    return callSync((binding) => binding.engineVersions()).ballista;
  }

  /** The version of the Ballista engine. */
  get version(): string {
    return Service.version;
  }

  /** Whether it has started and is not closed. */
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
   * The port it listens on; the actual port if 0 was requested.
   *
   * @throws BallistaError `INVALID_ARGUMENT` before `start()` has resolved
   */
  get port(): number {
    return this.started('port').port;
  }

  /**
   * Starts the server. Resolves when it accepts connections. After a failure it can be started again.
   *
   * @throws BallistaError `ADDRESS_IN_USE`; `CONNECTION`; `IO` if a file of the options cannot be read, or a folder cannot be
   * created; `INVALID_ARGUMENT` if it was already started, or if a file of the options is broken; `UNAUTHORIZED` or `FORBIDDEN`
   * if the scheduler refuses the token of an executor; `CLOSED`
   */
  async start(): Promise<void> {
    if (this.#closing) throw new BallistaError('CLOSED', `The ${this.what} is closed. Create a new one.`);
    if (this.#starting) throw new BallistaError('INVALID_ARGUMENT', `The ${this.what} was already started.`);
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
   * Resolves after `close()`. Keeps the process alive while it waits.
   *
   * @throws BallistaError `INVALID_ARGUMENT` before `start()`, `IO` if the server of a scheduler failed
   */
  async waitForTermination(): Promise<void> {
    const service = this.started('waitForTermination()');
    await call(() => service.waitForTermination());
  }

  /**
   * Stops the server and frees its ports, threads and folders. A server first waits for its work, at most as long as its option
   * `drainTimeoutMs`. An executor then waits up to 5 s until clients have read their results. Idempotent; allowed before
   * `start()`.
   */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  /** Same as {@link close}. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #close(): Promise<void> {
    // A start in progress finishes first. If it fails, there is nothing to close.
    const service = this.#native ?? (await this.#starting?.catch(() => undefined));
    if (!service) return;
    await call(() => service.close());
    runningServers().delete(service);
  }

  /** The native server, if it has started. */
  protected started(member: string): N {
    if (!this.#native)
      throw new BallistaError(
        'INVALID_ARGUMENT',
        `${member} of the ${this.what} is not available yet. Call start() and wait for it first.`,
      );
    return this.#native;
  }
}
