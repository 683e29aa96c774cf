/**
 * Levels of logs, alone or by module of the engine.
 *
 * @module
 */

/** The levels, from the most to the least important. */
export const LOG_LEVELS: readonly LogLevel[] = ['error', 'warn', 'info', 'debug', 'trace'];

/** How important a line of a log is. */
export type LogLevel = 'error' | 'warn' | 'info' | 'debug' | 'trace';

/** The default level. At `info`, the scheduler would log each query in ten lines, with its plan. */
export const DEFAULT_LOG_LEVEL = 'info,ballista_scheduler=warn';

/** Whether a text is levels, alone or by module: `info,ballista_executor=debug`. */
export function isLogLevel(text: string): boolean {
  return text.split(',').every((part) => {
    const [first, second, ...more] = part.split('=');
    if (more.length > 0) return false;
    return second === undefined ? isLevel(first) : /^[a-z_][a-z0-9_:]*$/u.test(first ?? '') && isLevel(second);
  });
}

/** Whether a text is one level, for all modules. */
export function isLevel(text: string | undefined): text is LogLevel | 'off' {
  return text === 'off' || LOG_LEVELS.includes(text as LogLevel);
}
