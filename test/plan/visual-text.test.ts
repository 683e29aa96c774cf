import { describe, expect, it } from 'vitest';

import { visible, wrap } from '../../src/plan/visual-text.js';

describe('visible', () => {
  it.each([
    ['plain, ünïcödé 😀', 'plain, ünïcödé 😀'],
    ['a\nb\tc\0', 'a␊b␉c␀'],
    ['\u007f\u0085\ufffe\uffff', '\ufffd'.repeat(4)],
    ['\ud83d half \ude00', '\ufffd half \ufffd'],
  ])('%j', (text, expected) => expect(visible(text)).toBe(expected));
});

describe('wrap', () => {
  it.each([
    ['', 5, 2, []],
    ['abc', 5, 2, ['abc']],
    ['one two three', 8, 3, ['one two', 'three']],
    ['abcdefghij', 4, 3, ['abcd', 'efgh', 'ij']],
    ['abcdefghij', 4, 2, ['abcd', 'efg…']],
    ['a bcdefghij', 5, 3, ['a bcd', 'efghi', 'j']],
    ['😀😀😀😀', 2, 2, ['😀😀', '😀😀']],
    ['x'.repeat(1e6), 10, 1, ['xxxxxxxxx…']],
  ])('%.20j into %i columns, %i lines', (text, width, most, lines) => expect(wrap(text, width, most)).toEqual(lines));
});
