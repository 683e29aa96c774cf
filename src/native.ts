/**
 * The only module that loads the native addon, and the only place where native failures become {@link BallistaError}.
 *
 * @module
 */

import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { offAbort, onAbort } from './abort.js';
import type * as Binding from './binding.cjs';
import { BallistaError, type BallistaErrorCode, ERROR_CODES } from './errors.js';
import { packageFolder, packageRequire } from './package-folder.js';

/** The exports of the addon. */
type NativeBinding = typeof Binding;

let loaded: NativeBinding | undefined;

/**
 * The addon, loaded on the first call. Importing the package and building expressions and SQL work without it.
 *
 * @throws BallistaError `ADDON`
 */
export function native(): NativeBinding {
  loaded ??= load();
  return loaded;
}

function load(): NativeBinding {
  const file = join(packageFolder(), 'native', 'ballista.node');
  if (!existsSync(file)) throw addonError(file, 'is missing');
  try {
    return packageRequire()(file) as NativeBinding;
  } catch (cause) {
    throw addonError(file, `cannot be loaded: ${cause instanceof Error ? cause.message : String(cause)}`, cause);
  }
}

function addonError(file: string, problem: string, cause?: unknown): BallistaError {
  const machine = `${process.platform}-${process.arch}, Node ${process.versions.node}`;
  return new BallistaError(
    'ADDON',
    `The native addon ${problem}. It is expected at ${file} (this is ${machine}). In a checkout of the repository, run "npm run build".`,
    { cause },
  );
}

/** Runs a synchronous native call. Its failures become {@link BallistaError}. */
export function callSync<T>(run: (binding: NativeBinding) => T): T {
  const binding = native();
  try {
    return run(binding);
  } catch (failure) {
    throw fromNative(failure);
  }
}

/**
 * Runs an asynchronous native call. Its failures become {@link BallistaError}. An aborted `signal` rejects immediately with
 * its reason; the result of the call is then dropped.
 *
 * The error is created here, after the `await`, so that its async stack contains the line of the caller.
 */
export async function call<T>(run: (binding: NativeBinding) => Promise<T>, signal?: AbortSignal): Promise<T> {
  signal?.throwIfAborted();
  const binding = native();
  try {
    return await (signal ? raceAbort(run(binding), signal) : run(binding));
  } catch (failure) {
    if (signal?.aborted && failure === signal.reason) throw failure;
    throw fromNative(failure);
  }
}

let tasks = 0;

/**
 * Like {@link call}, for work that the native side can stop: `run` starts it under a number, and an abort stops it by that
 * number.
 */
export async function callTask<T>(
  abandon: (task: number) => void,
  run: (task: number | undefined) => Promise<T>,
  signal: AbortSignal | undefined,
): Promise<T> {
  if (!signal) return call(() => run(undefined));
  tasks = (tasks + 1) >>> 0;
  const task = tasks;
  const stop = (): void => abandon(task);
  onAbort(signal, stop);
  try {
    return await call(() => run(task), signal);
  } finally {
    offAbort(signal, stop);
  }
}

function raceAbort<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const fail = (): void => reject(signal.reason);
    const settle = <V>(done: (value: V) => void, value: V): void => {
      offAbort(signal, fail);
      done(value);
    };
    onAbort(signal, fail);
    work.then(
      (value) => settle(resolve, value),
      (failure: unknown) => settle(reject, failure),
    );
  });
}

/** The errors that napi throws when it cannot convert an argument: plain status names in `code`. */
const CONVERSION_FAILURES = new Set([
  'InvalidArg',
  'ObjectExpected',
  'StringExpected',
  'NameExpected',
  'FunctionExpected',
  'NumberExpected',
  'BooleanExpected',
  'ArrayExpected',
  'BigintExpected',
  'DateExpected',
  'ArrayBufferExpected',
]);

function fromNative(failure: unknown): BallistaError {
  if (BallistaError.is(failure)) return failure;
  if (!(failure instanceof Error)) return new BallistaError('INTERNAL', String(failure), { cause: failure });
  const report = parseReport(failure.message);
  if (report) return fromUser(report) ?? new BallistaError(report.code, report.message, { jobId: report.jobId });
  const status = (failure as Error & { code?: unknown }).code;
  const code = typeof status === 'string' && CONVERSION_FAILURES.has(status) ? 'INVALID_ARGUMENT' : 'INTERNAL';
  return new BallistaError(code, failure.message, { cause: failure });
}

/** The error for an exception of a user's function, with the exception as its cause. */
function fromUser({ code, message, jobId, thrown }: NativeReport): BallistaError | undefined {
  if (thrown === undefined) return undefined;
  const { text, cause } = fromThrown(thrown);
  return new BallistaError(code, `${message} ${text}`, { jobId, cause });
}

/** An exception of a function, as JSON from its worker. */
export interface ThrownReport {
  name: string;
  message: string;
  stack?: string;
  row?: number;
  args?: unknown[];
}

/** Recreates the exception, for `cause`, and describes it in a sentence. */
function fromThrown(json: string): { text: string; cause: Error } {
  const { name, message, stack, row, args } = JSON.parse(json) as ThrownReport;
  const cause = Object.assign(new Error(message), { name, ...(args === undefined ? {} : { args }) });
  if (stack !== undefined) cause.stack = stack;
  const given = args === undefined ? '' : `, called with (${args.map((arg) => JSON.stringify(arg)).join(', ')})`;
  return { text: `${name}: ${message}${row === undefined ? '' : ` (row ${row} of a batch${given})`}`, cause };
}

interface NativeReport {
  code: BallistaErrorCode;
  message: string;
  thrown?: string | undefined;
  jobId?: string | undefined;
}

function parseReport(text: string): NativeReport | undefined {
  let report: unknown;
  try {
    report = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof report !== 'object' || report === null || !('code' in report) || !('message' in report)) return undefined;
  const { code, message, jobId, thrown } = report as Record<'code' | 'message' | 'jobId' | 'thrown', unknown>;
  if (typeof code !== 'string' || typeof message !== 'string') return undefined;
  return {
    code: Object.hasOwn(ERROR_CODES, code) ? (code as BallistaErrorCode) : 'INTERNAL',
    message,
    jobId: typeof jobId === 'string' ? jobId : undefined,
    thrown: typeof thrown === 'string' ? thrown : undefined,
  };
}
