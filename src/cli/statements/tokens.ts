/**
 * Splits SQL text into tokens, for splitting scripts into statements, for colours and for completion.
 *
 * The engine parses one statement and gives no positions, so this file repeats the lexical rules of its default dialect. It knows
 * strings, comments and names, and nothing of the grammar.
 *
 * @module
 */

/** What a token is. `name` is a quoted name, `word` a name without quotes or a keyword. */
export type TokenKind = 'space' | 'comment' | 'string' | 'name' | 'word' | 'number' | 'parameter' | 'symbol';

/** A part of SQL text. Each character of the text is in one token. */
export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
  /** The index of its first character. */
  readonly start: number;
  /** Whether it has its end: `false` for a string, a name or a block comment that goes on after the text. */
  readonly closed: boolean;
}

const SPACE = /\s+/y;
const LINE_COMMENT = /--[^\n]*\n?/y;
const NUMBER = /(?:0x[0-9a-f]+|\d+(?:\.\d*)?(?:e[+-]?\d+)?|\.\d+(?:e[+-]?\d+)?)/iy;
const WORD = /[\p{Alphabetic}_@#][\p{Alphabetic}\p{Nd}_@$#]*/uy;
const TAG = /\$[\p{Alphabetic}\p{Nd}_]*\$/uy;
const PARAMETER = /\$[\p{Alphabetic}\p{Nd}_]+/uy;
/** A string with a prefix, as in `E'a\'b'`. The prefix decides how the string ends. */
const PREFIXED = /(?:nq|q|n|e|x|b|r|u&)'/iy;

/** Splits a text into tokens. Never fails: what is not closed ends with the text. */
export function tokenize(sql: string): Token[] {
  const tokens: Token[] = [];
  for (let start = 0; start < sql.length; ) {
    const { kind, end, closed = true } = tokenAt(sql, start);
    tokens.push({ kind, text: sql.slice(start, end), start, closed });
    start = end;
  }
  return tokens;
}

interface Found {
  readonly kind: TokenKind;
  readonly end: number;
  readonly closed?: boolean;
}

function tokenAt(sql: string, start: number): Found {
  const first = sql[start] as string;
  if (first === "'") return quoted(sql, start + 1, "'", 'string');
  if (first === '"' || first === '`') return quoted(sql, start + 1, first, 'name');
  if (sql.startsWith('/*', start)) return blockComment(sql, start);
  const prefix = match(PREFIXED, sql, start);
  if (prefix !== undefined) return prefixed(sql, start + prefix.length, prefix.slice(0, -1).toLowerCase());
  const tag = match(TAG, sql, start);
  if (tag !== undefined) return until(sql, start + tag.length, tag, 'string');
  for (const [kind, pattern] of SIMPLE) {
    const text = match(pattern, sql, start);
    if (text !== undefined) return { kind, end: start + text.length };
  }
  return { kind: 'symbol', end: start + String.fromCodePoint(sql.codePointAt(start) as number).length };
}

const SIMPLE: readonly (readonly [TokenKind, RegExp])[] = [
  ['space', SPACE],
  ['comment', LINE_COMMENT],
  ['number', NUMBER],
  ['word', WORD],
  ['parameter', PARAMETER],
];

function match(pattern: RegExp, sql: string, start: number): string | undefined {
  pattern.lastIndex = start;
  return pattern.exec(sql)?.[0];
}

/** A doubled quote stands for itself. */
function quoted(sql: string, from: number, quote: string, kind: TokenKind, backslash = false): Found {
  for (let i = from; i < sql.length; i++) {
    if (backslash && sql[i] === '\\') i++;
    else if (sql[i] !== quote) continue;
    else if (sql[i + 1] === quote) i++;
    else return { kind, end: i + 1 };
  }
  return { kind, end: sql.length, closed: false };
}

function prefixed(sql: string, from: number, prefix: string): Found {
  if (prefix !== 'q' && prefix !== 'nq') return quoted(sql, from, "'", 'string', prefix === 'e' || prefix === 'x');
  const open = sql[from];
  if (open === undefined) return { kind: 'string', end: sql.length, closed: false };
  return until(sql, from + 1, `${BRACKETS[open] ?? open}'`, 'string');
}

/** The end of `Q'[…]'` for its beginning. */
const BRACKETS: Readonly<Record<string, string>> = { '[': ']', '{': '}', '(': ')', '<': '>' };

function until(sql: string, from: number, end: string, kind: TokenKind): Found {
  const at = sql.indexOf(end, from);
  return at < 0 ? { kind, end: sql.length, closed: false } : { kind, end: at + end.length };
}

/** Block comments can contain block comments. */
function blockComment(sql: string, start: number): Found {
  let depth = 0;
  for (let i = start; i < sql.length - 1; i++) {
    if (sql.startsWith('/*', i)) depth++;
    else if (sql.startsWith('*/', i)) depth--;
    else continue;
    i++;
    if (depth === 0) return { kind: 'comment', end: i + 1 };
  }
  return { kind: 'comment', end: sql.length, closed: false };
}
