/**
 * Settings that are options of a file format, for reading and writing.
 *
 * @module
 */

import type { DocumentedSetting } from '../input/settings.js';

/** A setting with the engine's name for it. It is an option of the format unless the name contains a dot. */
export type FormatSetting = DocumentedSetting & { readonly engine?: string };

/** Settings by their names in TypeScript. */
export type FormatSettings = Readonly<Record<string, FormatSetting>>;

/** Readers and writers have their own names for it, as in Python. */
export const CSV_HEADER = {
  type: 'boolean',
  default: true,
  engine: 'has_header',
  aliases: ['header', 'headers', 'includeHeader', 'firstRowAsHeader'],
  doc: 'Whether the first line contains the column names.',
} as const satisfies FormatSetting;

/** What CSV readers and writers have in common. */
export const CSV_SETTINGS = {
  delimiter: {
    type: 'character',
    engine: 'delimiter',
    aliases: ['sep', 'separator', 'delim', 'fieldDelimiter', 'columnDelimiter'],
    defaultText: "`','`",
    doc: 'The character between values.',
  },
  quote: {
    type: 'character',
    engine: 'quote',
    aliases: ['quotechar', 'quoteChar'],
    defaultText: "`'\"'`",
    doc: 'The character around values.',
  },
} as const satisfies FormatSettings;

/**
 * Converts the given options to the engine's options.
 *
 * @param suffix - the column that the options apply to, in the engine's syntax: `::name`
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
