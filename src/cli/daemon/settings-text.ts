/**
 * Prints settings with their sources.
 *
 * @module
 */

import type { Role } from './daemon-options.js';
import type { EffectiveSetting } from './effective-settings.js';
import { plain } from './setting-flags.js';
import { absolutePaths } from './settings-file.js';

/**
 * The settings as a TOML file for the same command. Only values that someone has given are settings there: defaults, secrets and
 * settings without a value are comments. A default in a table such as `[scheduler.tls]` would switch the table on.
 */
export function settingsAsToml(role: Role, settings: readonly EffectiveSetting[]): string {
  const lines: string[] = [];
  let table: string | undefined;
  // A table of TOML ends where the next one begins, so what is in no inner table comes first.
  const tableOf = ({ setting }: EffectiveSetting): string => [role, ...setting.key.slice(0, -1)].join('.');
  const sorted = settings.toSorted((a, b) => Number(tableOf(a) !== role) - Number(tableOf(b) !== role));
  for (const one of sorted) {
    const own = tableOf(one);
    if (own !== table) lines.push(...(table === undefined ? [] : ['']), `[${own}]`);
    table = own;
    lines.push(line(one));
  }
  return `${lines.join('\n')}\n`;
}

function line({ setting, value, source, from }: EffectiveSetting): string {
  const name = setting.key.at(-1) ?? '';
  const { isSecret, isPath, defaultText } = setting;
  if (value === undefined) return `# ${name}: ${defaultText === '' ? 'none' : plain(defaultText)}`;
  const origin = source === 'default' ? 'default' : `${source}${from === undefined ? '' : ` ${from}`}`;
  if (isSecret) return `# ${name} is hidden (${origin})`;
  // Relative paths of flags and variables are relative to the working folder, those of a file to the folder of the file.
  const text = `${name} = ${tomlValue(isPath ? absolutePaths(process.cwd(), value) : value)} # ${origin}`;
  return source === 'default' ? `# ${text}` : text;
}

/** Strings, numbers, booleans and lists of TOML are those of JSON. */
function tomlValue(value: unknown): string {
  return JSON.stringify(value);
}

/** The settings as JSON, with the names of flags and variables. A secret has no value. */
export function settingsAsJson(settings: readonly EffectiveSetting[]): string {
  const rows = settings.map(({ setting: { key, flag, variable, isSecret }, value, source, from }) => ({
    key: key.join('.'),
    ...(isSecret ? { isSet: value !== undefined } : { value: value ?? null }),
    source: value === undefined ? null : source,
    from: from ?? null,
    flag: flag ?? null,
    variable,
  }));
  return `${JSON.stringify(rows, undefined, 2)}\n`;
}
