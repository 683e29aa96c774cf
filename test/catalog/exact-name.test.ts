import { expect, it } from 'vitest';

import { exactName, unknownName } from '../../src/catalog/exact-name.js';
import { thrown } from '../support/thrown.js';

it('takes names literally', () => {
  for (const name of ['a', 'With Space', '"quoted"', 'a.b', '\u{1F600}']) expect(exactName(name, 'table')).toBe(name);
});

it.each([
  ['', 'an empty one'],
  [5, 'a number'],
  [null, 'null'],
  [undefined, 'undefined'],
  [['a'], 'an array'],
])('rejects %j', (name, text) => {
  expect(thrown(() => exactName(name as string, 'schema'))).toMatchObject({
    code: 'INVALID_ARGUMENT',
    message: `The name of a schema must be a non-empty string, not ${text}.`,
  });
});

it('suggests the most similar name', () => {
  expect(unknownName('flihgts', 'table', ['airports', 'flights'])).toMatchObject({
    code: 'PLAN',
    message: 'The table "flihgts" does not exist. Did you mean "flights"?',
  });
  expect(unknownName('x', 'schema', []).message).toBe('The schema "x" does not exist.');
});
