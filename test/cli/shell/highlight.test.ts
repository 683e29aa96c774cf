import { stripVTControlCharacters } from 'node:util';
import { expect, it } from 'vitest';

import { highlight } from '../../../src/cli/shell/highlight.js';

const blue = (text: string): string => `\u001b[1;34m${text}\u001b[0m`;
const green = (text: string): string => `\u001b[32m${text}\u001b[0m`;

it('colours keywords, functions and strings, and changes no text', () => {
  const text = "select upper('a'), é from t -- end";
  expect(highlight(text)).toContain(blue('select'));
  expect(highlight(text)).toContain(`\u001b[36mupper\u001b[0m(${green("'a'")})`);
  expect(stripVTControlCharacters(highlight(text))).toBe(text);
});

it('goes on with what began in an earlier line', () => {
  expect(highlight("b' from", "select 'a\n")).toBe(`${green("b'")} ${blue('from')}`);
});
