/**
 * Connects the options of a command with its code, with types.
 *
 * @module
 */

import { map } from '@optique/core/modifiers';

import type { AnyCommand, Command } from './command.js';

/** Defines a command. `run` gets what `parser` returns. */
export function defineCommand<T>(definition: Command<T>): AnyCommand {
  const { run, parser, ...about } = definition;
  return { ...about, parser: map(parser, (options) => (context) => run(options, context)) };
}
