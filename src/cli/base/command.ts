/**
 * What a command is, and how commands report wrong arguments.
 *
 * @module
 */

import type { Message } from '@optique/core/message';
import type { Parser } from '@optique/core/parser';

import { BallistaError, type BallistaErrorCode } from '../../errors.js';

/** The options that print help, of every command. */
export const HELP = ['-h', '--help'] as const;

/** What a command gets besides its options. */
export interface CommandContext {
  /**
   * Is aborted at the first SIGINT or SIGTERM, with a {@link Signalled} as the reason, and when the reader of standard output
   * has gone, with a {@link PipeClosed}. A command that rejects with this reason ends with the exit code of the reason. A
   * command that returns has its own exit code. At the second signal, the process ends immediately.
   */
  readonly signal: AbortSignal;
  /**
   * Calls the listener at each SIGINT, instead of an abort. For a command in which Ctrl-C ends less than the program.
   *
   * @returns a function that removes the listener
   */
  onInterrupt(listener: () => void): () => void;
  /** Whether errors are printed with their stacks and causes: the option `--debug`. */
  readonly debug: boolean;
}

/** A command of `ballista`. */
export interface Command<T> {
  readonly name: string;
  /** One line, for the list of commands. */
  readonly brief: Message;
  /** More, for `ballista help <name>`. */
  readonly description?: Message;
  /** Examples and the like, at the end of the help. */
  readonly footer?: Message;
  /** Arguments and options. It must not load the package: `ballista --help` and completion call it at every key. */
  readonly parser: Parser<'sync', T, unknown>;
  /**
   * Runs the command. Load the package here, with `await import('ballista')`.
   *
   * @returns the exit code; nothing means 0
   */
  run(options: T, context: CommandContext): Promise<number | undefined>;
}

/** A command whose options only the command itself knows. */
export interface AnyCommand extends Omit<Command<never>, 'parser' | 'run'> {
  /** Parses the arguments, and returns the command, ready to run. */
  readonly parser: Parser<'sync', (context: CommandContext) => Promise<number | undefined>, unknown>;
}

/** The arguments are wrong in a way that the parser cannot see. Ends the program with exit code 2. */
export class UsageError extends Error {}

/** The codes of errors that constructors throw for their options, and for files that the options name. */
const OF_OPTIONS: readonly BallistaErrorCode[] = ['INVALID_ARGUMENT', 'CONFIG', 'IO'];

/**
 * Passes arguments to the package. The package checks what the parser cannot, such as an address.
 *
 * @param codes - the codes of errors that mean wrong arguments
 * @throws UsageError with the error of the package as its cause
 */
export async function withArguments<T>(run: () => T | Promise<T>, codes = OF_OPTIONS): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (BallistaError.is(error) && codes.includes(error.code)) throw new UsageError(error.message, { cause: error });
    throw error;
  }
}

/** The reason of an abort by a signal. */
export class Signalled extends Error {
  readonly signal: NodeJS.Signals;

  constructor(signal: NodeJS.Signals) {
    super(`The program got ${signal}.`);
    this.signal = signal;
  }
}

/** The reason of an abort because the reader of standard output has gone, as with `| head`. */
export class PipeClosed extends Error {
  constructor() {
    super('The reader of the output has closed it.');
  }
}
