/**
 * Encodes errors thrown by UDFs, so that they reach the caller of the query. `native.ts` decodes them there.
 *
 * @module
 */

import type { ThrownReport } from '../../native.js';
import { located, type Origin } from '../code/origin.js';

/** Where an error was thrown. */
export interface Place {
  readonly row?: number;
  readonly args?: unknown[];
}

/** An error thrown by a UDF, with its place. */
export class Thrown extends Error {
  readonly place: Place;

  constructor(cause: unknown, place: Place) {
    super('A UDF threw an error.', { cause });
    this.place = place;
  }
}

/**
 * Encodes an error as JSON.
 *
 * @param origin - the origin of the UDF
 */
export function toReport(failure: unknown, origin: Origin | undefined): string {
  const [cause, place] = failure instanceof Thrown ? [failure.cause, failure.place] : [failure, undefined];
  return JSON.stringify({ ...described(cause, origin), ...place });
}

function described(cause: unknown, origin: Origin | undefined): ThrownReport {
  try {
    const isError = typeof cause === 'object' && cause !== null && 'message' in cause;
    const { name, message, stack } = (isError ? cause : {}) as Partial<Error>;
    return {
      name: String(name ?? 'Error'),
      message: isError ? String(message) : `thrown: ${String(cause)}`,
      ...(stack === undefined ? {} : { stack: located(String(stack), origin) }),
    };
  } catch {
    return { name: 'Error', message: 'thrown: a value that cannot be converted to a string' };
  }
}
