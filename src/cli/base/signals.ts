/**
 * Turns signals, and the end of the reader of standard output, into an abort.
 *
 * @module
 */

import { PipeClosed, Signalled } from './command.js';
import { signalExitCode } from './exit-codes.js';

const SIGNALS: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM'];

/** Signals as an abort. */
export interface Signals {
  readonly signal: AbortSignal;
  /** Leaves signals to Node again. */
  stop(): void;
}

/** Aborts at the first signal, and ends the process at the second one. */
export function watchSignals(): Signals {
  const controller = new AbortController();
  const onSignal = (name: NodeJS.Signals): void => {
    if (controller.signal.reason instanceof Signalled) process.exit(signalExitCode(name));
    controller.abort(new Signalled(name));
  };
  const onOutputError = (error: NodeJS.ErrnoException): void => {
    if (error.code !== 'EPIPE') throw error;
    controller.abort(new PipeClosed());
  };
  for (const name of SIGNALS) process.on(name, onSignal);
  process.stdout.on('error', onOutputError);
  return {
    signal: controller.signal,
    stop() {
      for (const name of SIGNALS) process.off(name, onSignal);
      // The listener of output stays: an error without a listener would end the process with a stack.
    },
  };
}
