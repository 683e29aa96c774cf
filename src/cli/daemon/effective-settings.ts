/**
 * Finds the value of every setting: from a flag, the environment, a TOML file or the default, in this order.
 *
 * @module
 */

import { suggestion } from '../../input/nearest.js';
import { expected, isValid } from '../../input/settings.js';
import { UsageError } from '../base/command.js';
import type { Role } from './daemon-options.js';
import { type DaemonSetting, daemonSettings } from './daemon-setting.js';
import { fromFile, readSettingsFile } from './settings-file.js';

/** Where a value comes from; the first one wins. */
export const SOURCES = ['flag', 'environment', 'file', 'default'] as const;
export type Source = (typeof SOURCES)[number];

/** The flags that were given, by the names of {@link DaemonSetting.flag}, and `--config`. */
export interface GivenFlags {
  readonly config?: string | undefined;
  readonly flags: Readonly<Record<string, string | boolean | readonly string[] | undefined>>;
}

/** A setting and its value. */
export interface EffectiveSetting {
  readonly setting: DaemonSetting;
  /** Absent: it has no value. */
  readonly value?: unknown;
  readonly source: Source;
  /** The name of the flag or the variable, or the file. */
  readonly from?: string;
}

/** All settings of a command, and warnings about variables. */
export interface EffectiveSettings {
  readonly settings: readonly EffectiveSetting[];
  readonly warnings: readonly string[];
}

type Environment = Readonly<Record<string, string | undefined>>;

/** @throws UsageError a value is wrong, or a key of the file is unknown */
export async function effectiveSettings(
  role: Role,
  { config, flags }: GivenFlags,
  environment: Environment = process.env,
): Promise<EffectiveSettings> {
  const known = daemonSettings(role);
  // An empty variable is as none: many tools cannot unset variables.
  const path = config ?? (environment[configVariable(role)] || undefined);
  const file = path === undefined ? undefined : await readSettingsFile(path, role, known);
  const settings = known.map((setting): EffectiveSetting => {
    const flag = setting.flag === undefined ? undefined : flags[setting.flag];
    if (flag !== undefined) return given(setting, 'flag', setting.flag ?? '', flag);
    const variable = environment[setting.variable];
    if (variable) return given(setting, 'environment', setting.variable, split(setting, variable));
    const value = file && fromFile(file, setting);
    if (value !== undefined) return given(setting, 'file', path ?? '', value);
    const { default: standard } = setting.value;
    if (standard === undefined) return { setting, source: 'default' };
    return { setting, source: 'default', value: typeof standard === 'function' ? standard() : standard };
  });
  return { settings: withoutRivals(settings), warnings: unknownVariables(role, known, environment) };
}

/** The variable that names the TOML file. */
export function configVariable(role: Role): string {
  return `BALLISTA_${role.toUpperCase()}_CONFIG`;
}

/** The settings as options of the class, and of the process. */
export function toOptions<T>(settings: readonly EffectiveSetting[]): T {
  const options: Record<string, unknown> = {};
  for (const { setting, value } of settings) {
    if (value === undefined) continue;
    // An object without a value that someone gave, such as tls with its default of clientAuth, would switch it on.
    if (setting.path.length > 1 && !isSwitchedOn(settings, setting)) continue;
    const last = setting.path.at(-1) ?? '';
    let inner = options;
    for (const name of setting.path.slice(0, -1)) {
      inner[name] ??= {};
      inner = inner[name] as Record<string, unknown>;
    }
    inner[last] = value;
  }
  return options as T;
}

function isSwitchedOn(settings: readonly EffectiveSetting[], { path }: DaemonSetting): boolean {
  const outer = path.slice(0, -1).join('.');
  return settings.some(
    ({ setting, source, value }) =>
      source !== 'default' && value !== undefined && `${setting.path.join('.')}.`.startsWith(`${outer}.`),
  );
}

/** A list in a variable has commas between its values. */
function split({ isList }: DaemonSetting, text: string): string | readonly string[] {
  return isList ? text.split(',').map((one) => one.trim()) : text;
}

function given(setting: DaemonSetting, source: Source, from: string, raw: unknown): EffectiveSetting {
  const name = source === 'file' ? `${setting.key.join('.')} in ${from}` : from;
  return { setting, source, from, value: checked(setting, name, raw, source !== 'file') };
}

/** @param isText - whether numbers and booleans are strings */
function checked(
  { value: one, isList, isSecret }: DaemonSetting,
  name: string,
  raw: unknown,
  isText: boolean,
): unknown {
  const check = (item: unknown): unknown => {
    const value = isText && typeof item === 'string' ? fromText(one.type, item) : item;
    if (isValid(one, value)) return value;
    const shown = isSecret || typeof item === 'object' ? '' : `, not ${JSON.stringify(item)}`;
    throw new UsageError(`${name} must be ${expected(one)}${shown}.`);
  };
  if (!isList) return check(raw);
  if (!Array.isArray(raw)) throw new UsageError(`${name} must be a list of strings.`);
  return raw.map(check);
}

function fromText(type: string, text: string): unknown {
  if (type === 'integer' || type === 'number') return /^-?\d+(?:\.\d+)?$/u.test(text) ? Number(text) : text;
  if (type === 'boolean') return { true: true, '1': true, false: false, '0': false }[text.toLowerCase()] ?? text;
  return text;
}

/** Of a string and the file that may hold it, the one from the stronger source stays. */
function withoutRivals(settings: readonly EffectiveSetting[]): readonly EffectiveSetting[] {
  const rank = ({ source }: EffectiveSetting): number => SOURCES.indexOf(source);
  const rivals = new Map<EffectiveSetting, EffectiveSetting>();
  for (const file of settings) {
    if (file.setting.path.at(-1) !== 'file') continue;
    const outer = file.setting.path.slice(0, -1).join('.');
    const text = settings.find(({ setting }) => setting.path.join('.') === outer);
    if (!text || text.value === undefined || file.value === undefined) continue;
    if (rank(text) === rank(file)) {
      const [a, b] = [text, file].map(({ setting }) => setting.key.join('.'));
      throw new UsageError(`Set ${a} or ${b}, not both.`);
    }
    const weaker = rank(text) > rank(file) ? text : file;
    rivals.set(weaker, { setting: weaker.setting, source: 'default' });
  }
  return settings.map((setting) => rivals.get(setting) ?? setting);
}

/** Kubernetes sets variables such as BALLISTA_SCHEDULER_SERVICE_HOST, so an unknown one is no error. */
function unknownVariables(role: Role, known: readonly DaemonSetting[], environment: Environment): readonly string[] {
  const names = [...known.map(({ variable }) => variable), configVariable(role)];
  return Object.keys(environment)
    .filter((name) => name.startsWith(`BALLISTA_${role.toUpperCase()}_`) && !names.includes(name))
    .map((name) => `The environment variable ${name} has no meaning.${suggestion(name, names)}`);
}
