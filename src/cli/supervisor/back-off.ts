/**
 * How long to wait before a process is started again.
 *
 * @module
 */

const FIRST_MS = 250;
const LONGEST_MS = 30_000;
/** A process that ran this long is healthy. */
const HEALTHY_MS = 60_000;

/** Pauses that double until a process runs for a minute. */
export class BackOff {
  #nextMs = FIRST_MS;

  /** @param ranMs - how long the process has run */
  pauseMs(ranMs: number): number {
    if (ranMs >= HEALTHY_MS) this.#nextMs = FIRST_MS;
    const pause = this.#nextMs;
    this.#nextMs = Math.min(2 * pause, LONGEST_MS);
    return pause;
  }
}
