/**
 * Runs a scheduler and executors as processes of this machine, until a signal.
 *
 * @module
 */

import { type CommandContext, Signalled } from '../base/command.js';
import { EXIT } from '../base/exit-codes.js';
import { AdminServer, type Probes } from '../daemon/admin-server.js';
import { checkServerOptions, type Started } from '../daemon/daemon-server.js';
import type { GivenFlags } from '../daemon/effective-settings.js';
import { labelled, mergeFamilies } from '../daemon/metric-families.js';
import { ProcessMetrics } from '../daemon/process-metrics.js';
import { aborted, fail, type Prepared, prepare } from '../daemon/run-daemon.js';
import { type ClusterOptions, executorOptions, schedulerOptions } from './cluster-options.js';
import { Member } from './member.js';

/** How much longer than its drain a scheduler may take to say that it has drained. */
const SLACK_MS = 2_000;
/** How much longer than the drains a cluster may take to end: until results are read, and threads have ended. */
const END_MS = 20_000;

/** For checking the options of executors before the scheduler has its address. */
const SOME_URL = 'df://127.0.0.1';

/** Runs a cluster until a signal, and drains it then. Returns the exit code. */
export async function runCluster(flags: GivenFlags, { signal }: CommandContext): Promise<number> {
  const prepared = await prepare('cluster', flags);
  const { daemon, log } = prepared;
  const options = prepared.options as ClusterOptions;
  await checkServerOptions('scheduler', schedulerOptions(options, options.port));
  await checkServerOptions('executor', executorOptions(options, SOME_URL));
  const members: Member[] = [];
  let draining = false;
  const metrics = new ProcessMetrics();
  const { adminHost, adminPort } = daemon;
  let admin: AdminServer | undefined;
  try {
    if (adminPort !== undefined) {
      admin = await AdminServer.open(
        adminHost,
        adminPort,
        probesOf(members, metrics, () => draining),
      );
      log.info('The admin port serves probes and metrics.', { host: adminHost, port: admin.port });
    }
    const stopped = aborted(signal);
    const url = await Promise.race([startAll(prepared, members, signal), stopped]);
    if (url !== undefined) process.stdout.write(`${url}\n`);
    await stopped;
    log.info('The cluster drains.', { signal: signal.reason instanceof Signalled ? signal.reason.signal : undefined });
    return EXIT.OK;
  } catch (error) {
    return fail(log, error);
  } finally {
    draining = true;
    await stopAll(members, options.drainTimeoutMs ?? 0);
    await admin?.close();
    metrics.close();
    log.info('The cluster has ended.');
  }
}

/** Starts the scheduler, then all executors. Returns the address for contexts. */
async function startAll(
  { options, daemon, log }: Prepared,
  members: Member[],
  signal: AbortSignal,
): Promise<string | undefined> {
  const cluster = options as ClusterOptions;
  const { logLevel, logFormat } = daemon;
  const form = { logLevel, logFormat };
  let known: Started | undefined;
  const scheduler = new Member({
    name: 'scheduler',
    role: 'scheduler',
    // Executors and clients know the port of the first start.
    order: () => ({ options: schedulerOptions(cluster, known?.port ?? cluster.port), log: form }),
    log,
  });
  members.push(scheduler);
  known = await scheduler.start();
  if (signal.aborted) return undefined;
  const { url = '' } = known;
  const executors = Array.from({ length: cluster.executors }, (_, i) => {
    const order = () => ({ options: executorOptions(cluster, url), log: form });
    return new Member({ name: `executor-${i + 1}`, role: 'executor', order, log });
  });
  members.push(...executors);
  await Promise.all(executors.map((executor) => executor.start()));
  return url;
}

/** Executors first, because the scheduler gives their tasks to others, and clients still ask it for their results. */
async function stopAll([scheduler, ...executors]: readonly Member[], drainMs: number): Promise<void> {
  // The scheduler drains, then the executors. All of them share one deadline.
  const deadline = performance.now() + 2 * drainMs + END_MS;
  const patience = (): number => Math.max(0, deadline - performance.now());
  await scheduler?.drain(drainMs + SLACK_MS);
  await Promise.all(executors.map((executor) => executor.stop(patience())));
  await scheduler?.stop(patience());
}

function probesOf(members: readonly Member[], own: ProcessMetrics, isDraining: () => boolean): Probes {
  return {
    async unready() {
      if (isDraining()) return 'It is shutting down.';
      if (members.length === 0) return 'It is starting.';
      const reasons = await Promise.all(
        members.map(async (member) => {
          const reason = await member.unready();
          return reason === undefined ? [] : [`${member.name}: ${reason}`];
        }),
      );
      return reasons.flat().join(' ') || undefined;
    },
    async metrics() {
      const measured = await Promise.all(
        members.map(async (member) => {
          const families = await member.measure();
          return families.map((family) => labelled(family, { process: member.name }));
        }),
      );
      const supervisor = own.families().map((family) => labelled(family, { process: 'supervisor' }));
      return mergeFamilies([...supervisor, ...measured.flat()]);
    },
  };
}
