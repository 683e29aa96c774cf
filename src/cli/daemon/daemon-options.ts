/**
 * The settings of `ballista scheduler`, `ballista executor` and `ballista cluster`: those of the classes, and those of a process.
 *
 * @module
 */

import { DEFAULT_LOG_LEVEL } from '../../config/log-level.js';
import { EXECUTOR_SETTINGS, SCHEDULER_SETTINGS, TEST_CLUSTER_SETTINGS } from '../../config/setting-tables.js';
import type { DocumentedTable } from '../../input/settings.js';

/** The commands that run until they get a signal. */
export type Role = 'scheduler' | 'executor' | 'cluster';

/** The settings that a process has besides the options of its class. */
export interface DaemonOptions {
  /** The address of the admin port. */
  adminHost: string;
  /** The port for `/healthz`, `/readyz` and `/metrics`; 0 picks a free one. */
  adminPort?: number;
  /** What is logged: `off`, `error`, `warn`, `info`, `debug` or `trace`, or levels by module, such as `info,ballista_executor=debug`. */
  logLevel: string;
  /** The form of the log, which goes to the standard error. */
  logFormat: 'text' | 'json';
}

/** The settings that the process of an executor has besides {@link DaemonOptions}. */
export interface ExecutorDaemonOptions {
  /** How long an executor waits for its scheduler when it starts, in milliseconds. Then it ends with an error. */
  schedulerTimeoutMs?: number;
}

/** The settings table of {@link DaemonOptions}. */
export const DAEMON_SETTINGS = {
  adminHost: { type: 'string', default: '127.0.0.1', doc: 'The address of the admin port.' },
  adminPort: {
    type: 'integer',
    min: 0,
    max: 65_535,
    defaultText: 'none',
    doc: 'The port for `/healthz`, `/readyz` and `/metrics`; 0 picks a free one.',
  },
  logLevel: {
    type: 'string',
    default: () => process.env['BALLISTA_LOG'] || DEFAULT_LOG_LEVEL,
    defaultText: `the variable \`BALLISTA_LOG\`, or \`'${DEFAULT_LOG_LEVEL}'\``,
    doc: 'What is logged: `off`, `error`, `warn`, `info`, `debug` or `trace`, or levels by module, such as `info,ballista_executor=debug`.',
  },
  logFormat: {
    type: 'choice',
    choices: ['text', 'json'],
    default: 'text',
    doc: 'The form of the log, which goes to the standard error.',
  },
} as const satisfies DocumentedTable;

/** The settings table of {@link ExecutorDaemonOptions}. */
export const EXECUTOR_DAEMON_SETTINGS = {
  schedulerTimeoutMs: {
    type: 'integer',
    min: 0,
    max: 2 ** 31 - 1,
    defaultText: 'no limit',
    doc: 'How long an executor waits for its scheduler when it starts, in milliseconds. Then it ends with an error.',
  },
} as const satisfies DocumentedTable;

/** In a process of its own, `processOnly` would let no one in. */
const { processOnly: _, ...scheduler } = SCHEDULER_SETTINGS;

const { processOnly: __, ...inProcess } = TEST_CLUSTER_SETTINGS;
const { uploadLimitBytes, drainTimeoutMs, workDir, udf, udfWorkers, udfMemoryLimitBytes, udfCodeHashes, auth } =
  EXECUTOR_SETTINGS;
const { externalHost, port } = SCHEDULER_SETTINGS;

/** The settings of each command. */
export const SETTINGS_BY_ROLE = {
  scheduler: {
    ...scheduler,
    // A process is stopped by others, who do not know whether queries run.
    drainTimeoutMs: { ...scheduler.drainTimeoutMs, default: drainTimeoutMs.default },
    ...DAEMON_SETTINGS,
  },
  executor: { ...EXECUTOR_SETTINGS, ...EXECUTOR_DAEMON_SETTINGS, ...DAEMON_SETTINGS },
  cluster: {
    ...inProcess,
    executors: { ...inProcess.executors, default: 2 },
    vcores: {
      type: 'integer',
      min: 1,
      max: 65_536,
      defaultText: 'the number of cores, divided by the number of executors',
      doc: inProcess.vcores.doc,
    },
    port,
    externalHost,
    ...{ uploadLimitBytes, drainTimeoutMs, workDir, udf, udfWorkers, udfMemoryLimitBytes, udfCodeHashes, auth },
    ...DAEMON_SETTINGS,
  },
} as const satisfies Record<Role, DocumentedTable>;
