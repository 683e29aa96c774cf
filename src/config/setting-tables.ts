/**
 * The settings of sessions, schedulers and executors: one table for each, with types, defaults and documentation.
 *
 * @module
 */

import { availableParallelism, totalmem } from 'node:os';

import type { DocumentedTable } from '../input/settings.js';
import { FILES_SETTING } from './file-limits.js';

const LOOPBACK = '127.0.0.1';

/** The default port of a scheduler. */
export const SCHEDULER_PORT = 50050;

/** Half of the memory of the machine or container. */
export function halfOfMemory(): number {
  return Math.floor(memory() / 2);
}

function quarterOfMemory(): number {
  return Math.floor(memory() / 4);
}

function memory(): number {
  // 0, or a number larger than all memory, means no limit.
  const limit =
    (process as { constrainedMemory?: () => number | undefined }).constrainedMemory?.() || Number.POSITIVE_INFINITY;
  return Math.min(totalmem(), limit);
}

/** Options of everything that connects to others. */
const CREDENTIAL_SETTINGS = {
  tls: {
    type: 'any',
    typeText: 'TlsOptions',
    defaultText: 'plain connections',
    doc: 'Encrypts all connections with TLS. All parts of a cluster and its clients need it.',
  },
  token: {
    type: 'any',
    typeText: 'string | { file: string }',
    defaultText: 'none',
    doc: 'The token that this process sends with its requests, or the file that holds it. The file is read again when it changes.',
  },
} as const satisfies DocumentedTable;

/** Whether anyone may reach a server. */
const EXPOSURE_SETTINGS = {
  insecure: {
    type: 'boolean',
    default: false,
    doc: 'Allows an address that other machines can reach although anyone who connects could run queries, because TLS or authentication is missing.',
  },
} as const satisfies DocumentedTable;

/** Which requests a server accepts. */
const ACCESS_SETTINGS = {
  ...EXPOSURE_SETTINGS,
  auth: {
    type: 'any',
    typeText: 'AuthOptions',
    defaultText: 'anyone may send any request',
    doc: 'Accepts only requests with a token, and only what the roles of the token allow.',
  },
} as const satisfies DocumentedTable;

/** Options of every session. */
const COMMON_SETTINGS = {
  convert: {
    type: 'any',
    typeText: 'ConvertOptions',
    defaultText: 'exact values',
    doc: 'How row actions (`toArray`, `rows`, `toColumns`) convert values by default. Options of an action override it.',
  },
  files: FILES_SETTING,
  memoryTableLimitBytes: {
    type: 'integer',
    default: 2 ** 30,
    min: 0,
    defaultText: '1 GiB',
    doc: 'The maximum size of an in-memory table, in bytes. A larger table is rejected with `RESOURCES_EXHAUSTED`.',
  },
  runtime: {
    type: 'any',
    typeText: 'RuntimeEnvBuilder | RuntimeOptions',
    defaultText: "no memory limit, and the system's temporary folder",
    doc: 'Memory and disk limits of the work done in this process.',
  },
  traceQueryText: {
    type: 'boolean',
    default: false,
    doc: 'Whether the spans of OpenTelemetry have the text of queries, which may contain values.',
  },
} as const satisfies DocumentedTable;

/** Options of a session without a cluster. */
export const LOCAL_SETTINGS = {
  config: {
    type: 'any',
    typeText: 'SessionConfig | ClusterConfig',
    defaultText: "the engine's values",
    doc: 'Engine settings: a `SessionConfig`, or values by key. Only `datafusion.*` keys, because there is no cluster.',
  },
  ...COMMON_SETTINGS,
} as const satisfies DocumentedTable;

/** Options of a session on a cluster. */
export const SESSION_SETTINGS = {
  clusterConfig: {
    type: 'any',
    typeText: 'SessionConfig | ClusterConfig',
    defaultText: "the engine's values",
    doc: 'Engine settings by key. They apply in this process, which registers tables and optimises queries, and on the scheduler, which makes the physical plans.',
  },
  config: {
    type: 'any',
    typeText: 'SessionConfig | ClusterConfig',
    defaultText: 'none',
    doc: 'Alias of `clusterConfig`, named as in the Python package. `clusterConfig` wins where both set a key.',
  },
  ...COMMON_SETTINGS,
  executorTimeoutMs: {
    type: 'integer',
    default: 30_000,
    min: 0,
    max: 2 ** 31 - 1,
    doc: 'How long a query waits for the first executor before it rejects with `NO_EXECUTORS`, in milliseconds.',
  },
  ...CREDENTIAL_SETTINGS,
} as const satisfies DocumentedTable;

/** A limit for the blobs that a process takes from others. */
const UPLOAD_LIMIT = {
  type: 'integer',
  default: quarterOfMemory,
  min: 0,
  defaultText: 'a quarter of the memory of the machine or container',
} as const;

/** How long a server waits when it closes. */
const DRAIN_TIMEOUT = { type: 'integer', min: 0, max: 2 ** 31 - 1 } as const;

