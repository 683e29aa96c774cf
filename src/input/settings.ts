/**
 * Declares and checks settings. The tables are next to the options, and in `config/setting-tables.ts`.
 *
 * @module
 */

import { invalid } from '../errors.js';
import { describe } from './describe.js';
import { suggestion } from './nearest.js';

/** The type of a setting. `any` is checked where the setting is used. */
export type SettingType =
  | 'string'
  | 'character'
  | 'boolean'
  | 'integer'
  | 'number'
  | 'choice'
  | 'signal'
  | 'function'
  | 'any';

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
} & (
    | { readonly type: Exclude<SettingType, 'function' | 'any'> }
    | { readonly type: 'function' | 'any'; readonly typeText: string }
  );

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
function check(setting: Setting, value: unknown): string | undefined {
  if (isValid(setting, value)) return undefined;
  const { type } = setting;
  if (type === 'character' || type === 'choice') return expected(setting);
  const isNumeric = (type === 'integer' || type === 'number') && typeof value === 'number';
  const given = isNumeric ? value : type === 'string' && value === '' ? 'an empty one' : describe(value);
  return `${expected(setting)}, not ${given}`;
}

/** Whether a value is allowed. */
export function isValid({ type, min, max, choices = [] }: Setting, value: unknown): boolean {
  switch (type) {
    case 'string':
      return typeof value === 'string' && value !== '';
    case 'character':
      // The engine reads a single byte.
      return typeof value === 'string' && Buffer.byteLength(value) === 1;
    case 'boolean':
      return typeof value === 'boolean';
    case 'integer':
      return Number.isSafeInteger(value) && isWithin(value as number, min, max);
    case 'number':
      return typeof value === 'number' && isWithin(value, min, max);
    case 'choice':
      return choices.includes(value as string);
    case 'signal':
      return isSignal(value);
    case 'function':
      return typeof value === 'function';
    case 'any':
      return true;
  }
}

function isWithin(value: number, min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY): boolean {
  return value >= min && value <= max;
}

/** What a value must be, in words. */
export function expected({ type, min, max, choices = [] }: Setting): string {
  switch (type) {
    case 'string':
      return 'a non-empty string';
    case 'character':
      return 'one ASCII character';
    case 'boolean':
      return 'true or false';
    case 'integer':
      return `a whole number from ${min ?? Number.MIN_SAFE_INTEGER} to ${max ?? Number.MAX_SAFE_INTEGER}`;
    case 'number':
      return `a number from ${min ?? Number.NEGATIVE_INFINITY} to ${max ?? Number.POSITIVE_INFINITY}`;
    case 'choice':
      return `one of ${choices.map((one) => `"${one}"`).join(', ')}`;
    case 'signal':
      return 'an AbortSignal';
    case 'function':
      return 'a function';
    case 'any':
      return 'a value';
  }
}

/** Checks by behaviour, because a signal may come from another realm or be behind a proxy. */
function isSignal(value: unknown): boolean {
  const signal = value as AbortSignal | null;
  return typeof signal?.throwIfAborted === 'function' && typeof signal.aborted === 'boolean';
}
