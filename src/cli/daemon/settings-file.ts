/**
 * TOML files with the settings of daemons.
 *
 * @module
 */

import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';

import { isUrl } from '../../input/local-path.js';
import { suggestion } from '../../input/nearest.js';
import { UsageError } from '../base/command.js';
import type { Role } from './daemon-options.js';
import type { DaemonSetting } from './daemon-setting.js';

/** The table of a command in a file. */
export interface SettingsFile {
  readonly path: string;
  readonly table: Readonly<Record<string, unknown>>;
}

const ROLES: readonly Role[] = ['scheduler', 'executor', 'cluster'];

/**
 * Reads the table of a command: `[scheduler]`, `[executor]` or `[cluster]`. The file may have those of the others, too.
 *
 * @throws UsageError which never quotes the file, because it may hold secrets
 */
export async function readSettingsFile(
  path: string,
  role: Role,
  known: readonly DaemonSetting[],
): Promise<SettingsFile> {
  const content = await parse(path);
  for (const name of Object.keys(content)) {
    if (ROLES.includes(name as Role)) continue;
    const tables = ROLES.map((one) => `[${one}]`).join(', ');
    throw new UsageError(`The file ${path} has the unknown key "${name}". Its tables are ${tables}.`);
  }
  const table = content[role] ?? {};
  if (!isTable(table)) throw new UsageError(`The file ${path}: ${role} must be a table, [${role}].`);
  const keys = known.map(({ key }) => key);
  checkKeys(`The file ${path}: [${role}]`, table, keys, []);
  return { path, table };
}

/** The value of a setting. Relative paths become absolute. */
export function fromFile({ path, table }: SettingsFile, { key, isPath }: DaemonSetting): unknown {
  let value: unknown = table;
  for (const name of key) value = isTable(value) ? value[name] : undefined;
  return isPath ? absolutePaths(dirname(path), value) : value;
}

/** A path, or a list of paths, with paths relative to the folder made absolute. URLs stay as they are. */
export function absolutePaths(folder: string, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((one) => absolutePaths(folder, one));
  return typeof value === 'string' && value !== '' && !isUrl(value) ? resolve(folder, value) : value;
}

async function parse(path: string): Promise<Record<string, unknown>> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    const reason = (cause as NodeJS.ErrnoException).code ?? String(cause);
    throw new UsageError(`The file ${path} cannot be read: ${reason}.`);
  }
  const toml = await import('smol-toml');
  try {
    return toml.parse(text);
  } catch (error) {
    if (!(error instanceof toml.TomlError)) throw error;
    throw new UsageError(`The file ${path} is not valid TOML: see line ${error.line}, column ${error.column}.`);
  }
}

/** Refuses keys that no setting has. */
function checkKeys(
  where: string,
  table: Readonly<Record<string, unknown>>,
  keys: readonly (readonly string[])[],
  outer: readonly string[],
): void {
  const here = keys.filter((key) => outer.every((name, i) => key[i] === name));
  const names = [...new Set(here.map((key) => key[outer.length] ?? ''))];
  for (const [name, value] of Object.entries(table)) {
    const shown = [...outer, name].join('.');
    if (!names.includes(name)) throw new UsageError(`${where} has no setting "${shown}".${suggestion(name, names)}`);
    const isLeaf = here.some((key) => key.length === outer.length + 1 && key[outer.length] === name);
    if (isLeaf) continue;
    if (!isTable(value)) throw new UsageError(`${where}: ${shown} must be a table.`);
    checkKeys(where, value, keys, [...outer, name]);
  }
}

function isTable(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);
}
