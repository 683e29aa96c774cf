/**
 * Explains why a file or URL in quotes is not a table. The engine looks for a table of this name, and reports only that there is
 * none.
 *
 * @module
 */

import { stat } from 'node:fs/promises';
import { extname, resolve } from 'node:path';

import { BallistaError } from '../../errors.js';
import { tokenize } from './tokens.js';

const EXTENSIONS: readonly string[] = ['.parquet', '.csv', '.tsv', '.json', '.jsonl', '.ndjson', '.avro', '.arrow'];

/** The error for a file in quotes that the engine has not found; undefined if the error has another reason. */
export async function missingFile(error: unknown, statement: string): Promise<BallistaError | undefined> {
  if (!BallistaError.is(error) || error.code !== 'PLAN') return undefined;
  const name = strings(statement).find((text) => error.message.startsWith(`The table "${text}" does not exist`));
  const problem = name === undefined ? undefined : await problemOf(name);
  return problem === undefined ? undefined : new BallistaError('OBJECT_STORE', problem, { cause: error });
}

/** The values of the strings in single quotes. */
function strings(statement: string): string[] {
  const tokens = tokenize(statement).filter(({ text }) => text.startsWith("'") && text.length > 2);
  return tokens.map(({ text }) => text.slice(1, -1).replaceAll("''", "'"));
}

async function problemOf(name: string): Promise<string | undefined> {
  if (/^[a-z][a-z0-9+.-]+:\/\//i.test(name)) {
    return `The URL ${name} cannot be read as a table: nothing is there, access is refused, or its extension is not one of ${EXTENSIONS.join(', ')}.`;
  }
  const path = resolve(name);
  const exists = await stat(path).then(
    () => true,
    () => false,
  );
  if (!exists) return /[*?[]/.test(name) ? `No file matches ${path}.` : `The file ${path} does not exist.`;
  if (EXTENSIONS.includes(extname(path))) return undefined;
  return `The format of ${path} is not known: its extension is not one of ${EXTENSIONS.join(', ')}.`;
}
