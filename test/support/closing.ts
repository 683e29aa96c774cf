import { afterEach } from 'vitest';

import { BallistaSessionContext, type SessionOptions } from '../../src/session/ballista-session-context.js';

/** A list of functions, which are called after each test, the last one first. */
export function closedAfterEach(): (() => unknown)[] {
  const closing: (() => unknown)[] = [];
  afterEach(async () => {
    for (const close of closing.splice(0).reverse()) await close();
  });
  return closing;
}

/** A context that is closed with the others of the list. */
export function connectTo(
  closing: (() => unknown)[],
  url: string,
  options: SessionOptions = {},
): BallistaSessionContext {
  const ctx = new BallistaSessionContext(url, options);
  closing.push(() => ctx.close());
  return ctx;
}
