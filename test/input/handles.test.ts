import { expect, it } from 'vitest';

import { Handles } from '../../src/input/handles.js';
import { thrown } from '../support/thrown.js';

const owner = {};
const handle = {};
const handles = new Handles<object>('must be a plan');
handles.set(owner, handle);

it('finds the handle of an object', () => {
  expect(handles.get(owner)).toBe(handle);
  expect(handles.of(owner, 'it')).toBe(handle);
});

it.each([{}, handle, null, undefined, 5, 'x'])('finds no handle for %j', (other) => {
  expect(handles.get(other)).toBeUndefined();
  expect(thrown(() => handles.of(other, 'the argument'))).toMatchObject({
    code: 'INVALID_ARGUMENT',
    message: expect.stringMatching(/^The argument must be a plan, not /),
  });
});
