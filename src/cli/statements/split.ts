/**
 * Splits SQL text into statements.
 *
 * @module
 */

import { type Token, tokenize } from './tokens.js';

/** A statement without its semicolon, and without space and comments around it. */
export interface Statement {
  readonly text: string;
  /** The line on which it begins. */
  readonly line: number;
}

/** The statements of a text. */
export interface Statements {
  /** Those that end with a semicolon. */
  readonly complete: readonly Statement[];
  /** The text after the last semicolon. */
  readonly rest: string;
  /** The line on which the rest begins. */
  readonly restLine: number;
}

/** Splits at semicolons outside of strings, names and comments. `line`: that of the first character. */
export function splitStatements(sql: string, line = 1): Statements {
  const complete: Statement[] = [];
  let current: Token[] = [];
  let currentLine = line;
  let end = 0;
  for (const token of tokenize(sql)) {
    if (token.kind !== 'symbol' || token.text !== ';') {
      current.push(token);
      continue;
    }
    const found = statement(current, currentLine);
    if (found) complete.push(found);
    currentLine += breaks(current);
    current = [];
    end = token.start + 1;
  }
  return { complete, rest: sql.slice(end), restLine: currentLine };
}

/** All statements of a text. The last one needs no semicolon. */
export function allStatements(sql: string, line = 1): Statement[] {
  const { complete, rest, restLine } = splitStatements(sql, line);
  const last = statement(tokenize(rest), restLine);
  return last ? [...complete, last] : [...complete];
}

/** From the first to the last token that is neither space nor a comment. */
function statement(tokens: readonly Token[], line: number): Statement | undefined {
  const means = ({ kind }: Token): boolean => kind !== 'space' && kind !== 'comment';
  const first = tokens.findIndex(means);
  if (first < 0) return undefined;
  const text = tokens
    .slice(first, tokens.findLastIndex(means) + 1)
    .map((token) => token.text)
    .join('');
  return { text, line: line + breaks(tokens.slice(0, first)) };
}

function breaks(tokens: readonly Token[]): number {
  return tokens.reduce((count, { text }) => count + text.split('\n').length - 1, 0);
}
