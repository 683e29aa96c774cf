/**
 * The command line: finds the command, runs it, and turns its failure into a message and an exit code.
 *
 * @module
 */

import { object, or } from '@optique/core/constructs';
import { message } from '@optique/core/message';
import { withDefault } from '@optique/core/modifiers';
import type { Parser } from '@optique/core/parser';
import { command, flag } from '@optique/core/primitives';
import { run } from '@optique/run';

import { version } from '../version.js';
import { type AnyCommand, HELP } from './base/command.js';
import { EXIT } from './base/exit-codes.js';
import { unexpected } from './base/near-names.js';
import { report } from './base/report.js';
import { watchSignals } from './base/signals.js';
import { commands } from './commands/index.js';

/** Thrown by the parser instead of ending the process. */
class Exit extends Error {
  readonly code: number;

  constructor(code: number) {
    super();
    this.code = code;
  }
}

/** Runs a command line. Returns the exit code. */
export async function main(args: readonly string[]): Promise<number> {
  let chosen: Chosen;
  try {
    chosen = parse(args);
  } catch (error) {
    if (error instanceof Exit) return error.code;
    throw error;
  }
  const { run, debug } = chosen;
  const signals = watchSignals();
  try {
    return (await run({ signal: signals.signal, onInterrupt: signals.onInterrupt, debug })) ?? EXIT.OK;
  } catch (error) {
    return report(error, { debug });
  } finally {
    signals.stop();
  }
}

interface Chosen {
  readonly run: Parsed;
  readonly debug: boolean;
}

type Parsed = AnyCommand['parser'] extends Parser<'sync', infer T, unknown> ? T : never;

function parse(args: readonly string[]): Chosen {
  const known = commands.map(({ name, parser, ...about }) => command(name, withGlobalOptions(parser), about));
  const errors = { unexpectedInput: (argument: string) => unexpected(argument, args, commands) };
  const lacksArguments = args.length === 0 || (args.length === 1 && commands.some(({ name }) => name === args[0]));
  return run(or(...(known as unknown as [Parser<'sync', Chosen, unknown>]), { errors }), {
    programName: 'ballista',
    args,
    brief: message`Distributed SQL on Apache DataFusion Ballista.`,
    footer: message`Run ballista help COMMAND for the options of a command.`,
    help: { command: true, option: { names: HELP } },
    version: { value: version, option: { names: ['-V', '--version'] } },
    completion: 'command',
    commandList: 'top-level',
    usageLine: [{ type: 'ellipsis' }],
    termWidth: 'auto',
    showChoices: true,
    // Otherwise the list of all options would hide the error.
    aboveError: lacksArguments ? 'help' : 'none',
    errorExitCode: EXIT.USAGE,
    onExit: (code) => {
      throw new Exit(code);
    },
  });
}

/** Adds the options that every command has. */
function withGlobalOptions(run: AnyCommand['parser']) {
  const description = message`Print errors with their stacks and causes.`;
  return object({ run, debug: withDefault(flag('--debug', { description }), false) });
}
