/**
 * Splits SQL text into statements.
 *
 * @module
 */

import { type Token, tokenize } from './tokens.js';

/** The statements of a text. */
export interface Statements {
  /** Those that end with a semicolon, without it, and without space and comments around them. */
  readonly complete: readonly string[];
  /** The text after the last semicolon. */
  readonly rest: string;
}

/** Splits at semicolons outside of strings, names and comments. */
export function splitStatements(sql: string): Statements {
  const complete: string[] = [];
  let current: Token[] = [];
  let end = 0;
  for (const token of tokenize(sql)) {
    if (token.kind !== 'symbol' || token.text !== ';') {
      current.push(token);
      continue;
    }
    const text = statementText(current);
    if (text !== '') complete.push(text);
    current = [];
    end = token.start + 1;
  }
  return { complete, rest: sql.slice(end) };
}

/** All statements of a text. The last one needs no semicolon. */
export function allStatements(sql: string): string[] {
  const { complete, rest } = splitStatements(sql);
  const last = statementText(tokenize(rest));
  return last === '' ? [...complete] : [...complete, last];
}

/** The text from the first to the last token that is neither space nor a comment; empty if there is none. */
function statementText(tokens: readonly Token[]): string {
  const means = ({ kind }: Token): boolean => kind !== 'space' && kind !== 'comment';
  const first = tokens.findIndex(means);
  if (first < 0) return '';
  return tokens
    .slice(first, tokens.findLastIndex(means) + 1)
    .map(({ text }) => text)
    .join('');
}
