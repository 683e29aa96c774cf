import { Field, Int32, SparseUnion, Utf8 } from 'apache-arrow';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { type TypeName, typeName } from '../../src/arrow/type-name.js';
import type { DataFrame } from '../../src/dataframe/dataframe.js';
import { lit } from '../../src/expr/expr.js';
import { SessionContext } from '../../src/session/session-context.js';
import { refused } from '../support/refused.js';
import { TYPE_NAMES, WRONG_TYPE_NAMES } from '../support/type-names.js';

// test/types/type-name.test-d.ts checks that the compiler accepts the same names.

const ctx = SessionContext.local();
let df: DataFrame;

beforeAll(async () => {
  df = await ctx.sql('SELECT 1 AS a');
});
afterAll(() => ctx.close());

describe('the engine', () => {
  it.each(TYPE_NAMES)('accepts %s', (name) => {
    expect(df.select(lit(null, name).alias('x')).columns).toEqual(['x']);
  });

  it.each(WRONG_TYPE_NAMES)('rejects "%s"', (name) => {
    expect(refused(() => df.select(lit(null, name as TypeName)))).toContain('Arrow type');
  });
});

it('a union has a name that the engine accepts', () => {
  const type = new SparseUnion([0, 1], [new Field('a', new Int32(), true), new Field('b', new Utf8(), false)]);
  expect(typeName(type)).toBe('Union(Sparse, 0: ("a": Int32), 1: ("b": non-null Utf8))');
  expect(TYPE_NAMES).toContain(typeName(type));
});
