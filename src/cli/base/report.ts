/**
 * Prints why a command failed.
 *
 * @module
 */

import { inspect } from 'node:util';

import { BallistaError } from '../../errors.js';
import { PipeClosed, Signalled, UsageError } from './command.js';
import { EXIT, signalExitCode } from './exit-codes.js';

/**
 * Prints the code and the sentence of an error to standard error, or all of it with `debug`.
 *
 * @returns the exit code
 */
export function report(error: unknown, { debug }: { readonly debug: boolean }): number {
  if (error instanceof PipeClosed) return EXIT.OK;
  if (error instanceof Signalled) return signalExitCode(error.signal);
  process.stderr.write(`${debug ? inspect(error) : sentence(error)}\n`);
  return error instanceof UsageError ? EXIT.USAGE : EXIT.FAILED;
}

/** `CODE: What was wrong.` */
export function sentence(error: unknown): string {
  if (BallistaError.is(error)) return `${error.code}: ${error.message}`;
  if (error instanceof UsageError) return `Error: ${error.message}`;
  // Not an error of the package: the kind helps to find its origin.
  return error instanceof Error ? `${error.name}: ${error.message}` : inspect(error);
}
