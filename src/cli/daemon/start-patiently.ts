/**
 * The start of an executor whose scheduler does not serve yet.
 *
 * @module
 */

import { setTimeout } from 'node:timers/promises';

import { BallistaError } from '../../errors.js';
import type { Started } from './daemon-server.js';
import type { Log } from './log.js';

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 2_000;

/** How an executor waits. */
export interface Patience {
  /** How long it waits, in milliseconds. */
  readonly limitMs: number;
  readonly log: Log;
  /** Ends the waiting. */
  readonly signal: AbortSignal;
}

/**
 * Starts a server again and again, as long as its scheduler cannot be reached. Returns undefined after the signal.
 *
 * @throws what the last start has thrown
 */
export async function startPatiently(
  start: () => Promise<Started>,
  { limitMs, log, signal }: Patience,
): Promise<Started | undefined> {
  const end = performance.now() + limitMs;
  let [pauseMs, known] = [FIRST_PAUSE_MS, ''];
  while (!signal.aborted) {
    try {
      return await start();
    } catch (error) {
      if (!BallistaError.is(error) || error.code !== 'CONNECTION' || performance.now() + pauseMs > end) throw error;
      if (error.message !== known) log.warn(`The executor waits for its scheduler. ${error.message}`);
      known = error.message;
    }
    await setTimeout(pauseMs, undefined, { signal }).catch(() => undefined);
    pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS);
  }
  return undefined;
}
