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

import { suggestion } from '../../input/nearest.js';
import { HELP } from '../base/command.js';
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
  const parser = object({
    config: optional(option('--config', path({ metavar: 'FILE' }), { description })),
    flags: group('Settings', object(flags)) as Parser<'sync', GivenFlags['flags'], unknown>,
  });
  return explaining(parser, (token) => unknownFlag(role, token));
}

/** Gives a parser its own error for a flag that it does not know. The library's error has no near flags below commands. */
function explaining<T>(
  parser: Parser<'sync', T, unknown>,
  explain: (token: string) => string,
): Parser<'sync', T, unknown> {
  const parse: typeof parser.parse = (context) => {
    const result = parser.parse(context);
    const [token] = context.buffer;
    if (result.success || result.consumed > 0 || !token?.startsWith('-')) return result;
    if (HELP.some((name) => name === token)) return result;
    // Of several errors, the library shows the one of the parser that has consumed most.
    return { success: false, consumed: 1, error: [text(explain(token))] };
  };
  const own = Object.getOwnPropertyDescriptors(parser);
  return Object.create(Object.prototype, { ...own, parse: { value: parse, enumerable: true } }) as typeof parser;
}

function unknownFlag(role: Role, token: string): string {
  const name = token.split('=')[0] ?? '';
  const known = daemonSettings(role);
  const secret = known.find(({ key, isSecret }) => isSecret && name === `--${key.join('-')}`);
  if (secret) {
    return `${name} is no flag, because everyone on this machine can see the arguments of a process. Use ${name}-file, the variable ${secret.variable} or a file with --config.`;
  }
  const names = known.flatMap(({ flag }) => flag ?? []);
  return `ballista ${role} has no option ${name}.${suggestion(name, ['--config', ...names])}`;
}

function flagOf(setting: DaemonSetting, flag: `--${string}`): FlagParser {
  const { value, isList, isPath } = setting;
  // The usage line would be longer than a screen.
  const shown = { description: descriptionOf(setting), hidden: 'usage' } as const;
  if (value.type === 'boolean') {
    const negative = `--no-${flag.slice(2)}` as const;
    return optional(negatableFlag({ positive: flag, negative }, shown));
  }
  if (value.type === 'choice') return optional(option(flag, choice(value.choices ?? []), shown));
  const isNumber = value.type === 'integer' || value.type === 'number';
  const parser = isPath ? path({ metavar: 'PATH' }) : string({ metavar: isNumber ? 'NUMBER' : 'TEXT' });
  const one = option(flag, parser, shown);
  return isList ? optional(multiple(one, { min: 1 })) : optional(one);
}

function descriptionOf({ doc, defaultText, value, variable, isList }: DaemonSetting): Message {
  const { default: standard } = value;
  const known = typeof standard === 'function' ? undefined : standard;
  const words = defaultText === 'none' || defaultText === 'required' ? '' : defaultText;
  const otherwise = words || (known === undefined ? '' : String(known));
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
