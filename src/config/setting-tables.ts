/**
 * The settings of sessions, schedulers and executors: one table for each, with types, defaults and documentation.
 *
 * @module
 */

import { availableParallelism, totalmem } from 'node:os';

import type { SettingTable } from '../input/settings.js';

const LOOPBACK = '127.0.0.1';

/** The default port of a scheduler. */
export const SCHEDULER_PORT = 50050;

/** Half of the memory of the machine or container. */
export function halfOfMemory(): number {
  // 0, or a number larger than all memory, means no limit.
  const limit =
    (process as { constrainedMemory?: () => number | undefined }).constrainedMemory?.() || Number.POSITIVE_INFINITY;
  return Math.floor(Math.min(totalmem(), limit) / 2);
}

/** Options of every session. */
const COMMON_SETTINGS = {
  config: { type: 'any', doc: 'Engine configuration.' },
  convert: { type: 'any', doc: 'How row actions convert values, unless an action says otherwise.' },
  memoryTableLimitBytes: {
    type: 'integer',
    default: 2 ** 30,
    min: 0,
    doc: 'The size up to which an in-memory table is taken, in bytes.',
  },
  runtime: { type: 'any', doc: 'What runs in this process may take of memory and disk.' },
} as const satisfies SettingTable;

/** Options of a session without a cluster. */
export const LOCAL_SETTINGS = COMMON_SETTINGS;

/** Options of a session on a cluster. */
export const SESSION_SETTINGS = {
  ...COMMON_SETTINGS,
  clusterConfig: { type: 'any', doc: 'Engine configuration, for the scheduler-side session and the local one.' },
  executorTimeoutMs: {
    type: 'integer',
    default: 30_000,
    min: 0,
    max: 2 ** 31 - 1,
    doc: 'How long a query may wait for a first executor before it rejects with NO_EXECUTORS, in milliseconds.',
  },
} as const satisfies SettingTable;

/** Options of a scheduler. */
export const SCHEDULER_SETTINGS = {
  host: { type: 'string', default: LOOPBACK, doc: 'The address to listen on.' },
  port: {
    type: 'integer',
    default: SCHEDULER_PORT,
    min: 0,
    max: 65_535,
    doc: 'The port to listen on; 0 takes a free one.',
  },
  externalHost: { type: 'string', doc: 'The name under which executors and clients reach it; default the host.' },
} as const satisfies SettingTable;

/** Options of an executor. */
export const EXECUTOR_SETTINGS = {
  schedulerHost: { type: 'string', default: LOOPBACK, doc: 'Where the scheduler is.' },
  schedulerPort: { type: 'integer', default: SCHEDULER_PORT, min: 1, max: 65_535, doc: 'The port of the scheduler.' },
  host: { type: 'string', default: LOOPBACK, doc: 'The address to listen on.' },
  port: {
    type: 'integer',
    default: 50_051,
    min: 0,
    max: 65_535,
    doc: 'The port for results and shuffles; 0 takes a free one.',
  },
  grpcPort: { type: 'integer', default: 50_052, min: 0, max: 65_535, doc: 'The port for tasks; 0 takes a free one.' },
  externalHost: { type: 'string', doc: 'The name under which others reach it; default the host.' },
  vcores: {
    type: 'integer',
    default: availableParallelism,
    min: 1,
    max: 65_536,
    doc: 'How many tasks it runs at once.',
  },
  memoryLimitBytes: {
    type: 'integer',
    default: halfOfMemory,
    min: 1,
    doc: 'What its tasks may take together before they spill to disk, in bytes; default half of the memory of the machine.',
  },
  workDir: {
    type: 'string',
    doc: 'The folder in which it makes its own for shuffle files, and removes it at the end; default that for temporary files.',
  },
  udf: { type: 'boolean', default: false, doc: 'Whether it runs functions of TypeScript.' },
  udfWorkers: { type: 'integer', min: 1, max: 65_536, doc: 'How many threads run them, at most; default vcores.' },
  udfMemoryLimitBytes: { type: 'integer', min: 2 ** 24, doc: 'What each of these threads may take, in bytes.' },
  udfCodeHashes: { type: 'any', doc: 'The only functions that it runs, by the hashes of their code.' },
} as const satisfies SettingTable;

/** Options of a cluster in this process. */
export const TEST_CLUSTER_SETTINGS = {
  executors: { type: 'integer', default: 1, min: 1, max: 1024, doc: 'How many executors.' },
  vcores: { ...EXECUTOR_SETTINGS.vcores, doc: 'How many tasks each executor runs at once.' },
  host: { type: 'string', default: LOOPBACK, doc: 'The address to listen on.' },
  port: { type: 'integer', default: 0, min: 0, max: 65_535, doc: 'The port of the scheduler; 0 takes a free one.' },
  memoryLimitBytes: {
    type: 'integer',
    min: 1,
    doc: 'The memory of each executor for queries, in bytes; default half of the memory of the machine, divided by them.',
  },
} as const satisfies SettingTable;
