import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

import { BallistaError, ERROR_CODES, invalid } from '../src/errors.js';

it('has a code, a job id and a cause', () => {
  const cause = new Error('inner');
  const error = new BallistaError('JOB_FAILED', 'it broke', { jobId: 'abc', cause });
  expect(error).toMatchObject({ name: 'BallistaError', code: 'JOB_FAILED', jobId: 'abc', message: 'it broke', cause });
  expect(String(error)).toBe('BallistaError: it broke');
});

it('omits jobId and cause if they are undefined', () => {
  const error = new BallistaError('PLAN', 'no');
  expect('jobId' in error).toBe(false);
  expect('cause' in error).toBe(false);
});

it('is recognised by a symbol, even from another copy of the class', () => {
  const foreign = Object.defineProperty(new Error('x'), Symbol.for('ballista.error'), { value: true });
  expect(BallistaError.is(new BallistaError('IO', 'x'))).toBe(true);
  expect(BallistaError.is(foreign)).toBe(true);
  for (const other of [new Error('x'), { code: 'IO' }, null, undefined, 'IO'])
    expect(BallistaError.is(other)).toBe(false);
});

it('describes every code in a sentence', () => {
  const codes = Object.entries(ERROR_CODES);
  expect(codes.length).toBeGreaterThan(20);
  for (const [code, text] of codes) {
    expect(code).toMatch(/^[A-Z]+(_[A-Z]+)*$/);
    expect(text).toMatch(/^[A-Z].*\.$/);
  }
});

it('has the same descriptions in docs/guides/errors.md', () => {
  const page = readFileSync(new URL('../docs/guides/errors.md', import.meta.url), 'utf8');
  const rows = [...page.matchAll(/^\| `([A-Z_]+)` \| (.*?) \|/gm)].map(([, code, text]) => [code, text]);
  expect(rows).toEqual(Object.entries(ERROR_CODES));
});

it.each([
  ['the key of get must be a string.', 'The key of get must be a string.'],
  ['argument 1 of sort must be a string.', 'Argument 1 of sort must be a string.'],
  ['a window has no option "x".', 'A window has no option "x".'],
  ['alias takes a string.', 'alias takes a string.'],
  ['columns must be an object.', 'columns must be an object.'],
])('messages begin with a capital letter, except for names from the code: %s', (message, expected) => {
  expect(invalid(message)).toMatchObject({ code: 'INVALID_ARGUMENT', message: expected });
});
