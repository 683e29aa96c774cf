/**
 * The engine's log, for the logger of a program.
 *
 * @module
 */

import { DEFAULT_LOG_LEVEL, isLogLevel, type LogLevel } from '../config/log-level.js';
import { invalid } from '../errors.js';
import { describe } from '../input/describe.js';
import { resolve, type SettingTable } from '../input/settings.js';
import { callSync } from '../native.js';

/** A logger such as `console`, or one of pino or winston. */
export interface Logger {
  /** Gets lines of the levels `debug` and `trace`. */
  debug(message: string): void;
  /** Gets lines of the level `info`. */
  info(message: string): void;
  /** Gets lines of the level `warn`. */
  warn(message: string): void;
  /** Gets lines of the level `error`. */
  error(message: string): void;
}

/** A line of the engine's log. */
export interface LogEntry {
  /** When it was written. */
  readonly time: Date;
  /** How important it is. */
  readonly level: LogLevel;
  /** The module of the engine, such as `ballista_executor::execution_loop`. */
  readonly target: string;
  /** The text. */
  readonly message: string;
}

/** Options of {@link setLogger}. */
export interface LoggerOptions {
  /** What is logged: `error`, `warn`, `info`, `debug` or `trace`, or levels by module, such as `info,ballista_executor=debug`. Default `'info,ballista_scheduler=warn'`. */
  level?: string;
}

const LOGGER_SETTINGS = { level: { type: 'string', default: DEFAULT_LOG_LEVEL } } as const satisfies SettingTable;

const METHODS = ['debug', 'info', 'warn', 'error'] as const;

/**
 * Passes the engine's log of this process to a logger: that of all contexts, schedulers and executors in it. The processes of a
 * cluster have logs of their own.
 *
 * A logger gets each line as one text, `target: message`; lines of the level `trace` go to its method `debug`. A function gets
 * {@link LogEntry}, for loggers with fields. The next call replaces the logger, and `undefined` removes it. The variable
 * `BALLISTA_LOG`, which writes to the standard error, is independent of it.
 *
 * The engine never waits for the logger. If lines come too fast, some are lost, and a line with the level `warn` says how many.
 * The logger does not keep the process alive. Credentials are not logged; plans and values of queries can be: by the module
 * `ballista_scheduler` from the level `info` on, and by others from `debug` on.
 *
 * @throws BallistaError `INVALID_ARGUMENT`
 *
 * @example
 * ```ts
 * import { setLogger } from 'ballista';
 *
 * setLogger(console, { level: 'warn' });
 * setLogger(({ level, target, message }) => process.stderr.write(`${level} ${target} ${message}\n`));
 * setLogger(undefined);
 * ```
 */
export function setLogger(logger: Logger | ((entry: LogEntry) => void) | undefined, options: LoggerOptions = {}): void {
  const { level } = resolve<Required<LoggerOptions>>('setLogger', LOGGER_SETTINGS, options);
  if (!isLogLevel(level))
    throw invalid(
      `setLogger: the level "${level}" is none of error, warn, info, debug, trace and off, alone or by module.`,
    );
  const take = logger === undefined ? undefined : toFunction(logger);
  callSync((binding) => binding.setLogListener(level, take && ((line) => pass(line, take))));
}

function toFunction(logger: unknown): (entry: LogEntry) => void {
  if (typeof logger === 'function') return logger as (entry: LogEntry) => void;
  if (typeof logger !== 'object' || logger === null)
    throw invalid(`setLogger takes a logger or a function, not ${describe(logger)}.`);
  const missing = METHODS.find((name) => typeof (logger as Partial<Logger>)[name] !== 'function');
  if (missing !== undefined) throw invalid(`setLogger: the logger has no method ${missing}.`);
  return ({ level, target, message }) =>
    (logger as Logger)[level === 'trace' ? 'debug' : level](`${target}: ${message}`);
}

/** An error of a logger becomes a warning, because no caller could catch it. */
function pass(line: string, take: (entry: LogEntry) => void): void {
  const { time, level, target, message } = JSON.parse(line) as Omit<LogEntry, 'time'> & { time: string };
  try {
    take(Object.freeze({ time: new Date(time), level, target, message }));
  } catch (error) {
    process.emitWarning(error instanceof Error ? error : String(error));
  }
}
