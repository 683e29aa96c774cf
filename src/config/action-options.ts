/**
 * The options of every action.
 *
 * @module
 */

import type { DocumentedTable } from '../input/settings.js';
import type { QueryProgress } from './query-progress.js';

/** The settings table of {@link CallOptions}. */
export const CALL_SETTINGS = {
  signal: {
    type: 'signal',
    defaultText: 'none',
    doc: 'Aborts the action: it rejects with the reason of the signal, and its job on the scheduler is cancelled.',
  },
} as const satisfies DocumentedTable;

/** The settings table of {@link ActionOptions}. */
export const ACTION_SETTINGS = {
  ...CALL_SETTINGS,
  onProgress: {
    type: 'function',
    typeText: '(progress: QueryProgress) => void',
    defaultText: 'none',
    doc: 'Is called while the query runs, at most ten times a second, and once at its end. An error that it throws ends the action.',
  },
} as const satisfies DocumentedTable;

/** Options of calls that can be aborted. */
export interface CallOptions {
  /** Aborts the action: it rejects with the reason of the signal, and its job on the scheduler is cancelled. */
  signal?: AbortSignal | undefined;
}

/** Options of every action. */
export interface ActionOptions extends CallOptions {
  /**
   * Is called while the query runs, at most ten times a second, and once at its end. An error that it throws ends the action.
   * The action then rejects with this error, and its job on the scheduler is cancelled. If it is `async`, so does a rejection
   * while the query runs.
   */
  onProgress?: ((progress: QueryProgress) => void) | undefined;
}
