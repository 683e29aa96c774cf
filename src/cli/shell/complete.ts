/**
 * Completes SQL: keywords, functions, tables, columns and files.
 *
 * @module
 */

import { readdir } from 'node:fs/promises';
import { homedir } from 'node:os';

import { printName } from '../../expr/print/print-name.js';
import { type Token, tokenize } from '../statements/tokens.js';
import { isKeyword, KEYWORDS } from './keywords.js';

/** The names that a session knows. */
export interface Names {
  functions(): Promise<readonly string[]>;
  /** As they are written in SQL. */
  tables(): Promise<readonly string[]>;
  /** The columns of a table, view or file, as it is written in SQL; none if it is unknown. */
  columns(table: string): Promise<readonly string[]>;
}

/** What can stand at the cursor. */
export interface Completions {
  /** Texts that replace `partial`. */
  readonly candidates: readonly string[];
  readonly partial: string;
}

/** After these words stands a table. */
const BEFORE_TABLE = new Set(['FROM', 'JOIN', 'INTO', 'UPDATE', 'TABLE', 'DESCRIBE', 'TRUNCATE']);

/**
 * Completes a text.
 *
 * @param before - the text before the cursor
 * @param after - the text after the cursor, which can name tables
 */
export async function complete(before: string, after: string, names: Names): Promise<Completions> {
  const tokens = tokenize(before);
  const last = tokens.at(-1);
  if (last?.kind === 'string' && !last.closed) return completeFile(last.text);

  const isWord = last?.kind === 'word' || (last?.kind === 'name' && !last.closed);
  const partial = isWord ? last.text : '';
  const previous = (isWord ? tokens.slice(0, -1) : tokens).filter(isMeaningful);
  const sources = sourcesOf(statementAround(before, after));
  const candidates = await candidatesAfter(previous, partial, sources, names);
  return { candidates: [...new Set(candidates)].filter((name) => beginsWith(name, partial)).sort(), partial };
}

async function candidatesAfter(
  previous: readonly Token[],
  partial: string,
  sources: readonly Source[],
  names: Names,
): Promise<string[]> {
  const before = previous.at(-1);
  if (before?.text === '.') {
    const owner = previous.at(-2)?.text ?? '';
    const source = sources.find(({ alias, table }) => sameName(alias ?? table, owner));
    return (await names.columns(source?.table ?? owner)).map(printName);
  }
  if (before?.kind === 'word' && BEFORE_TABLE.has(before.text.toUpperCase())) return [...(await names.tables())];
  const columns = await Promise.all(sources.map(({ table }) => names.columns(table)));
  const found = [...columns.flat().map(printName), ...sources.flatMap(({ alias }) => alias ?? [])];
  // Without a letter, hundreds of functions and keywords would hide the columns.
  if (partial === '') return found;
  const isLower = partial === partial.toLowerCase();
  return [
    ...found,
    ...(await names.tables()),
    ...(await names.functions()).map((name) => `${name}(`),
    ...KEYWORDS.map((word) => (isLower ? word.toLowerCase() : word)),
  ];
}

/** A table, view or file in FROM, JOIN, UPDATE or INTO. */
interface Source {
  /** As it is written. */
  readonly table: string;
  readonly alias?: string;
}

/** The sources of a statement, as far as they can be seen without a parser. */
export function sourcesOf(statement: string): Source[] {
  const tokens = tokenize(statement).filter(isMeaningful);
  const sources: Source[] = [];
  for (let i = 0; i < tokens.length; i++) {
    const word = wordAt(tokens, i);
    if (word === undefined || !BEFORE_TABLE.has(word)) continue;
    let at = i + 1;
    for (let end = pathEnd(tokens, at); end > at; end = pathEnd(tokens, at)) {
      const table = tokens
        .slice(at, end)
        .map(({ text }) => text)
        .join('');
      const aliasAt = wordAt(tokens, end) === 'AS' ? end + 1 : end;
      const named = tokens[aliasAt];
      const alias = isName(named) ? named.text : undefined;
      sources.push({ table, ...(alias !== undefined && { alias }) });
      at = alias === undefined ? end : aliasAt + 1;
      // Only FROM has several tables in a row.
      if (word !== 'FROM' || tokens[at]?.text !== ',') break;
      at++;
    }
    i = at - 1;
  }
  return sources;
}

/** The end of `catalog.schema.table` or `'file'`, which begins at an index. */
function pathEnd(tokens: readonly Token[], start: number): number {
  if (tokens[start]?.kind === 'string' && tokens[start].closed) return start + 1;
  if (!isName(tokens[start])) return start;
  let end = start + 1;
  while (tokens[end]?.text === '.' && isName(tokens[end + 1])) end += 2;
  return end;
}

function isName(token: Token | undefined): token is Token {
  return (token?.kind === 'name' && token.closed) || (token?.kind === 'word' && !isKeyword(token.text));
}

function wordAt(tokens: readonly Token[], index: number): string | undefined {
  const token = tokens[index];
  return token?.kind === 'word' ? token.text.toUpperCase() : undefined;
}

function isMeaningful({ kind }: Token): boolean {
  return kind !== 'space' && kind !== 'comment';
}

/** The statement in which the cursor is. */
function statementAround(before: string, after: string): string {
  const from = tokenize(before).findLast(({ text }) => text === ';');
  const to = tokenize(after).find(({ text }) => text === ';');
  return `${from ? before.slice(from.start + 1) : before} ${to ? after.slice(0, to.start) : after}`;
}

function sameName(a: string, b: string): boolean {
  return a === b || a.toLowerCase() === b.toLowerCase();
}

/** A name that needs quotes is also found without them. */
function beginsWith(name: string, partial: string): boolean {
  const start = partial.toLowerCase();
  return name.toLowerCase().startsWith(start) || name.toLowerCase().startsWith(`"${start}`);
}

/** Completes the path in a string that is not closed. */
async function completeFile(text: string): Promise<Completions> {
  const partial = text.slice(text.indexOf("'") + 1);
  const slash = partial.lastIndexOf('/') + 1;
  const [folder, start] = [partial.slice(0, slash), partial.slice(slash)];
  const path = folder.startsWith('~/') ? homedir() + folder.slice(1) : folder || '.';
  const entries = await readdir(path, { withFileTypes: true }).catch(() => []);
  const candidates = entries
    .filter(({ name }) => name.startsWith(start) && (start.startsWith('.') || !name.startsWith('.')))
    .map((entry) => `${folder}${entry.name}${entry.isDirectory() ? '/' : "'"}`);
  return { candidates: candidates.sort(), partial };
}
