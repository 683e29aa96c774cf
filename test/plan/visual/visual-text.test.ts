import { describe, expect, it } from 'vitest';

import { shortened, visible, wrap } from '../../../src/plan/visual/visual-text.js';

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

describe('shortened', () => {
  it.each([
    ['[[home/me/data/a b.parquet]]', '[[…/a b.parquet]]'],
    ['s3://bucket/year=2024/x.csv:0..12', 's3:…/x.csv:0..12'],
    ['a@0 / b@1 / c@2, x/y', 'a@0 / b@1 / c@2, x/y'],
    ['{3 groups: [[a:0..1], [a:1..2], [b], ...]}, projection=[c]', '{3 groups: [[a:0..1], …]}, projection=[c]'],
    ['{2 groups: [[a], [b]]}', '{2 groups: [[a], …]}'],
    ['{1 group: [[a, b]]}, on=[(x, y)]', '{1 group: [[a, b]]}, on=[(x, y)]'],
  ])('%s', (text, expected) => expect(shortened(text)).toBe(expected));

  it('is fast for long repeated text', () => {
    for (const part of ['a/', '[[a], ', 'a', '[', '/']) expect(shortened(part.repeat(20_000))).toBeDefined();
  });
});
