import * as arrow from 'apache-arrow';
import { expect, it } from 'vitest';

import { batchOf, valuesOf } from '../../support/columns.js';

const TYPES = [new arrow.Utf8(), new arrow.LargeUtf8()];

/** Columns in which texts repeat, or do not, or only nearly. */
const COLUMNS: [what: string, texts: (string | null)[]][] = [
  ['a few texts, many times', Array.from({ length: 5000 }, (_, i) => ['LAS', 'PHL', '', null, 'ABQ'][i % 5] ?? null)],
  [
    'a few texts beyond ASCII',
    Array.from({ length: 5000 }, (_, i) => ['Köln', 'Ko\u0308ln', '京都', '🦆'][i % 4] ?? ''),
  ],
  ['texts of their own', Array.from({ length: 5000 }, (_, i) => `id-${i}`)],
  ['more texts than are remembered', Array.from({ length: 20_000 }, (_, i) => String((i * 7919) % 6000))],
  ['texts that differ in one place', Array.from({ length: 3000 }, (_, i) => `${'x'.repeat(i % 31)}y${i % 3}`)],
  ['texts about as long as are remembered', Array.from({ length: 3000 }, (_, i) => 'ab'.repeat(14 + (i % 5)))],
  ['first their own, then always the same', Array.from({ length: 4000 }, (_, i) => (i < 2000 ? `${i}` : 'same'))],
];

it.each(COLUMNS)('%s', (_, texts) => {
  for (const type of TYPES) {
    const batch = batchOf(type, texts);
    expect(valuesOf(batch)).toEqual(texts);
    expect(valuesOf(batch.slice(1000, 2000))).toEqual(texts.slice(1000, 2000));
  }
});

it.each(COLUMNS)('%s, as views', (_, texts) => {
  const vector = arrow.vectorFromArray(texts, new arrow.Utf8View());
  const [batch] = new arrow.Table({ x: vector }).batches;
  if (!batch) throw new Error('no batch');
  expect(valuesOf(batch)).toEqual(texts);
});
