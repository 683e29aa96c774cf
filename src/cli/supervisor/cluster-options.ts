/**
 * The options of the processes of a cluster.
 *
 * @module
 */

import { availableParallelism } from 'node:os';

import type { ExecutorOptions, SchedulerOptions } from 'ballista';

import { parseAddress } from '../../config/address.js';
import { halfOfMemory } from '../../config/setting-tables.js';

/** What `ballista cluster` gives to its processes. */
export interface ClusterOptions
  extends SchedulerOptions,
    Omit<ExecutorOptions, 'schedulerHost' | 'schedulerPort' | 'grpcPort'> {
  executors: number;
  host: string;
  port: number;
}

export function schedulerOptions(options: ClusterOptions, port: number): SchedulerOptions {
  const { executors: _, vcores: __, memoryLimitBytes: ___, workDir: ____, ...rest } = options;
  const { udf: _____, udfWorkers, udfMemoryLimitBytes, udfCodeHashes, ...scheduler } = rest;
  return { ...scheduler, port };
}

/** @param url - of the scheduler */
export function executorOptions({ executors, ...options }: ClusterOptions, url: string): ExecutorOptions {
  const { host: schedulerHost, port: schedulerPort } = parseAddress(url);
  return {
    vcores: Math.max(1, Math.floor(availableParallelism() / executors)),
    memoryLimitBytes: Math.floor(halfOfMemory() / executors),
    ...options,
    schedulerHost,
    schedulerPort,
    port: 0,
    grpcPort: 0,
  };
}
