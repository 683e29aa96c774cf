/**
 * A Ballista scheduler in this process.
 *
 * @module
 */

import type { NativeAuthenticator, NativeScheduler, NativeSchedulerOptions } from '../binding.cjs';
import { type TlsOptions, type TokenOption, toCredentialsNative } from '../config/credentials.js';
import { type FileLimits, toFilesNative } from '../config/file-limits.js';
import { isLoopback } from '../config/loopback.js';
import { SCHEDULER_SETTINGS } from '../config/setting-tables.js';
import { invalid } from '../errors.js';
import { resolve } from '../input/settings.js';
import { call, callSync, native } from '../native.js';
import { type AuthOptions, type CheckedAuthOptions, toAuth } from './authentication/auth-options.js';
import { openAuthenticator } from './authentication/authenticator.js';
import { checkExposure, type ExposureOptions, warnIfExposed } from './exposure.js';
import { Service } from './service.js';

/** Options of a {@link BallistaScheduler}. */
export interface SchedulerOptions {
  /** The address to listen on. Default `'127.0.0.1'`. */
  host?: string;
  /** The port to listen on; 0 picks a free one. Default 50050. */
  port?: number;
  /** The host name that executors and clients use to connect. Default: `host`. */
  externalHost?: string;
  /**
   * Whether the scheduler and its executors take only requests of this process. Only on a loopback address. Requests of other
   * processes are rejected with `UNAUTHORIZED`. The constructor throws `INVALID_ARGUMENT` for another address, and together
   * with `auth`. Default `false`.
   */
  processOnly?: boolean;
  /** Encrypts all connections with TLS. All parts of a cluster and its clients need it. Default: plain connections. */
  tls?: TlsOptions;
  /**
   * The token that this process sends with its requests, or the file that holds it. The file is read again when it changes. It
   * must have the role `executor`, and 1 to 8,192 visible ASCII characters. Default: none.
   */
  token?: TokenOption;
  /**
   * Allows an address that other machines can reach although anyone who connects could run queries, because TLS or
   * authentication is missing. Without it, the constructor throws `INVALID_ARGUMENT`. With it, `start()` writes a warning to
   * the standard error. Default `false`.
   */
  insecure?: boolean;
  /** Accepts only requests with a token, and only what the roles of the token allow. Default: anyone may send any request. */
  auth?: AuthOptions;
  /**
   * The files that queries may read and write in this process. A scheduler lists and opens files only to plan queries, so give
   * executors the option, too. A query that uses other files fails with `FORBIDDEN`. Default: everything that the process may
   * read and write.
   */
  files?: FileLimits;
  /**
   * The memory for in-memory tables and UDF code that clients send, in bytes. What does not fit is rejected with
   * `RESOURCES_EXHAUSTED`. With 0, nothing fits. Clients in this process do not send theirs. Default: a quarter of the memory
   * of the machine or container.
   */
  uploadLimitBytes?: number;
  /**
   * How long the query of a stock client runs although the client does not ask for its status, in milliseconds. Then it is
   * cancelled. Queries of this package's contexts are cancelled 10 s after the connection to their process has ended. Default
   * 300,000.
   */
  clientTimeoutMs?: number;
  /**
   * How long `close()` waits until all queries have ended and their rows are read, in milliseconds. New queries are rejected
   * meanwhile. Default 0.
   */
  drainTimeoutMs?: number;
}

/** What a scheduler does now, and what it has done since its start. */
export interface SchedulerMetrics {
  /** The number of registered executors. */
  readonly executors: number;
  /** How many tasks these executors run at once. */
  readonly slots: number;
  /** How many tasks of one partition wait for a slot. */
  readonly tasksWaiting: number;
  /** The number of jobs that are being planned. */
  readonly jobsQueued: number;
  /** The number of jobs that run, or wait for slots. */
  readonly jobsRunning: number;
  /** The number of jobs that have succeeded. */
  readonly jobsSucceeded: number;
  /** The number of jobs that have failed. */
  readonly jobsFailed: number;
  /** The number of jobs that were cancelled. */
  readonly jobsCancelled: number;
}