/** Options of a scheduler. */
export const SCHEDULER_SETTINGS = {
  host: { type: 'string', default: LOOPBACK, doc: 'The address to listen on.' },
  port: {
    type: 'integer',
    default: SCHEDULER_PORT,
    min: 0,
    max: 65_535,
    doc: 'The port to listen on; 0 picks a free one.',
  },
  externalHost: {
    type: 'string',
    defaultText: '`host`',
    doc: 'The host name that executors and clients use to connect.',
  },
  processOnly: {
    type: 'boolean',
    default: false,
    doc: 'Whether the scheduler and its executors take only requests of this process. Only on a loopback address.',
  },
  files: FILES_SETTING,
  uploadLimitBytes: {
    ...UPLOAD_LIMIT,
    doc: 'The memory for in-memory tables and UDF code that clients send, in bytes. What does not fit is rejected with `RESOURCES_EXHAUSTED`.',
  },
  clientTimeoutMs: {
    type: 'integer',
    default: 300_000,
    min: 1000,
    max: 2 ** 31 - 1,
    doc: 'How long the query of a stock client runs although the client does not ask for its status, in milliseconds. Then it is cancelled.',
  },
  drainTimeoutMs: {
    ...DRAIN_TIMEOUT,
    default: 0,
    doc: 'How long `close()` waits until all queries have ended and their rows are read, in milliseconds.',
  },
  ...CREDENTIAL_SETTINGS,
  ...ACCESS_SETTINGS,
} as const satisfies DocumentedTable;

/** Options of an executor. */
export const EXECUTOR_SETTINGS = {
  schedulerHost: { type: 'string', default: LOOPBACK, doc: 'The host of the scheduler.' },
  schedulerPort: { type: 'integer', default: SCHEDULER_PORT, min: 1, max: 65_535, doc: 'The port of the scheduler.' },
  host: { type: 'string', default: LOOPBACK, doc: 'The address to listen on.' },
  port: {
    type: 'integer',
    default: 50_051,
    min: 0,
    max: 65_535,
    doc: 'The port for results and shuffles; 0 picks a free one.',
  },
  grpcPort: { type: 'integer', default: 50_052, min: 0, max: 65_535, doc: 'The port for tasks; 0 picks a free one.' },
  externalHost: {
    type: 'string',
    defaultText: '`host`',
    doc: 'The host name that the scheduler, other executors and clients use to connect.',
  },
  vcores: {
    type: 'integer',
    default: availableParallelism,
    min: 1,
    max: 65_536,
    defaultText: 'the number of cores available to this process',
    doc: 'How many tasks run at once.',
  },
  memoryLimitBytes: {
    type: 'integer',
    default: halfOfMemory,
    min: 1,
    defaultText: 'half of the memory of the machine or container',
    doc: 'The memory for all running tasks, in bytes; above it they spill to disk.',
  },
  workDir: {
    type: 'string',
    defaultText: "the system's temporary folder",
    doc: 'The folder in which the executor creates its shuffle folder. It removes the shuffle folder when it stops.',
  },
  files: FILES_SETTING,
  uploadLimitBytes: {
    ...UPLOAD_LIMIT,
    doc: 'The memory for in-memory tables and UDF code that this executor fetches for its tasks, in bytes. A query whose tables or code do not fit fails with `RESOURCES_EXHAUSTED`.',
  },
  queryDiskLimitBytes: {
    type: 'integer',
    min: 1,
    defaultText: 'no limit',
    doc: 'The space that one query may use on the disk of this executor, in bytes: for shuffle files, for spilled data and for rows that the client has not read yet. A query that needs more fails with `RESOURCES_EXHAUSTED`.',
  },
  drainTimeoutMs: {
    ...DRAIN_TIMEOUT,
    default: 10_000,
    doc: 'How long `close()` waits for running tasks, in milliseconds. The scheduler gives tasks that take longer to other executors.',
  },
  udf: {
    type: 'boolean',
    default: false,
    doc: 'Whether this executor runs TypeScript UDFs, in worker threads. With `auth`, queries with UDFs need the role `run-code`. Without it, everyone who can connect can run code on this machine.',
  },
  udfWorkers: {
    type: 'integer',
    min: 1,
    max: 65_536,
    defaultText: '`vcores`',
    doc: 'The maximum number of worker threads for UDFs, without those that run table functions.',
  },
  udfMemoryLimitBytes: {
    type: 'integer',
    min: 2 ** 24,
    defaultText: "Node's limit",
    doc: 'The maximum size of the JavaScript heap of each worker thread, in bytes. A thread that exceeds it is ended, and its task runs again; if the task fails four times, the query fails.',
  },
  udfCodeHashes: {
    type: 'any',
    typeText: 'readonly string[]',
    defaultText: 'all UDFs',
    doc: 'Allows only these UDFs, listed by `DefinedFunction.codeHash`.',
  },
  ...CREDENTIAL_SETTINGS,
  ...ACCESS_SETTINGS,
} as const satisfies DocumentedTable;

/** Options of a cluster in this process. */
export const TEST_CLUSTER_SETTINGS = {
  executors: { type: 'integer', default: 1, min: 1, max: 1024, doc: 'The number of executors.' },
  vcores: { ...EXECUTOR_SETTINGS.vcores, doc: 'How many tasks each executor runs at once.' },
  host: { type: 'string', default: LOOPBACK, doc: 'The address to listen on.' },
  port: {
    type: 'integer',
    default: 0,
    min: 0,
    max: 65_535,
    doc: 'The port of the scheduler; 0 picks a free one.',
  },
  memoryLimitBytes: {
    type: 'integer',
    min: 1,
    defaultText: 'half of the memory of the machine or container, divided by the number of executors',
    doc: 'The memory for the running tasks of each executor, in bytes; above it they spill to disk.',
  },
  processOnly: {
    type: 'boolean',
    defaultText: '`true` on a loopback address',
    doc: 'Whether the cluster takes only requests of this process.',
  },
  files: FILES_SETTING,
  ...CREDENTIAL_SETTINGS,
  ...EXPOSURE_SETTINGS,
} as const satisfies DocumentedTable;
