/**
 * The exit codes of `ballista`, documented in docs/guides/command-line.md.
 *
 * @module
 */

import { constants } from 'node:os';

export const EXIT = Object.freeze({
  OK: 0,
  /** A query or the command failed. */
  FAILED: 1,
  /** The arguments are wrong. */
  USAGE: 2,
});

/** The exit code of a program that a signal has ended: 130 for SIGINT, 143 for SIGTERM. */
export function signalExitCode(signal: NodeJS.Signals): number {
  return 128 + constants.signals[signal];
}
