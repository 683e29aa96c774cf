/**
 * Runs `ballista sql`.
 *
 * @module
 */

import { readFile } from 'node:fs/promises';
import { extname } from 'node:path';

import { type CommandContext, UsageError } from '../base/command.js';
import type { ConnectionOptions } from '../options/connection.js';
import type { OutputOptions } from '../output/encode.js';
import { BINARY, FORMATS, type Format, formatOfFile, isArrowFile, SINGLE_RESULT } from '../output/formats.js';
import { type Pieces, writeTo, writeToFile } from '../output/target.js';
import { terminalWidth } from '../output/terminal-width.js';
import { runShell } from '../shell/shell.js';
import { located } from '../statements/located.js';
import { runStatement } from '../statements/run-statement.js';
import { SqlSession } from '../statements/session.js';
import { allStatements, type Statement, splitStatements } from '../statements/split.js';

/** The options of `ballista sql`. */
export interface SqlCommandOptions extends ConnectionOptions {
  readonly command: readonly string[];
  readonly file: readonly string[];
  readonly sql: readonly string[];
  readonly format: Format | undefined;
  readonly output: string | undefined;
  readonly noHeader: boolean;
  readonly maxRows: number;
}

/** Runs the statements of the options, or the shell. Returns the exit code. */
export async function runSql(options: SqlCommandOptions, context: CommandContext): Promise<number | undefined> {
  const output = outputOf(options);
  const texts = await givenTexts(options);
  const session = await SqlSession.open(options);
  try {
    if (texts === undefined && process.stdin.isTTY && options.output === undefined) {
      return await runShell(session, output, context);
    }
    const statements = texts === undefined ? statementsOf(process.stdin) : texts.flatMap(statementsOfText);
    const pieces = results(session, statements, output, context, options.output === undefined);
    await (options.output === undefined
      ? writeTo(process.stdout, pieces, context.signal)
      : writeToFile(options.output, pieces));
    return undefined;
  } finally {
    await session.close();
  }
}

function outputOf({ format, output, noHeader, maxRows }: SqlCommandOptions): OutputOptions {
  const terminal = output === undefined && process.stdout.isTTY === true;
  if (format === undefined && output !== undefined && extname(output) !== '' && formatOfFile(output) === undefined) {
    throw new UsageError(
      `--output ${output}: no format has this extension. Choose one with --format: ${FORMATS.join(', ')}.`,
    );
  }
  const chosen = format ?? (output !== undefined ? formatOfFile(output) : undefined) ?? (terminal ? 'table' : 'csv');
  if (terminal && BINARY.has(chosen))
    throw new UsageError(`The format ${chosen} is not text. Write it to a file with --output, or into a pipe.`);
  return {
    format: chosen,
    header: !noHeader,
    maxRows: maxRows === 0 ? Number.POSITIVE_INFINITY : maxRows,
    maxWidth: terminal ? terminalWidth(process.stdout) : undefined,
    arrowFile: isArrowFile(output),
  };
}

/** SQL, and where it is from, as an error says it. */
interface Source {
  readonly sql: string;
  readonly name: string;
}

const STDIN = 'the standard input';

/** The texts of the command line: arguments, then files. Undefined if there are none. */
async function givenTexts({ command, file, sql }: SqlCommandOptions): Promise<Source[] | undefined> {
  const texts: Source[] = [...command, ...sql].map((text) => ({ sql: text, name: 'the argument' }));
  for (const name of file)
    texts.push(
      name === '-' ? { sql: await textOf(process.stdin), name: STDIN } : { sql: await textOfFile(name), name },
    );
  return command.length + file.length + sql.length === 0 ? undefined : texts;
}

async function textOfFile(name: string): Promise<string> {
  try {
    return await readFile(name, 'utf8');
  } catch (error) {
    throw new UsageError(`--file ${name}: the file cannot be read (${(error as NodeJS.ErrnoException).code}).`);
  }
}

async function textOf(input: NodeJS.ReadStream): Promise<string> {
  let text = '';
  for await (const piece of input.setEncoding('utf8')) text += piece;
  return text;
}

interface NamedStatement extends Statement {
  /** Where it is from. */
  readonly source: string;
}

function statementsOfText({ sql, name }: Source): NamedStatement[] {
  return allStatements(sql).map((statement) => ({ ...statement, source: name }));
}

/** The statements of a pipe. Each one can run before the next one is there. */
async function* statementsOf(input: NodeJS.ReadStream): AsyncGenerator<NamedStatement> {
  const named = (statement: Statement): NamedStatement => ({ ...statement, source: STDIN });
  let text = '';
  let line = 1;
  for await (const piece of input.setEncoding('utf8')) {
    const { complete, rest, restLine } = splitStatements(text + piece, line);
    [text, line] = [rest, restLine];
    yield* complete.map(named);
  }
  yield* allStatements(text, line).map(named);
}

/** The results of statements, one after the other. */
async function* results(
  session: SqlSession,
  statements: AsyncIterable<NamedStatement> | Iterable<NamedStatement>,
  output: OutputOptions,
  { signal }: CommandContext,
  toStdout: boolean,
): Pieces {
  let written = 0;
  for await (const statement of statements) {
    const ran = runStatement(session, statement.text, {
      output,
      signal,
      terminal: process.stderr,
      sharesTerminal: toStdout && process.stdout.isTTY,
    });
    const pieces = located(ran, statement, statement.source);
    let isFirst = true;
    for await (const piece of pieces) {
      if (isFirst && written > 0 && SINGLE_RESULT.has(output.format)) throw secondResult(output);
      if (isFirst && written > 0 && output.format !== 'ndjson') yield '\n';
      isFirst = false;
      yield piece;
    }
    if (!isFirst) written++;
  }
}

function secondResult({ format }: OutputOptions): UsageError {
  return new UsageError(`The format ${format} holds one result, but several statements return rows.`);
}
