/**
 * Declares and checks settings. The tables are next to the options, and in `config/setting-tables.ts`.
 *
 * @module
 */

import { invalid } from '../errors.js';
import { describe } from './describe.js';
import { suggestion } from './nearest.js';

/** The type of a setting. `any` is checked where the setting is used. */
export type SettingType = 'string' | 'character' | 'boolean' | 'integer' | 'number' | 'choice' | 'signal' | 'any';

/** A setting: its type, and its default if there is one. */
export interface Setting {
  readonly type: SettingType;
  readonly default?: string | number | boolean | (() => string | number | boolean);
  /** For integers and numbers: the smallest and the largest value. */
  readonly min?: number;
  readonly max?: number;
  /** For choices: the allowed values. */
  readonly choices?: readonly string[];
  /** What other libraries call the option, for the error. */
  readonly aliases?: readonly string[];
}

/** Settings by name. */
export type SettingTable = Readonly<Record<string, Setting>>;

/** A setting with its texts for `docs/reference/options.md`. */
export type DocumentedSetting = Setting & {
  /** What the option means, in full sentences. The doc comment of the option begins with the same text. */
  readonly doc: string;
  /** The default in words, if the table does not have it or if it depends on the machine. */
  readonly defaultText?: string;
  /** The TypeScript type, if `type` does not say it. */
  readonly typeText?: string;
} & ({ readonly type: Exclude<SettingType, 'any'> } | { readonly type: 'any'; readonly typeText: string });

/** A settings table that `docs/reference/options.md` lists. `scripts/options/sections.ts` names all of them. */
export type DocumentedTable = Readonly<Record<string, DocumentedSetting>>;

/**
 * Checks options against a table and fills in the defaults. An option that is missing or `undefined` and has no default
 * stays missing.
 *
 * @param subject - the owner of the options, for the error
 * @throws BallistaError `INVALID_ARGUMENT` with the nearest valid name, or with the expected value
 */
export function resolve<O extends object>(subject: string, table: SettingTable, given: Partial<O> | undefined): O {
  if (given !== undefined && (typeof given !== 'object' || given === null || Array.isArray(given))) {
    throw invalid(`The options of ${subject} must be an object, not ${describe(given)}.`);
  }
  const options: Record<string, unknown> = {};
  for (const [name, { default: value }] of Object.entries(table)) {
    if (value !== undefined) options[name] = typeof value === 'function' ? value() : value;
  }
  for (const name of Object.keys(given ?? {})) {
    if (!Object.hasOwn(table, name)) throw invalid(`${subject} has no option "${name}".${known(name, table)}`);
  }
  // Iterate over the table, not over own properties: an AbortController, whose `signal` is inherited, is valid as options.
  for (const [name, setting] of Object.entries(table)) {
    const value = (given as Record<string, unknown> | undefined)?.[name];
    if (value === undefined) continue;
    const problem = check(setting, value);
    if (problem) throw invalid(`${subject}: ${name} must be ${problem}.`);
    options[name] = value;
  }
  return options as O;
}

/** What to write instead of an unknown option: the name that is meant, or all names. */
function known(name: string, table: SettingTable): string {
  const names = Object.keys(table);
  const meant = names.find((one) => table[one]?.aliases?.includes(name));
  if (meant !== undefined) return ` Did you mean "${meant}"?`;
  const near = suggestion(name, names);
  return near === '' && names.length > 0 ? ` Its options are ${names.sort().join(', ')}.` : near;
}

/** Checks a value. Returns what was expected, or undefined if it is valid. */
function check({ type, min, max, choices = [] }: Setting, value: unknown): string | undefined {
  switch (type) {
    case 'string':
      return typeof value === 'string' && value !== ''
        ? undefined
        : `a non-empty string, not ${value === '' ? 'an empty one' : describe(value)}`;
    case 'character':
      // The engine reads a single byte.
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

/** Checks by behaviour, because a signal may come from another realm or be behind a proxy. */
function isSignal(value: unknown): boolean {
  const signal = value as AbortSignal | null;
  return typeof signal?.throwIfAborted === 'function' && typeof signal.aborted === 'boolean';
}
