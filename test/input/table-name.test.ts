import { expect, it } from 'vitest';

import { tableName } from '../../src/input/table-name.js';
import { thrown } from '../support/thrown.js';

it.each([
  ['trips', 'trips'],
  ['T', '"T"'],
  ['Raw.trips', '"Raw".trips'],
  ['c.s.Trips2', 'c.s."Trips2"'],
  ['"T"', '"T"'],
  ['"a.b".c', '"a.b".c'],
  ['"a""b"', '"a""b"'],
  ['my table', '"my table"'],
  ['a.b.c.d', '"a.b.c.d"'],
  ['x.csv/y', '"x.csv/y"'],
  ['say "x"', '"say ""x"""'],
  ['Größe', '"Größe"'],
])('%s is %s in SQL', (name, sql) => {
  expect(tableName(name)).toBe(sql);
});

it('rejects what is not a name', () => {
  for (const name of ['', 5, null]) expect(thrown(() => tableName(name as string)).code).toBe('INVALID_ARGUMENT');
});
