/**
 * The only importer of the native addon, and the only place where native failures become {@link BallistaError}.
 *
 * @module
 */

import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

import type * as Binding from './binding.cjs';
import { BallistaError, type BallistaErrorCode, ERROR_CODES } from './errors.js';
import { fromReport } from './thrown.js';

/** The addon's exports: what Rust provides. */
type NativeBinding = typeof Binding;

let loaded: NativeBinding | undefined;

/**
 * The addon, loaded at the first call: importing the package, building expressions and SQL needs no addon.
 *
 * @throws BallistaError `ADDON`
 */
export function native(): NativeBinding {
  loaded ??= load();
  return loaded;
}

function load(): NativeBinding {
  // The same relative path from src/ and from dist/.
  const file = fileURLToPath(new URL('../native/ballista.node', import.meta.url));
  if (!existsSync(file)) throw addonError(file, 'is missing');
  try {
    return createRequire(import.meta.url)(file) as NativeBinding;
  } catch (cause) {
    throw addonError(file, `cannot be loaded: ${cause instanceof Error ? cause.message : String(cause)}`, cause);
  }
}

function addonError(file: string, problem: string, cause?: unknown): BallistaError {
  const machine = `${process.platform}-${process.arch}, Node ${process.versions.node}`;
  return new BallistaError(
    'ADDON',
    `The native addon ${problem} (${machine}; expected ${file}). In a checkout of the package, run: npm run build`,
    { cause },
  );
}

/** Runs a synchronous native call; its failures become {@link BallistaError}. */
export function callSync<T>(run: (binding: NativeBinding) => T): T {
  const binding = native();
  try {
    return run(binding);
  } catch (failure) {
    throw fromNative(failure);
  }
}

/**
 * Runs an asynchronous native call; its failures become {@link BallistaError}. An aborted `signal` rejects at once with
 * its reason, and what the call brings afterwards is dropped.
 *
 * The error is made here, after the `await`, so that its async stack holds the line of the caller.
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
 * As {@link call}, for work that the native side also gives up: `run` starts it under a number, by which an abort
 * abandons it.
 */
export async function callTask<T>(
  abandon: (task: number) => void,
  run: (task: number | undefined) => Promise<T>,
  signal: AbortSignal | undefined,
): Promise<T> {
  if (!signal) return call(() => run(undefined));
  tasks = (tasks + 1) >>> 0;
  const task = tasks;
  const onAbort = (): void => abandon(task);
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await call(() => run(task), signal);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

function raceAbort<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason);
    // A signal may outlive thousands of calls: the listener must not.
    const settle = <V>(done: (value: V) => void, value: V): void => {
      signal.removeEventListener('abort', onAbort);
      done(value);
    };
    signal.addEventListener('abort', onAbort, { once: true });
    work.then(
      (value) => settle(resolve, value),
      (failure: unknown) => settle(reject, failure),
    );
  });
}

/** What napi itself throws when an argument does not convert: the plain status name in `code`. */
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

/** What a function of the user's threw, with that as its cause. */
function fromUser({ code, message, jobId, thrown }: NativeReport): BallistaError | undefined {
  if (thrown === undefined) return undefined;
  const { text, cause } = fromReport(thrown);
  return new BallistaError(code, `${message} ${text}`, { jobId, cause });
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
