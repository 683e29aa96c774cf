/**
 * The options of methods that register a table that is not a file.
 *
 * @module
 */

import { resolve } from '../input/settings.js';

/** Options of `registerView`, `registerTable`, `registerBatch` and `registerRecordBatches`. */
export interface RegisterOptions {
  /** Whether the table takes the place of a table or view with the same name. Default `false`: the name must be free. */
  replace?: boolean;
}

const REGISTER_SETTINGS = { replace: { type: 'boolean', default: false } } as const;

/** Whether to replace a table with the same name. */
export function replaces(method: string, options: RegisterOptions | undefined): boolean {
  return resolve<Required<RegisterOptions>>(method, REGISTER_SETTINGS, options).replace;
}
