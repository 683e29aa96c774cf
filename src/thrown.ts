/**
 * What a function threw, from a worker to who asked for the query.
 *
 * @module
 */

import { located, type Origin } from './udf/origin.js';

/** Where it was thrown. */
export interface Place {
  readonly row?: number;
  readonly args?: unknown[];
}

/** What a function threw, and where. */
export class Thrown extends Error {
  readonly place: Place;

  constructor(cause: unknown, place: Place) {
    super('a function threw', { cause });
    this.place = place;
  }
}

interface Report {
  name: string;
  message: string;
  stack?: string;
  row?: number;
  args?: unknown[];
}

/**
 * As JSON.
 *
 * @param origin - of the function
 */
export function toReport(failure: unknown, origin: Origin | undefined): string {
  const [cause, place] = failure instanceof Thrown ? [failure.cause, failure.place] : [failure, undefined];
  return JSON.stringify({ ...described(cause, origin), ...place });
}

function described(cause: unknown, origin: Origin | undefined): Report {
  try {
    const isError = typeof cause === 'object' && cause !== null && 'message' in cause;
    const { name, message, stack } = (isError ? cause : {}) as Partial<Error>;
    return {
      name: String(name ?? 'Error'),
      message: isError ? String(message) : `thrown: ${String(cause)}`,
      ...(stack === undefined ? {} : { stack: located(String(stack), origin) }),
    };
  } catch {
    return { name: 'Error', message: 'thrown: something that has no text' };
  }
}

/** The error again, for `cause`, and a sentence about it. */
export function fromReport(json: string): { text: string; cause: Error } {
  const { name, message, stack, row, args } = JSON.parse(json) as Report;
  const cause = Object.assign(new Error(message), { name, ...(args === undefined ? {} : { args }) });
  if (stack !== undefined) cause.stack = stack;
  const given = args === undefined ? '' : `, called with (${args.map((arg) => JSON.stringify(arg)).join(', ')})`;
  return { text: `${name}: ${message}${row === undefined ? '' : ` (row ${row} of a batch${given})`}`, cause };
}
