/**
 * The error class of the package, and its codes.
 *
 * @module
 */

/** The codes of {@link BallistaError}, with their meaning. */
export const ERROR_CODES = Object.freeze({
  SQL_PARSE: 'The SQL text does not parse.',
  PLAN: 'The query parses but cannot be planned: an unknown table or function, wrong types, a statement kind that is not allowed.',
  SCHEMA: 'A column is unknown or ambiguous, or schemas do not match.',
  CONFIG: 'An unknown configuration key, or a value that does not parse.',
  EXECUTION:
    'The engine failed outside of a job: a file that is not of its format, a table that exists already or that another statement changed meanwhile.',
  RESOURCES_EXHAUSTED:
    'A limit was reached: the size of an in-memory table or of a message, or memory in this process.',
  NOT_IMPLEMENTED: 'The engine knows the request but does not support it.',
  OBJECT_STORE: 'A path or URL could not be read or written.',
  IO: 'A file or socket operation failed.',
  ARROW:
    'Arrow data could not be encoded, decoded or computed with: a file that is not what it is read as, a cast of a constant.',
  CONNECTION: 'The scheduler or an executor cannot be reached, or went away.',
  NO_EXECUTORS: 'The scheduler has no executor, and none came within `executorTimeoutMs`.',
  ADDRESS_IN_USE: 'The host and port asked for are taken.',
  VERSION: 'Client and scheduler have versions that do not work together.',
  JOB_FAILED:
    'The job failed on the cluster, whatever the reason: a division by zero, a cast that fails, a file that an executor cannot see, a lack of memory there, an executor lost in the middle of a write.',
  JOB_CANCELLED: 'The job was cancelled: by `cancelJob`, by the close of its context, or from elsewhere.',
  UDF: 'A function of TypeScript threw, gave what its type does not hold, took too long or lost its thread; or nobody runs it.',
  INVALID_ARGUMENT: 'An argument has the wrong shape, type or range.',
  UNSAFE_INTEGER: 'A value does not fit the JavaScript type asked for without losing digits.',
  CLOSED: 'The context, stream or cluster was closed before.',
  ADDON: 'The native addon is missing or cannot be loaded.',
  INTERNAL: 'A bug in this package or in the engine.',
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

/** Creates the error for an invalid argument. */
export function invalid(message: string, cause?: unknown): BallistaError {
  return new BallistaError('INVALID_ARGUMENT', message, { cause });
}
