/**
 * The options of every action.
 *
 * @module
 */

import type { DocumentedTable } from '../input/settings.js';

/** The settings table of {@link ActionOptions}. */
export const ACTION_SETTINGS = {
  signal: {
    type: 'signal',
    defaultText: 'none',
    doc: 'Aborts the action: it rejects with the reason of the signal, and its job on the scheduler is cancelled.',
  },
} as const satisfies DocumentedTable;

/** Options of every action. */
export interface ActionOptions {
  /** Aborts the action: it rejects with the reason of the signal, and its job on the scheduler is cancelled. */
  signal?: AbortSignal | undefined;
}
