import { BallistaError } from '../../src/errors.js';

/** The `BallistaError` that a promise rejects with. Anything else fails the test. */
export async function rejected(work: Promise<unknown>): Promise<BallistaError> {
  const error = await failure(work);
  if (BallistaError.is(error)) return error;
  throw error;
}

/** The value that a promise rejects with. */
export async function failure(work: Promise<unknown>): Promise<unknown> {
  let result: unknown;
  try {
    result = await work;
  } catch (error) {
    return error;
  }
  throw new Error(`nothing was rejected, but ${String(result)} resolved`);
}
