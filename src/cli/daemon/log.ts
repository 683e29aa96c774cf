/**
 * The log of a daemon, on the standard error. The engine writes the same lines (native/src/logging.rs).
 *
 * @module
 */

import { isLevel, LOG_LEVELS, type LogLevel } from '../../config/log-level.js';
import type { DaemonOptions } from './daemon-options.js';

/** More than the message, for programs. */
export type Fields = Readonly<Record<string, string | number | boolean | undefined>>;

/** Writes lines, if their level is wanted. */
export type Log = Readonly<Record<LogLevel, (message: string, fields?: Fields) => void>>;

/** Opens the log of this process, and that of the engine. Call it before the package is loaded. */
export function openLog({ logLevel, logFormat }: Pick<DaemonOptions, 'logLevel' | 'logFormat'>): Log {
  process.env['BALLISTA_LOG'] = logLevel;
  process.env['BALLISTA_LOG_FORMAT'] = logFormat;
  // -1 for off.
  const wanted = LOG_LEVELS.indexOf(plainLevel(logLevel) as LogLevel);
  const write = (level: LogLevel) => (message: string, fields?: Fields) => {
    if (LOG_LEVELS.indexOf(level) > wanted) return;
    process.stderr.write(`${logFormat === 'json' ? json(level, message, fields) : line(level, message, fields)}\n`);
  };
  const log = Object.fromEntries(LOG_LEVELS.map((level) => [level, write(level)])) as Log;
  // Node's own listener would print text between lines of JSON.
  process.removeAllListeners('warning');
  process.on('warning', (warning) => log.warn(warning.message));
  return log;
}

/** The level without a module. Without one, only errors are logged. */
function plainLevel(text: string): LogLevel | 'off' {
  return text.split(',').find(isLevel) ?? 'error';
}

function json(level: LogLevel, message: string, fields: Fields = {}): string {
  const time = new Date().toISOString();
  return JSON.stringify({ time, level, target: 'ballista', pid: process.pid, message, ...fields });
}

function line(level: LogLevel, message: string, fields: Fields = {}): string {
  const more = Object.entries(fields)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => ` ${name}=${value}`);
  return `${new Date().toISOString()} ${level.toUpperCase().padEnd(5)} ballista: ${message}${more.join('')}`;
}
