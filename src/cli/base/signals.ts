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
  /** Calls the listener at each SIGINT, instead of an abort. Returns a function that removes it. */
  onInterrupt(listener: () => void): () => void;
  /** Leaves signals to Node again. */
  stop(): void;
}

/** Aborts at the first signal, and ends the process at the second one. */
export function watchSignals(): Signals {
  const controller = new AbortController();
  let interrupt: (() => void) | undefined;
  const onSignal = (name: NodeJS.Signals): void => {
    if (name === 'SIGINT' && interrupt) interrupt();
    else if (controller.signal.reason instanceof Signalled) process.exit(signalExitCode(name));
    else controller.abort(new Signalled(name));
  };
  const onOutputError = (error: NodeJS.ErrnoException): void => {
    if (error.code !== 'EPIPE') throw error;
    controller.abort(new PipeClosed());
  };
  for (const name of SIGNALS) process.on(name, onSignal);
  process.stdout.on('error', onOutputError);
  // Nobody reads messages and logs any more, as after `2>&1 | tee` has ended. The work goes on, above all the drain of a daemon.
  process.stderr.on('error', () => undefined);
  return {
    signal: controller.signal,
    onInterrupt(listener) {
      interrupt = listener;
      return () => {
        interrupt = undefined;
      };
    },
    stop() {
      for (const name of SIGNALS) process.off(name, onSignal);
      // The listeners of output stay: an error without a listener would end the process with a stack.
    },
  };
}
