/**
 * The commands of the shell that begin with a backslash, as in psql.
 *
 * @module
 */

import type { SessionContext } from 'ballista';

import { UsageError } from '../base/command.js';
import { BINARY, FORMATS, type Format } from '../output/formats.js';
import { listText } from '../output/list.js';

/** What the commands use of the shell. */
export interface ShellActions {
  readonly context: SessionContext;
  /** The format of results. */
  format: Format;
  timing: boolean;
  /** Prints text on the terminal. */
  print(text: string): Promise<void>;
  /** Runs SQL text. */
  runText(text: string): Promise<void>;
  runFile(file: string): Promise<void>;
  /** Sends results to a file, or to the terminal again. */
  redirect(file: string | undefined): Promise<void>;
  end(): void;
}

interface MetaCommand {
  readonly argument: string;
  readonly about: string;
  run(shell: ShellActions, argument: string): Promise<void> | void;
}

/** The commands by name. */
export const META_COMMANDS: Readonly<Record<string, MetaCommand>> = {
  '\\d': {
    argument: '[TABLE]',
    about: 'list tables, or the columns of a table',
    run: (shell, table) => (table === '' ? listTables(shell) : shell.runText(`DESCRIBE ${table}`)),
  },
  '\\dt': { argument: '', about: 'list tables and views', run: listTables },
  '\\df': { argument: '[PATTERN]', about: 'list functions; * stands for anything', run: listFunctions },
  '\\format': { argument: '[FORMAT]', about: 'show or set the format of results', run: setFormat },
  '\\x': {
    argument: '[on|off]',
    about: 'show each row as a block of lines',
    run: (shell, argument) => {
      const on = toggled('\\x', argument, shell.format === 'vertical');
      shell.format = on ? 'vertical' : 'table';
      return shell.print(`Rows are shown as ${on ? 'blocks of lines' : 'a table'}.\n`);
    },
  },
  '\\timing': {
    argument: '[on|off]',
    about: 'show how long statements take',
    run: (shell, argument) => {
      shell.timing = toggled('\\timing', argument, shell.timing);
      return shell.print(`Timing is ${shell.timing ? 'on' : 'off'}.\n`);
    },
  },
  '\\o': {
    argument: '[FILE]',
    about: 'write results to a file, or to the terminal again',
    run: (shell, file) => shell.redirect(file === '' ? undefined : file),
  },
  '\\i': {
    argument: 'FILE',
    about: 'run the statements of a file',
    run: (shell, file) => {
      if (file === '') throw new UsageError('\\i needs the name of a file.');
      return shell.runFile(file);
    },
  },
  '\\q': { argument: '', about: 'end the shell; so does Ctrl-D', run: (shell) => shell.end() },
  '\\?': { argument: '', about: 'show this help', run: (shell) => shell.print(help()) },
};

/** Runs a line that begins with a backslash. */
export async function runMetaCommand(shell: ShellActions, line: string): Promise<void> {
  const [, name = '', argument = ''] = /^(\\\S*)\s*(.*?)\s*;?\s*$/s.exec(line) ?? [];
  const command = META_COMMANDS[name];
  if (command === undefined) throw new UsageError(`There is no command ${name}. \\? lists the commands.`);
  await command.run(shell, argument);
}

function toggled(name: string, argument: string, current: boolean): boolean {
  if (argument === '') return !current;
  if (argument === 'on' || argument === 'off') return argument === 'on';
  throw new UsageError(`${name} takes on or off, not ${argument}.`);
}

function setFormat(shell: ShellActions, argument: string): Promise<void> {
  if (argument === '') return shell.print(`The format is ${shell.format}.\n`);
  const format = FORMATS.find((name) => name === argument);
  if (format === undefined || BINARY.has(format)) {
    const known = FORMATS.filter((name) => !BINARY.has(name)).join(', ');
    throw new UsageError(`\\format takes one of ${known}, not ${argument}.`);
  }
  shell.format = format;
  return shell.print(`The format is ${format}.\n`);
}

async function listTables(shell: ShellActions): Promise<void> {
  const tables = await shell.context.tables();
  if (tables.length === 0) return shell.print('There are no tables. Files in single quotes are tables, too.\n');
  await shell.print(
    await listText({
      schema: tables.map(({ schema }) => schema),
      name: tables.map(({ name }) => name),
      kind: tables.map(({ kind }) => kind),
    }),
  );
}

async function listFunctions(shell: ShellActions, pattern: string): Promise<void> {
  const { context } = shell;
  const kinds = { scalar: context.udfs(), aggregate: context.udafs(), window: context.udwfs() };
  const wanted = patternOf(pattern);
  const found = Object.entries(kinds)
    .flatMap(([kind, names]) => names.map((name) => ({ name, kind })))
    .filter(({ name }) => wanted.test(name))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  if (found.length === 0) return shell.print(`No function is like ${pattern}.\n`);
  await shell.print(await listText({ name: found.map(({ name }) => name), kind: found.map(({ kind }) => kind) }));
}

/** `*` stands for anything. */
function patternOf(text: string): RegExp {
  const parts = (text || '*').split('*').map((part) => part.replace(/[^\w]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`, 'i');
}

function help(): string {
  const calls = Object.entries(META_COMMANDS).map(([name, { argument, about }]) => [`${name} ${argument}`, about]);
  const width = Math.max(...calls.map(([call = '']) => call.length));
  const lines = calls.map(([call = '', about]) => `  ${call.padEnd(width)}  ${about}`);
  return `A statement ends with a semicolon. Ctrl-C cancels it, and Tab completes.\n\n${lines.join('\n')}\n`;
}
