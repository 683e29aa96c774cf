/**
 * The errors for unknown commands and options, with the nearest known name.
 *
 * @module
 */

import { type Message, message, optionName, text } from '@optique/core/message';
import { extractCommandNames, extractOptionNames } from '@optique/core/usage';

import { nearest } from '../../input/nearest.js';
import { type AnyCommand, HELP } from './command.js';

/** The options of every command. */
const GLOBAL = ['--debug', ...HELP];

/** The error for an argument that nothing takes. `args` are all arguments: the first one names the command. */
export function unexpected(argument: string, args: readonly string[], commands: readonly AnyCommand[]): Message {
  const command = commands.find(({ name }) => name === args[0]);
  const near = nearest(argument.split('=', 1)[0] as string, candidates(argument, command, commands));
  const what = text(argument.startsWith('-') ? 'option' : command === undefined ? 'command' : 'argument');
  if (near === undefined) return message`Unexpected ${what} ${optionName(argument)}.`;
  return message`Unexpected ${what} ${optionName(argument)}. Did you mean ${optionName(near)}?`;
}

function candidates(
  argument: string,
  command: AnyCommand | undefined,
  commands: readonly AnyCommand[],
): readonly string[] {
  if (argument.startsWith('-'))
    return command === undefined ? [...HELP, '--version'] : [...extractOptionNames(command.parser.usage), ...GLOBAL];
  return command === undefined
    ? [...commands.map(({ name }) => name), 'completion', 'help']
    : [...extractCommandNames(command.parser.usage)];
}
