/**
 * Runs a scheduler or an executor until a signal.
 *
 * @module
 */

import { once } from 'node:events';

import { isLogLevel } from '../../config/log-level.js';
import { BallistaError } from '../../errors.js';
import { type CommandContext, Signalled, UsageError } from '../base/command.js';
import { EXIT } from '../base/exit-codes.js';
import { AdminServer } from './admin-server.js';
import type { DaemonOptions, ExecutorDaemonOptions, Role } from './daemon-options.js';
import { DaemonServer, type ServerRole, type Started } from './daemon-server.js';
import { type EffectiveSetting, effectiveSettings, type GivenFlags, toOptions } from './effective-settings.js';
import { type Log, openLog } from './log.js';
import { startPatiently } from './start-patiently.js';
import { isSupervised, type Order, obey, tell } from './supervision.js';

/** The options of a class, and those of the process. */
export interface Prepared {
  readonly options: object;
  readonly daemon: DaemonOptions & ExecutorDaemonOptions;
  readonly log: Log;
}

/** Finds the settings, and opens the log. */
export async function prepare(role: Role, flags: GivenFlags): Promise<Prepared> {
  const { settings, warnings } = await effectiveSettings(role, flags);
  const { adminHost, adminPort, logLevel, logFormat, schedulerTimeoutMs, ...options } = toOptions<
    DaemonOptions & ExecutorDaemonOptions
  >(settings);
  if (!isLogLevel(logLevel)) {
    throw new UsageError(
      `The log level "${logLevel}" is none of error, warn, info, debug, trace and off, alone or by module.`,
    );
  }
  forgetSecrets(settings);
  const log = openLog({ logLevel, logFormat });
  for (const warning of warnings) log.warn(warning);
  const admin = adminPort === undefined ? {} : { adminPort };
  const patience = schedulerTimeoutMs === undefined ? {} : { schedulerTimeoutMs };
  return { options, daemon: { adminHost, logLevel, logFormat, ...admin, ...patience }, log };
}

/** UDFs and child processes must not see them. */
function forgetSecrets(settings: readonly EffectiveSetting[]): void {
  for (const { setting } of settings) if (setting.isSecret) delete process.env[setting.variable];
}

/** Runs a server until a signal, and drains it then. Returns the exit code. */
export async function runDaemon(role: ServerRole, flags: GivenFlags, { signal }: CommandContext): Promise<number> {
  if (isSupervised()) return runSupervised(role, signal);
  const { options, daemon, log } = await prepare(role, flags);
  return serve(role, options, daemon, log, signal);
}

async function serve(
  role: ServerRole,
  options: object,
  { adminHost, adminPort, schedulerTimeoutMs: limitMs = Number.POSITIVE_INFINITY }: Prepared['daemon'],
  log: Log,
  signal: AbortSignal,
): Promise<number> {
  const server = await DaemonServer.create(role, options);
  let admin: AdminServer | undefined;
  try {
    if (adminPort !== undefined) {
      admin = await AdminServer.open(adminHost, adminPort, server);
      log.info('The admin port serves probes and metrics.', { host: adminHost, port: admin.port });
    }
    const start = () => server.start();
    const starting = role === 'executor' ? startPatiently(start, { limitMs, log, signal }) : start();
    return await untilSignal(role, server, starting, log, signal, (started) => {
      log.info(`The ${role} serves.`, { ...started });
    });
  } catch (error) {
    return fail(log, error);
  } finally {
    await server.close();
    await admin?.close();
  }
}

/** Waits for the start and for the signal, and closes the server. */
async function untilSignal(
  role: ServerRole,
  server: DaemonServer,
  starting: Promise<Started | undefined>,
  log: Log,
  signal: AbortSignal,
  onStarted: (started: Started) => void,
): Promise<number> {
  const stopped = aborted(signal);
  const started = await Promise.race([starting, stopped]);
  if (started) {
    onStarted(started);
    await Promise.race([server.ended(), stopped]);
    if (!signal.aborted) throw new BallistaError('IO', `The ${role} has ended by itself.`);
  }
  const reason = signal.reason instanceof Signalled ? signal.reason.signal : undefined;
  log.info(`The ${role} drains.`, { signal: reason });
  await server.close();
  log.info(`The ${role} has ended.`);
  return EXIT.OK;
}

/** Logs why a daemon ends. Returns the exit code. */
export function fail(log: Log, error: unknown): number {
  if (error instanceof UsageError) {
    log.error(error.message);
    return EXIT.USAGE;
  }
  if (BallistaError.is(error)) log.error(error.message, { code: error.code });
  else log.error(error instanceof Error ? (error.stack ?? error.message) : String(error));
  return EXIT.FAILED;
}

/** Resolves when the signal is aborted. */
export async function aborted(signal: AbortSignal): Promise<undefined> {
  if (!signal.aborted) await once(signal, 'abort');
  return undefined;
}

/** Runs a server of a cluster: settings come from the supervisor, which also says when to drain. */
async function runSupervised(role: ServerRole, signal: AbortSignal): Promise<number> {
  let server: DaemonServer | undefined;
  const first = new Promise<Extract<Order, { type: 'start' }>>((resolve) => {
    obey((order) => {
      if (order.type === 'start') resolve(order);
      else if (server) carryOut(server, order);
    });
  });
  const { options, log: form } = await first;
  const log = openLog(form);
  try {
    server = await DaemonServer.create(role, options);
    return await untilSignal(role, server, server.start(), log, signal, (started) =>
      tell({ type: 'started', started }),
    );
  } catch (error) {
    return fail(log, error);
  } finally {
    await server?.close();
    // An open channel to the supervisor would keep the process alive.
    process.removeAllListeners('disconnect');
    if (process.connected) process.disconnect();
  }
}

function carryOut(server: DaemonServer, order: Exclude<Order, { type: 'start' }>): void {
  if (order.type === 'drain') {
    const drained = (): void => tell({ type: 'drained' });
    server.drain().then(drained, drained);
    return;
  }
  const { number } = order;
  if (order.type === 'measure') {
    tell({ type: 'measured', number, families: server.metrics() });
    return;
  }
  const unready = server.unready();
  tell({ type: 'probed', number, ...(unready === undefined ? {} : { unready }) });
}
