/**
 * How settings are declared and checked. The tables are in `options.ts` and `read-options.ts`.
 *
 * @module
 */

import { invalid } from '../errors.js';
import { describe } from '../params.js';
import { suggestion } from './nearest.js';

/** What a setting takes. `any` is checked where it is used. */
export type SettingType = 'string' | 'character' | 'boolean' | 'integer' | 'number' | 'choice' | 'signal' | 'any';

/** One setting: its type, its default where it has one, and what it is for. */
export interface Setting {
  readonly type: SettingType;
  readonly default?: string | number | boolean | (() => string | number | boolean);
  /** For integers and numbers: the smallest and the largest value. */
  readonly min?: number;
  readonly max?: number;
  /** For choices: what there is. */
  readonly choices?: readonly string[];
  readonly doc: string;
}

/** Settings by name. */
export type SettingTable = Readonly<Record<string, Setting>>;

/**
 * Checks given options against a table and fills in the defaults; an option left out or `undefined` without a default
 * stays out.
 *
 * @param subject - whose options they are, for the error
 * @throws BallistaError `INVALID_ARGUMENT` with the nearest real name, or with what a value should be
 */
export function resolve<O extends object>(subject: string, table: SettingTable, given: Partial<O> | undefined): O {
  if (given !== undefined && (typeof given !== 'object' || given === null || Array.isArray(given))) {
    throw invalid(`the options of ${subject} must be an object, not ${describe(given)}`);
  }
  const options: Record<string, unknown> = {};
  for (const [name, { default: value }] of Object.entries(table)) {
    if (value !== undefined) options[name] = typeof value === 'function' ? value() : value;
  }
  for (const name of Object.keys(given ?? {})) {
    if (!Object.hasOwn(table, name))
      throw invalid(`${subject} has no option "${name}"${suggestion(name, Object.keys(table))}`);
  }
  // By the names of the table, not by own properties: an AbortController, whose signal is inherited, is options too.
  for (const [name, setting] of Object.entries(table)) {
    const value = (given as Record<string, unknown> | undefined)?.[name];
    if (value === undefined) continue;
    const problem = check(setting, value);
    if (problem) throw invalid(`${subject}: ${name} must be ${problem}`);
    options[name] = value;
  }
  return options as O;
}

/** What is wrong with a value, as what it should be instead. */
function check({ type, min, max, choices = [] }: Setting, value: unknown): string | undefined {
  switch (type) {
    case 'string':
      return typeof value === 'string' && value !== ''
        ? undefined
        : `a string, not ${value === '' ? 'an empty one' : describe(value)}`;
    case 'character':
      // The engine reads one byte.
      return typeof value === 'string' && Buffer.byteLength(value) === 1 ? undefined : 'one ASCII character';
    case 'boolean':
      return typeof value === 'boolean' ? undefined : `true or false, not ${describe(value)}`;
    case 'integer': {
      const [low, high] = [min ?? Number.MIN_SAFE_INTEGER, max ?? Number.MAX_SAFE_INTEGER];
      const fits = typeof value === 'number' && Number.isSafeInteger(value) && value >= low && value <= high;
      return fits
        ? undefined
        : `a whole number from ${low} to ${high}, not ${typeof value === 'number' ? value : describe(value)}`;
    }
    case 'number': {
      const [low, high] = [min ?? Number.NEGATIVE_INFINITY, max ?? Number.POSITIVE_INFINITY];
      return typeof value === 'number' && value >= low && value <= high
        ? undefined
        : `a number from ${low} to ${high}, not ${typeof value === 'number' ? value : describe(value)}`;
    }
    case 'choice':
      return choices.includes(value as string) ? undefined : `one of ${choices.map((one) => `"${one}"`).join(', ')}`;
    case 'signal':
      return isSignal(value) ? undefined : `an AbortSignal, not ${describe(value)}`;
    case 'any':
      return undefined;
  }
}

/** By what it does: a signal may be one of another realm, or stand behind a proxy. */
function isSignal(value: unknown): boolean {
  const signal = value as AbortSignal | null;
  return typeof signal?.throwIfAborted === 'function' && typeof signal.aborted === 'boolean';
}
