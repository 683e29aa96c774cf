/**
 * What the supervisor of a cluster and its processes tell each other.
 *
 * @module
 */

import type { DaemonOptions } from './daemon-options.js';
import type { Started } from './daemon-server.js';
import type { MetricFamily } from './metric-families.js';

/** What the supervisor sends. */
export type Order =
  | { readonly type: 'start'; readonly options: object; readonly log: Pick<DaemonOptions, 'logLevel' | 'logFormat'> }
  | { readonly type: 'drain' }
  | { readonly type: 'measure' | 'probe'; readonly number: number };

/** What a process answers. */
export type Report =
  | { readonly type: 'started'; readonly started: Started }
  | { readonly type: 'drained' }
  | { readonly type: 'measured'; readonly number: number; readonly families: readonly MetricFamily[] }
  // Without measurements, which begin anew at each of them.
  | { readonly type: 'probed'; readonly number: number; readonly unready?: string };

/** Set for the processes of a cluster. */
const SUPERVISED = 'BALLISTA_SUPERVISED';

/** The environment of a process of a cluster. */
export function supervisedEnvironment(): NodeJS.ProcessEnv {
  return { ...process.env, [SUPERVISED]: '1' };
}

/** Whether this process belongs to a cluster of `ballista cluster`. */
export function isSupervised(): boolean {
  return process.env[SUPERVISED] === '1' && process.send !== undefined;
}

/** Calls `take` with what the supervisor sends. Without a supervisor, the process must not go on. */
export function obey(take: (order: Order) => void): void {
  process.on('message', (order) => take(order as Order));
  process.once('disconnect', () => process.exit(1));
}

/** Sends a report, if the supervisor is still there. */
export function tell(report: Report): void {
  if (process.connected) process.send?.(report);
}
