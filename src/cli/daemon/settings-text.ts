/**
 * Prints settings with their sources.
 *
 * @module
 */

import type { Role } from './daemon-options.js';
import type { EffectiveSetting } from './effective-settings.js';
import { plain } from './setting-flags.js';

/** The settings as a TOML file. Those without a value, and secrets, are comments. */
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
  const { isSecret, defaultText } = setting;
  if (value === undefined) return `# ${name}: ${defaultText === '' ? 'none' : plain(defaultText)}`;
  const origin = source === 'default' ? 'default' : `${source}${from === undefined ? '' : ` ${from}`}`;
  return isSecret ? `# ${name} is hidden (${origin})` : `${name} = ${tomlValue(value)} # ${origin}`;
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
