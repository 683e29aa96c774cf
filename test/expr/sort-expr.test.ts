import { describe, expect, it } from 'vitest';

import { col } from '../../src/expr/expr.js';
import { SortExpr } from '../../src/expr/sort-expr.js';
import { refused } from '../support/refused.js';

const a = col('a');

describe('sort keys', () => {
  it('order nulls as SQL does', () => {
    expect(a.asc().node).toEqual({ expr: a.node, ascending: true, nullsFirst: false });
    expect(a.desc().node).toEqual({ expr: a.node, ascending: false, nullsFirst: true });
    expect(String(a.sort(false, false))).toBe('a DESC NULLS LAST');
  });

  it('expose their expression and order', () => {
    const key = a.add(1).desc();
    expect([String(key.expr), key.ascending, key.nullsFirst]).toEqual(['a + 1', false, true]);
    expect(SortExpr.is(key) && !SortExpr.is(a) && Object.isFrozen(key)).toBe(true);
  });

  it('reject options that are not booleans', () => {
    expect(refused(() => a.sort('desc' as never))).toContain('sort: ascending must be true or false');
    expect(refused(() => a.sort(true, 1 as never))).toContain('sort: nullsFirst');
  });
});
