import { describe, expect, it } from 'vitest';

import { col } from '../../src/expr/expr.js';
import { arraySort, count, countStar, makeMap, namedStruct, withMetadata } from '../../src/functions/index.js';
import { thrown } from '../support/thrown.js';

const [a, b] = [col('a'), col('b')];
const any = (value: unknown) => value as never;

describe('hand-written functions', () => {
  it.each([
    [namedStruct({ x: a, y: 1 }), "named_struct('x', a, 'y', 1)"],
    [
      namedStruct([
        ['y', 1],
        ['x', a],
      ]),
      "named_struct('y', 1, 'x', a)",
    ],
    [makeMap({ x: a }), "map(make_array('x'), make_array(a))"],
    [makeMap(new Map([[1, a]])), 'map(make_array(1), make_array(a))'],
    [
      makeMap([
        [b, a],
        ['k', null],
      ]),
      "map(make_array(b, 'k'), make_array(a, NULL))",
    ],
    [makeMap(a, b), 'map(a, b)'],
    [withMetadata(a, { unit: 'm', source: '' }), "with_metadata(a, 'unit', 'm', 'source', '')"],
    [arraySort(a), "array_sort(a, 'ASC', 'NULLS LAST')"],
    [arraySort(a, { descending: true, nullsFirst: true }), "array_sort(a, 'DESC', 'NULLS FIRST')"],
    [count(), 'count(*)'],
    [count(undefined, { filter: 'a' }), 'count(*) FILTER (WHERE a)'],
    [countStar({ filter: a.gt(1) }), 'count(*) FILTER (WHERE a > 1)'],
    [count(a), 'count(a)'],
    [count([a, b], { distinct: true }), 'count(DISTINCT a, b)'],
  ])('%s', (expr, text) => {
    expect(String(expr)).toBe(text);
  });

  it.each([
    ['a struct without fields', () => namedStruct({}), 'at least one field'],
    ['a struct from an array', () => namedStruct(any(['x', 1])), 'must be an object, or an array of [name, value]'],
    ['a field without a name', () => namedStruct({ '': 1 }), 'The name of a field'],
    ['a field that is undefined', () => namedStruct({ x: any(undefined) }), 'Field x of namedStruct is undefined'],
    ['a map without entries', () => makeMap({}), 'at least one entry'],
    ['a map from one expression', () => makeMap(any(a)), 'takes 2 arguments, not 1'],
    [
      'a map from a string',
      () => makeMap(any('x')),
      'must be an object, a Map, or an array of [key, value], not a string',
    ],
    ['empty metadata', () => withMetadata(a, {}), 'at least one key'],
    ['metadata with numbers', () => withMetadata(a, { x: any(1) }), 'must be a string'],
    ['metadata for a string', () => withMetadata(any('a'), { x: 'y' }), 'must be an expression'],
    ['a string for the order', () => arraySort(a, any('DESC')), 'must be an object'],
    ['an unknown order', () => arraySort(a, any({ desc: true })), 'has no option "desc"'],
    ['count of a string', () => count(any('a')), 'must be an expression'],
    ['count of no columns', () => count([]), 'at least 1 argument'],
    ['distinct without a column', () => count(undefined, { distinct: true }), 'count has no option "distinct"'],
  ])('rejects %s', (_, make, message) => {
    expect(thrown(make)).toMatchObject({ code: 'INVALID_ARGUMENT', message: expect.stringContaining(message) });
  });
});
