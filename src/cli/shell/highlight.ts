/**
 * Colours SQL for a terminal.
 *
 * @module
 */

import { type TokenKind, tokenize } from '../statements/tokens.js';
import { isKeyword } from './keywords.js';

const RESET = '\u001b[0m';
const KEYWORD = '\u001b[1;34m';
const FUNCTION = '\u001b[36m';
const COLOURS: Partial<Record<TokenKind, string>> = {
  comment: '\u001b[90m',
  string: '\u001b[32m',
  number: '\u001b[33m',
  parameter: '\u001b[35m',
};

/**
 * Colours a part of a text.
 *
 * @param before - the text before the part: the part can be inside a string that begins there
 */
export function highlight(part: string, before = ''): string {
  const tokens = tokenize(before + part);
  return tokens
    .map(({ kind, text, start }, i) => {
      const shown = start < before.length ? text.slice(before.length - start) : text;
      if (shown === '') return '';
      const colour = kind === 'word' ? wordColour(text, tokens[i + 1]?.text) : COLOURS[kind];
      return colour === undefined ? shown : colour + shown + RESET;
    })
    .join('');
}

function wordColour(word: string, next: string | undefined): string | undefined {
  if (isKeyword(word)) return KEYWORD;
  return next === '(' ? FUNCTION : undefined;
}
