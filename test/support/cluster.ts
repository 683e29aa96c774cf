import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach } from 'vitest';

import { setupTestCluster } from '../../src/cluster/test-cluster.js';
import { SessionConfig } from '../../src/config/session-config.js';
import { BallistaSessionContext, type SessionOptions } from '../../src/session/ballista-session-context.js';
import { SessionContext } from '../../src/session/session-context.js';
import { ServerProcess } from './child.js';

/** Every mode except `local` has two executors. Each runs two tasks at once. */
export const EXECUTORS = 2;
export const VCORES = 2;

const MODE = process.env['BALLISTA_TEST_MODE'] ?? 'in-process';

/** Whether the tests run without a cluster. */
export const LOCAL = MODE === 'local';

/** Whether queries run in this process. */
export const HERE = LOCAL || MODE === 'in-process';

/** Whether queries of any size are split between executors by default. One mode does this to cover such plans. */
const SHARED = MODE === 'processes';

/** Whether a small query runs as one plan by default: in this process or on one executor. */
export const WHOLE = !SHARED;

/** Options of sessions whose queries are split into stages, if there is a cluster. */
export const STAGES: SessionOptions = LOCAL ? {} : { clusterConfig: { 'cluster.whole_query': 'never' } };

/** A cluster with two executors, in the mode of the vitest project. */
export interface ModeCluster {
  /** The address for contexts. */
  readonly url: string;
  /**
   * Replaces an executor in mode `replaced`. Runs before every test, unless `withCluster` disables it. Tests with several
   * queries call it between the queries.
   */
  betweenQueries(): Promise<void>;
  close(): Promise<void>;
}

const MODES: Readonly<Record<string, () => Promise<ModeCluster>>> = {
  'in-process': inProcess,
  processes: () => inProcesses(false),
  replaced: () => inProcesses(true),
  local,
};

/**
 * Starts a cluster for the tests of a file, and closes it after them.
 *
 * @param everyTest - whether `betweenQueries` runs before every test; a file with very many tests calls it itself
 */
export async function withCluster(everyTest = true): Promise<ModeCluster> {
  const start = MODES[MODE];
  if (!start) throw new Error(`there is no mode ${MODE}`);
  const cluster = await start();
  if (everyTest) beforeEach(() => cluster.betweenQueries());
  afterAll(() => cluster.close());
  return cluster;
}

/** A context of the mode, which the caller closes. */
export function newContext(cluster: { readonly url: string }, options: SessionOptions = {}): SessionContext {
  if (SHARED) {
    const given = options.clusterConfig;
    options = {
      ...options,
      clusterConfig: { 'cluster.whole_query': 'never', ...(SessionConfig.is(given) ? given.toRecord() : given) },
    };
  }
  if (!LOCAL) return new BallistaSessionContext(cluster.url, options);
  const { clusterConfig, executorTimeoutMs: _, ...common } = options;
  return SessionContext.local(clusterConfig === undefined ? common : { ...common, config: clusterConfig });
}

/** A context that is closed after the tests of a file. */
export function withContext(cluster: { readonly url: string }, options: SessionOptions = {}): SessionContext {
  const ctx = newContext(cluster, options);
  afterAll(() => ctx.close());
  return ctx;
}

async function local(): Promise<ModeCluster> {
  return { url: 'none', betweenQueries: async () => undefined, close: async () => undefined };
}

async function inProcess(): Promise<ModeCluster> {
  const cluster = await setupTestCluster({ executors: EXECUTORS, vcores: VCORES });
  return { url: cluster.url, betweenQueries: async () => undefined, close: () => cluster.close() };
}

async function inProcesses(replace: boolean): Promise<ModeCluster> {
  const scheduler = await ServerProcess.scheduler();
  // A killed executor cannot remove its files.
  const folder = await mkdtemp(join(tmpdir(), 'ballista-test-'));
  const startExecutor = () => ServerProcess.executor(scheduler.port, { vcores: VCORES, workDir: folder });
  const executors = await Promise.all(Array.from({ length: EXECUTORS }, startExecutor));
  return {
    url: `df://127.0.0.1:${scheduler.port}`,
    betweenQueries: async () => {
      if (!replace) return;
      // Kills the older executor, so each executor serves some queries.
      await executors.shift()?.kill();
      executors.push(await startExecutor());
    },
    close: async () => {
      await Promise.all(executors.map((executor) => executor.close()));
      await scheduler.close();
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
