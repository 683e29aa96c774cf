import { describe, expect, it } from 'vitest';

import { nearest, suggestion } from '../../src/input/nearest.js';

const NAMES = ['delimiter', 'hasHeaders', 'signal', 'field', 'table', 'abc'];

describe('nearest', () => {
  it.each([
    ['delimeter', 'delimiter'],
    ['has_header', 'hasHeaders'],
    ['SIGNAL', 'signal'],
    ['fild', 'field'],
    ['tabel', 'table'],
    ['ab', 'abc'],
  ])('finds what was meant by %s', (name, meant) => {
    expect(nearest(name, NAMES)).toBe(meant);
    expect(suggestion(name, NAMES)).toBe(` Did you mean "${meant}"?`);
  });

  it.each([
    ['sep', ['skip', 'schema', 'escape', 'quote']],
    ['rows', ['mode', 'path', 'root']],
    ['x', ['y', 'yz', 'abc']],
    ['compress', ['encoding', 'comment']],
    ['', ['a']],
  ])('suggests nothing that is far off: %s', (name, candidates) => {
    expect(suggestion(name, candidates)).toBe('');
  });
});
