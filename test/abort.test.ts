import { getEventListeners } from 'node:events';
import { expect, it } from 'vitest';

import { offAbort, onAbort } from '../src/abort.js';

it('a signal gets one listener for any number of callbacks, and keeps none', () => {
  const controller = new AbortController();
  const { signal } = controller;
  const calls: number[] = [];
  const callbacks = Array.from({ length: 100 }, (_, index) => () => calls.push(index));
  for (const callback of callbacks) onAbort(signal, callback);
  expect(getEventListeners(signal, 'abort')).toHaveLength(1);
  for (const callback of callbacks.slice(0, 98)) offAbort(signal, callback);
  controller.abort();
  expect(calls).toEqual([98, 99]);
  for (const callback of callbacks) offAbort(signal, callback);
  expect(getEventListeners(signal, 'abort')).toHaveLength(0);
});
