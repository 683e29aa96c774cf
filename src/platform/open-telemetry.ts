/**
 * OpenTelemetry, for programs that use it. Other programs do not have its package.
 *
 * @module
 */

import type * as Api from '@opentelemetry/api';

import { lazy } from './lazy.js';

/** Under this key, version 1 of the API keeps what a program registers. */
const REGISTERED = Symbol.for('opentelemetry.js.api.1');

const load = lazy<typeof Api>('@opentelemetry/api');

let isMissing = false;

/** The API, if this program has registered a tracer provider or anything else with it. Otherwise nothing is loaded. */
export function openTelemetry(): typeof Api | undefined {
  if (isMissing || !(REGISTERED in globalThis)) return undefined;
  try {
    return load();
  } catch {
    // The program has bundled it, or a dependency has it for itself.
    isMissing = true;
    return undefined;
  }
}
