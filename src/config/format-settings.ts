/**
 * Settings that are options of a file format, for reading and for writing.
 *
 * @module
 */

import type { Setting } from './settings.js';

/** A setting that is an option of the engine's, under DataFusion's name: of the format, unless it has a dot. */
export interface FormatSetting extends Setting {
  readonly engine?: string;
}

/** Settings by their names in TypeScript. */
export type FormatSettings = Readonly<Record<string, FormatSetting>>;

/**
 * What was given, as the engine's options.
 *
 * @param suffix - the column that options of the format are meant for, as the engine has it: `::name`
 */
export function engineOptions(
  settings: FormatSettings,
  given: Readonly<Record<string, unknown>>,
  suffix = '',
): Record<string, string> {
  const options = Object.entries(settings).flatMap(([name, { engine }]) => {
    const value = given[name];
    if (engine === undefined || value === undefined) return [];
    const key = engine.includes('.') ? engine : `format.${engine}${suffix}`;
    return [[key, String(value)]];
  });
  return Object.fromEntries(options);
}
