/**
 * `ballista sql`: runs SQL statements, from the command line, from files, from a pipe, or typed.
 *
 * @module
 */

import { merge, object } from '@optique/core/constructs';
import { commandLine, message, optionName } from '@optique/core/message';
import { multiple, optional, withDefault } from '@optique/core/modifiers';
import { argument, flag, option } from '@optique/core/primitives';
import { choice, integer, string } from '@optique/core/valueparser';
import { path } from '@optique/run/valueparser';

import { defineCommand } from '../base/define-command.js';
import { connectionOptions } from '../options/connection.js';
import { FORMATS } from '../output/formats.js';

const sourceOptions = object({
  command: multiple(
    option('-c', '--command', string({ metavar: 'SQL' }), {
      description: message`Run these statements. Can be repeated.`,
    }),
  ),
  file: multiple(
    option('-f', '--file', path({ metavar: 'FILE' }), {
      description: message`Run the statements of this file, or of standard input for -. Can be repeated.`,
    }),
  ),
  sql: multiple(argument(string({ metavar: 'SQL' }), { description: message`The statements to run.` })),
});

const outputOptions = object({
  format: optional(
    option('--format', choice(FORMATS, { metavar: 'FORMAT' }), {
      description: message`The format of results. Default: that of the name of ${optionName('--output')}; otherwise table on a terminal and csv elsewhere.`,
    }),
  ),
  output: optional(
    option('-o', '--output', path({ metavar: 'FILE' }), {
      description: message`Write results to this file: all or nothing.`,
    }),
  ),
  noHeader: withDefault(
    flag('--no-header', { description: message`Leave out the names of the columns in csv and tsv.` }),
    false,
  ),
  maxRows: withDefault(
    option('--max-rows', integer({ metavar: 'ROWS', min: 0 }), {
      description: message`The most rows that a table shows; 0 for all. Default: 1000.`,
    }),
    1000,
  ),
});

const parser = merge(sourceOptions, outputOptions, connectionOptions);

export const sql = defineCommand({
  name: 'sql',
  brief: message`Run SQL, or start a shell for it.`,
  description: message`Runs SQL statements in order, and stops at the first that fails. Without statements, it reads them from standard input; on a terminal, it starts a shell. Files and URLs in single quotes are tables.`,
  footer: message`Example: ${commandLine(`ballista sql "select count(*) from 'flights.parquet'"`)}`,
  parser,
  // Loaded later: help and completion need only the options.
  run: async (options, context) => (await import('./run-sql.js')).runSql(options, context),
});
