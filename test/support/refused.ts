import { expect } from 'vitest';

import { thrown } from './thrown.js';

/** Runs what must be refused as a bad argument, and gives the message. */
export function refused(run: () => unknown): string {
  const error = thrown(run);
  expect(error).toMatchObject({ name: 'BallistaError', code: 'INVALID_ARGUMENT' });
  return error.message;
}
