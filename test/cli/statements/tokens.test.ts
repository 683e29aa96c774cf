import { expect, it } from 'vitest';

import { tokenize } from '../../../src/cli/statements/tokens.js';

function kinds(sql: string): string[] {
  return tokenize(sql)
    .filter(({ kind }) => kind !== 'space')
    .map(({ kind, text, closed }) => `${kind} ${text}${closed ? '' : ' …'}`);
}

it('tells the kinds of tokens', () => {
  expect(kinds(`select "a b".c, 'x', 1.5, $1, $least -- end`)).toEqual([
    'word select',
    'name "a b"',
    'symbol .',
    'word c',
    'symbol ,',
    "string 'x'",
    'symbol ,',
    'number 1.5',
    'symbol ,',
    'parameter $1',
    'symbol ,',
    'parameter $least',
    'comment -- end',
  ]);
});

it('a word that begins with the prefix of a string is a word', () => {
  expect(kinds("queue q 'a' e'b' xs")).toEqual(['word queue', 'word q', "string 'a'", "string e'b'", 'word xs']);
});

it('marks what is not closed', () => {
  expect(kinds("'a")).toEqual(["string 'a …"]);
  expect(kinds('"a')).toEqual(['name "a …']);
  expect(kinds('/* a /* b */')).toEqual(['comment /* a /* b */ …']);
  expect(kinds('$$ a')).toEqual(['string $$ a …']);
  expect(kinds("q'[ a ]")).toEqual(["string q'[ a ] …"]);
  expect(kinds("e'\\'")).toEqual(["string e'\\' …"]);
});

it('the tokens are the whole text', () => {
  const text = `select '🙂', é /* 🙂 */ from "t" where a <> 🙂;\r\n`;
  expect(
    tokenize(text)
      .map((token) => token.text)
      .join(''),
  ).toBe(text);
  expect(tokenize(text).every(({ start, text: part }) => text.startsWith(part, start))).toBe(true);
});