/**
 * A scheduler in this process. Executors register with it, and contexts connect to it. From Ballista's `SchedulerServer`.
 *
 * @example
 * ```ts
 * import { BallistaExecutor, BallistaScheduler, BallistaSessionContext } from 'ballista';
 *
 * const scheduler = new BallistaScheduler({ port: 0 });
 * await scheduler.start();
 * const executor = new BallistaExecutor({ schedulerPort: scheduler.port, port: 0, grpcPort: 0, vcores: 2 });
 * await executor.start();
 *
 * const ctx = new BallistaSessionContext(scheduler.url);
 * await (await ctx.sql('select 1 as a')).show();
 *
 * await ctx.close();
 * await executor.close();
 * await scheduler.close();
 * ```
 */
export class BallistaScheduler extends Service<NativeScheduler> {
  readonly #options: NativeSchedulerOptions;
  readonly #exposure: ExposureOptions;
  readonly #auth: CheckedAuthOptions | undefined;
  #authenticator: NativeAuthenticator | undefined;
  protected readonly what = 'scheduler';

  /** @throws BallistaError `INVALID_ARGUMENT` */
  constructor(options: SchedulerOptions = {}) {
    super();
    const { files, tls, token, auth, insecure, ...native } = resolve<
      Omit<NativeSchedulerOptions, 'files' | 'tls' | 'token'> & SchedulerOptions
    >('BallistaScheduler', SCHEDULER_SETTINGS, options);
    const { host, processOnly } = native;
    this.#exposure = { host, tls, auth, insecure };
    checkExposure('BallistaScheduler', this.#exposure);
    this.#options = {
      ...native,
      ...toFilesNative('BallistaScheduler', files),
      ...toCredentialsNative('BallistaScheduler', { tls, token }, true),
    };
    this.#auth = toAuth('BallistaScheduler', auth);
    if (processOnly && auth !== undefined)
      throw invalid('BallistaScheduler: with processOnly, no request needs a token. Leave out processOnly or auth.');
    if (processOnly && !isLoopback(host)) {
      throw invalid(`processOnly: other machines reach ${host}. Listen on 127.0.0.1, or leave processOnly out.`);
    }
  }

  /**
   * The address for contexts: `df://host:port`.
   *
   * @throws BallistaError `INVALID_ARGUMENT` before `start()` has resolved
   */
  get url(): string {
    return schedulerUrl(this.#options.externalHost ?? this.host, this.port);
  }

  /**
   * Counts executors and jobs. A query usually has one job.
   *
   * @throws BallistaError `INVALID_ARGUMENT` before `start()` has resolved, `CLOSED` after `close()`
   *
   * @example
   * ```ts
   * import { BallistaScheduler } from 'ballista';
   *
   * const scheduler = new BallistaScheduler({ port: 0 });
   * await scheduler.start();
   * console.log(scheduler.metrics().executors); // 0
   * await scheduler.close();
   * ```
   */
  metrics(): SchedulerMetrics {
    const scheduler = this.started('metrics()');
    return callSync(() => scheduler.metrics());
  }

  /**
   * Rejects new queries with `CONNECTION`, and waits until all others have ended and their rows are read, but at most
   * `drainTimeoutMs`. `close()` does the same first. Idempotent.
   *
   * @throws BallistaError `INVALID_ARGUMENT` before `start()` has resolved
   */
  async drain(): Promise<void> {
    const scheduler = this.started('drain()');
    await call(() => scheduler.drain());
  }

  protected async launch(): Promise<NativeScheduler> {
    warnIfExposed(this.what, this.#exposure);
    this.#authenticator = this.#auth && (await openAuthenticator(this.#auth));
    const auth = this.#authenticator && { authenticator: this.#authenticator.id };
    return native().NativeScheduler.start({ ...this.#options, ...auth });
  }
}

/** `df://host:port`. An IPv6 address is in brackets; an address that means "all interfaces" becomes loopback. */
function schedulerUrl(host: string, port: number): string {
  const reachable = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host;
  return `df://${reachable.includes(':') ? `[${reachable}]` : reachable}:${port}`;
}
