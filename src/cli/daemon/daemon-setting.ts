/**
 * The names of a setting: its flag, its environment variable and its key in a TOML file.
 *
 * @module
 */

import { AUTH_SETTINGS, JWKS_SETTINGS } from '../../config/auth-settings.js';
import { TLS_SETTINGS } from '../../config/credentials.js';
import { FILE_LIMIT_SETTINGS } from '../../config/file-limits.js';
import type { DocumentedSetting, DocumentedTable, Setting } from '../../input/settings.js';
import { type Role, SETTINGS_BY_ROLE } from './daemon-options.js';

/** A setting that has one value. */
export interface DaemonSetting {
  /** Where the value is in the options of the class: `['tls', 'clientAuth']`. */
  readonly path: readonly string[];
  /** Where it is in a TOML file: `['tls', 'client-auth']`. */
  readonly key: readonly string[];
  /** `--tls-client-auth`. A secret has no flag, because everyone on the machine can see the arguments of a process. */
  readonly flag: `--${string}` | undefined;
  /** `BALLISTA_SCHEDULER_TLS_CLIENT_AUTH`. */
  readonly variable: string;
  /** What a single value must be. */
  readonly value: Setting;
  readonly isList: boolean;
  readonly isSecret: boolean;
  /** Whether relative values of a TOML file are relative to its folder. */
  readonly isPath: boolean;
  readonly doc: string;
  /** The default in words, without one in the table. */
  readonly defaultText: string;
}

/** Options that are objects. */
const NESTED: Readonly<Record<string, DocumentedTable>> = {
  tls: TLS_SETTINGS,
  auth: AUTH_SETTINGS,
  jwks: JWKS_SETTINGS,
  files: FILE_LIMIT_SETTINGS,
};
/** Options that are lists of strings. */
const LISTS = new Set(['read', 'write', 'udfCodeHashes']);
/** Options that are a string or `{ file }`. The second form has a name of its own. */
const OR_FILE: Readonly<Record<string, string>> = { token: 'token-file', url: 'file' };
const SECRETS = new Set(['token']);
const PATHS = new Set(['ca', 'cert', 'key', 'tokensFile', 'workDir', 'read', 'write', 'file']);

/** All settings of a command. */
export function daemonSettings(role: Role): readonly DaemonSetting[] {
  return leaves(role, SETTINGS_BY_ROLE[role], [], []);
}

function leaves(
  role: Role,
  table: DocumentedTable,
  path: readonly string[],
  keys: readonly string[],
): readonly DaemonSetting[] {
  return Object.entries(table).flatMap(([name, setting]) => {
    const [inner, own] = [
      [...path, name],
      [...keys, kebab(name)],
    ];
    const nested = NESTED[name];
    if (nested) return leaves(role, nested, inner, own);
    const fileKey = OR_FILE[name];
    const one = leaf(role, setting, inner, own);
    if (fileKey === undefined) return [one];
    const doc = `The file to use instead of ${own.join('.')}. It is read again when it changes.`;
    return [one, { ...leaf(role, setting, [...inner, 'file'], [...keys, fileKey]), doc }];
  });
}

function leaf(role: Role, setting: DocumentedSetting, path: readonly string[], key: readonly string[]): DaemonSetting {
  const name = path.at(-1) ?? '';
  const isSecret = SECRETS.has(name);
  const words = key.join('-');
  return {
    path,
    key,
    flag: isSecret ? undefined : `--${words}`,
    variable: `BALLISTA_${role}_${words.replaceAll('-', '_')}`.toUpperCase(),
    value: setting.type === 'any' ? { type: 'string' } : setting,
    isList: LISTS.has(name),
    isSecret,
    isPath: PATHS.has(name),
    doc: setting.doc,
    defaultText: setting.defaultText ?? '',
  };
}

function kebab(name: string): string {
  return name.replaceAll(/[A-Z]/gu, (letter) => `-${letter.toLowerCase()}`);
}
