/**
 * The one error class of the package and its codes.
 *
 * @module
 */

/** Every code a {@link BallistaError} can carry, with what it means. */
export const ERROR_CODES = Object.freeze({
  SQL_PARSE: 'The SQL text does not parse.',
  PLAN: 'The query parses but cannot be planned: an unknown table or function, wrong types, a statement kind that is not allowed.',
  SCHEMA: 'A column is unknown or ambiguous, or schemas do not match.',
  CONFIG: 'An unknown configuration key, or a value that does not parse.',
  EXECUTION: 'The engine failed outside of a job: a file that is not of its format, a table that exists already.',
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

/** A code of {@link ERROR_CODES}: stable, made for comparing. Messages are for people and may change. */
export type BallistaErrorCode = keyof typeof ERROR_CODES;

// Shared through the symbol registry, so errors of the ESM and of the CommonJS build recognise each other.
const BRAND = Symbol.for('ballista.error');

/** What a {@link BallistaError} may carry besides code and message. */
export interface BallistaErrorDetails {
  /** The job on the scheduler, where there is one. */
  jobId?: string | undefined;
  /** The error behind this one. */
  cause?: unknown;
}

/**
 * Every failure of this package, except an abort: that rejects with the `reason` of the signal, as `fetch` does.
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
  /** What went wrong, for programs: see {@link ERROR_CODES}. */
  readonly code: BallistaErrorCode;
  /** The id of the job on the scheduler, where there was one. */
  declare readonly jobId?: string;

  constructor(code: BallistaErrorCode, message: string, details: BallistaErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    if (details.jobId !== undefined) this.jobId = details.jobId;
  }

  /** Whether `error` is a `BallistaError`, also one of another copy of this package. */
  static is(error: unknown): error is BallistaError {
    return typeof error === 'object' && error !== null && BRAND in error;
  }
}

Object.defineProperties(BallistaError.prototype, {
  name: { value: 'BallistaError', configurable: true, writable: true },
  [BRAND]: { value: true },
});

/** Shorthand for the refusal of an argument. */
export function invalid(message: string, cause?: unknown): BallistaError {
  return new BallistaError('INVALID_ARGUMENT', message, { cause });
}
