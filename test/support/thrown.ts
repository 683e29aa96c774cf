import { BallistaError } from '../../src/errors.js';

/** The `BallistaError` that a call throws. Anything else fails the test. */
export function thrown(run: () => unknown): BallistaError {
  let result: unknown;
  try {
    result = run();
  } catch (error) {
    if (BallistaError.is(error)) return error;
    throw error;
  }
  throw new Error(`nothing was thrown, but ${String(result)} returned`);
}
