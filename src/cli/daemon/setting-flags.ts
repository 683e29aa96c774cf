/**
 * The flags of daemons, from the settings tables.
 *
 * @module
 */

import { group, object } from '@optique/core/constructs';
import { envVar, type Message, text } from '@optique/core/message';
import { multiple, optional } from '@optique/core/modifiers';
import type { Parser } from '@optique/core/parser';
import { negatableFlag, option } from '@optique/core/primitives';
import { choice, string } from '@optique/core/valueparser';
import { path } from '@optique/run/valueparser';

import type { Role } from './daemon-options.js';
import { type DaemonSetting, daemonSettings } from './daemon-setting.js';
import { configVariable, type GivenFlags } from './effective-settings.js';

type FlagParser = Parser<'sync', string | boolean | readonly string[] | undefined, unknown>;

/** The flags of a command. What they mean is checked with all other settings. */
export function settingFlags(role: Role): Parser<'sync', GivenFlags, unknown> {
  const flags: Record<string, FlagParser> = {};
  for (const setting of daemonSettings(role)) {
    if (setting.flag !== undefined) flags[setting.flag] = flagOf(setting, setting.flag);
  }
  const description: Message = [
    text(`The TOML file with settings, in the table [${role}]. Also in `),
    envVar(configVariable(role)),
    text('.'),
  ];
  return object({
    config: optional(option('--config', path({ metavar: 'FILE' }), { description })),
    flags: group('Settings', object(flags)) as Parser<'sync', GivenFlags['flags'], unknown>,
  });
}

function flagOf(setting: DaemonSetting, flag: `--${string}`): FlagParser {
  const { value, isList, isPath } = setting;
  const description = descriptionOf(setting);
  if (value.type === 'boolean') {
    const negative = `--no-${flag.slice(2)}` as const;
    return optional(negatableFlag({ positive: flag, negative }, { description }));
  }
  if (value.type === 'choice') return optional(option(flag, choice(value.choices ?? []), { description }));
  const isNumber = value.type === 'integer' || value.type === 'number';
  const parser = isPath ? path({ metavar: 'PATH' }) : string({ metavar: isNumber ? 'NUMBER' : 'TEXT' });
  const one = option(flag, parser, { description });
  return isList ? optional(multiple(one, { min: 1 })) : optional(one);
}

function descriptionOf({ doc, defaultText, value, variable, isList }: DaemonSetting): Message {
  const { default: standard } = value;
  const known = typeof standard === 'function' ? undefined : standard;
  const otherwise = defaultText || (known === undefined ? '' : String(known));
  const sentences = [
    plain(doc),
    ...(isList ? ['Can be given more than once.'] : []),
    ...(otherwise === '' ? [] : [`Default: ${plain(otherwise)}.`]),
  ];
  return [text(`${sentences.join(' ')} `), envVar(variable)];
}

/** Without the marks of Markdown. */
export function plain(doc: string): string {
  return doc.replaceAll('`', '');
}
