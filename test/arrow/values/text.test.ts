import * as arrow from 'apache-arrow';
import { expect, it } from 'vitest';

import { batchOf, valuesOf } from '../../support/columns.js';

const TYPES = [new arrow.Utf8(), new arrow.LargeUtf8()];

/** Columns with repeated strings, distinct strings and similar strings. */
const COLUMNS: [name: string, texts: (string | null)[]][] = [
  [
    'reads a few strings, repeated many times',
    Array.from({ length: 5000 }, (_, i) => ['LAS', 'PHL', '', null, 'ABQ'][i % 5] ?? null),
  ],
  [
    'reads a few strings with non-ASCII characters',
    Array.from({ length: 5000 }, (_, i) => ['Köln', 'Ko\u0308ln', '京都', '🦆'][i % 4] ?? ''),
  ],
  ['reads distinct strings', Array.from({ length: 5000 }, (_, i) => `id-${i}`)],
  ['reads more strings than the cache holds', Array.from({ length: 20_000 }, (_, i) => String((i * 7919) % 6000))],
  [
    'reads strings that differ in one character',
    Array.from({ length: 3000 }, (_, i) => `${'x'.repeat(i % 31)}y${i % 3}`),
  ],
  [
    'reads strings of about the maximum length for the cache',
    Array.from({ length: 3000 }, (_, i) => 'ab'.repeat(14 + (i % 5))),
  ],
  [
    'reads distinct strings, then one repeated string',
    Array.from({ length: 4000 }, (_, i) => (i < 2000 ? `${i}` : 'same')),
  ],
];

it.each(COLUMNS)('%s', (_, texts) => {
  for (const type of TYPES) {
    const batch = batchOf(type, texts);
    expect(valuesOf(batch)).toEqual(texts);
    expect(valuesOf(batch.slice(1000, 2000))).toEqual(texts.slice(1000, 2000));
  }
});

it.each(COLUMNS)('%s, from views', (_, texts) => {
  const vector = arrow.vectorFromArray(texts, new arrow.Utf8View());
  const [batch] = new arrow.Table({ x: vector }).batches;
  if (!batch) throw new Error('no batch');
  expect(valuesOf(batch)).toEqual(texts);
});
