/**
 * The error class of the package, and its codes.
 *
 * @module
 */

/** The codes of {@link BallistaError}, with their meaning. */
export const ERROR_CODES = Object.freeze({
  SQL_PARSE: 'The SQL text could not be parsed.',
  PLAN: 'The query cannot be planned: for example an unknown table or function, wrong types, or a kind of statement that is not allowed.',
  SCHEMA: 'A column is unknown or ambiguous, or two schemas do not match.',
  CONFIG: 'A configuration key is unknown, or its value is not valid.',
  EXECUTION:
    'The engine failed outside a job: a file with the wrong format, a table that already exists, or a table that another statement changed in the meantime.',
  FILE_EXISTS: 'A write found a file, or files in its folder, and its option `mode` does not allow that.',
  RESOURCES_EXHAUSTED:
    'A limit was reached: the size of an in-memory table, the size of a message, the size of the result of one function call, the memory of this process, or the disks of the executors.',
  NOT_IMPLEMENTED: 'The request is valid, but it is not supported.',
  OBJECT_STORE: 'A path or URL could not be read or written.',
  IO: 'A file or socket operation failed, or the data that was read is damaged.',
  ARROW: 'Arrow data could not be read or written, or a computation on it failed.',
  CONNECTION: 'The scheduler or an executor cannot be reached, or the connection to it was lost.',
  UNAUTHORIZED:
    'The scheduler or an executor refused the request: it has no token that the server accepts, or the server takes only requests of its own process.',
  FORBIDDEN:
    'The request is not allowed: a role is missing, it uses what another user owns, or the option `files` does not allow it.',
  NO_EXECUTORS: 'The scheduler has no executor, and none registered within `executorTimeoutMs`.',
  ADDRESS_IN_USE: 'The requested host and port are already in use.',
  VERSION: 'The versions of the client and the scheduler are not compatible.',
  JOB_FAILED:
    'The job failed on the cluster, for any reason: for example a division by zero, a failed cast, a file that an executor cannot read, too little memory on an executor, or an executor that was lost during a write.',
  JOB_CANCELLED: 'The job was cancelled: by `cancelJob`, because its context was closed, or from outside this program.',
  UDF: 'A TypeScript UDF threw an error, returned a value that does not fit its type, took too long or lost its thread, or no executor runs UDFs.',
  INVALID_ARGUMENT: 'An argument has the wrong shape, type or range.',
  UNSAFE_INTEGER: 'A value does not fit the requested JavaScript type, or would lose digits in it.',
  CLOSED: 'The context, stream or cluster is already closed.',
  ADDON: 'The native addon is missing or cannot be loaded.',
  INTERNAL: 'This package or the engine has a bug.',
} as const);

/** A code of {@link ERROR_CODES}. Codes are stable, so compare them. Messages are for people and may change. */
export type BallistaErrorCode = keyof typeof ERROR_CODES;

// In the global symbol registry, so that the ESM and CommonJS builds recognise each other's errors.
const BRAND = Symbol.for('ballista.error');

/** What a {@link BallistaError} can carry in addition to code and message. */
export interface BallistaErrorDetails {
  /** The id of the job on the scheduler, if there is one. */
  jobId?: string | undefined;
  /** The error behind this one. */
  cause?: unknown;
}

/**
 * The error for every failure of this package, except an abort: that rejects with the `reason` of the signal, as `fetch` does.
 * Errors that your own callbacks throw in this process, for example in `df.transform`, are passed on unchanged.
 *
 * @example
 * ```ts
 * import { BallistaError, sql } from 'ballista';
 *
 * try {
 *   sql.ident('');
 * } catch (error) {
 *   if (BallistaError.is(error)) console.log(error.code); // INVALID_ARGUMENT
 * }
 * ```
 */
export class BallistaError extends Error {
  /** The kind of failure, for programs; see {@link ERROR_CODES}. */
  readonly code: BallistaErrorCode;
  /** The id of the job on the scheduler, if there was one. */
  declare readonly jobId?: string;

  constructor(code: BallistaErrorCode, message: string, details: BallistaErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    if (details.jobId !== undefined) this.jobId = details.jobId;
  }

  /** Whether `error` is a `BallistaError`, including one of another copy of this package. */
  static is(error: unknown): error is BallistaError {
    return typeof error === 'object' && error !== null && BRAND in error;
  }
}

Object.defineProperties(BallistaError.prototype, {
  name: { value: 'BallistaError', configurable: true, writable: true },
  [BRAND]: { value: true },
});

/** How labels in messages begin, such as `the key of get` or `argument 1 of sort`. Labels that begin with code stay as they are. */
const LABEL = /^(?:an?|argument|field|item|key|part|partition|the|this|value) /;

/** Creates the error for an invalid argument. A label at the start of the message gets a capital letter. */
export function invalid(message: string, cause?: unknown): BallistaError {
  const sentence = message.replace(LABEL, (word) => word.charAt(0).toUpperCase() + word.slice(1));
  return new BallistaError('INVALID_ARGUMENT', sentence, { cause });
}
