import { expect } from 'vitest';

import { thrown } from './thrown.js';

/** Runs a function that must throw INVALID_ARGUMENT, and returns the message. */
export function refused(run: () => unknown): string {
  const error = thrown(run);
  expect(error).toMatchObject({ name: 'BallistaError', code: 'INVALID_ARGUMENT' });
  return error.message;
}
