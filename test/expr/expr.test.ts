import { Decimal, Int32, TimestampMillisecond } from 'apache-arrow';
import { describe, expect, it } from 'vitest';

import { toColumnNode, toSortNode, toSqlNode } from '../../src/expr/coerce.js';
import { col, type Expr, lit } from '../../src/expr/expr.js';
import { callFunction } from '../../src/functions/call.js';
import { f } from '../../src/functions/index.js';
import { thrown } from '../support/thrown.js';

const [a, b] = [col('a'), col('b')];

/** What each expression prints; its node is checked below by kind. */
const printed: [Expr, string][] = [
  [a.add(b), 'a + b'],
  [a.sub(1), 'a - 1'],
  [a.add(1).mul(2), '(a + 1) * 2'],
  [a.mul(2).add(1), 'a * 2 + 1'],
  [a.sub(b.sub(1)), 'a - (b - 1)'],
  [a.sub(b).sub(1), 'a - b - 1'],
  [a.div(2).mod(3), 'a / 2 % 3'],
  [a.eq('x').and(b.ne(null)), "a = 'x' AND b != NULL"],
  [a.lt(1).or(a.gt(2)).and(b.lte(3)).or(b.gte(4)), '(a < 1 OR a > 2) AND b <= 3 OR b >= 4'],
  [a.not(), 'NOT a'],
  [a.eq(1).not(), 'NOT a = 1'],
  [a.add(b).neg(), '-(a + b)'],
  [a.isNull().and(b.isNotNull()), 'a IS NULL AND b IS NOT NULL'],
  [a.between(1, b.add(1)), 'a BETWEEN 1 AND b + 1'],
  [a.between(1, 2, true), 'a NOT BETWEEN 1 AND 2'],
  [a.inList([1, 'x', b]), "a IN (1, 'x', b)"],
  [a.inList([], true), 'true'],
  [a.like("it's%"), "a LIKE 'it''s%'"],
  [a.ilike('x', true), "a NOT ILIKE 'x'"],
  [a.cast('Int32'), 'CAST(a AS INT)'],
  [a.tryCast(new Decimal(2, 10)), 'TRY_CAST(a AS DECIMAL(10, 2))'],
  [a.add(1).alias('n'), 'a + 1 AS n'],
  [lit(new Date(0)), `arrow_cast('1970-01-01T00:00:00.000Z', 'Timestamp(ms, "UTC")')`],
  [lit(Uint8Array.of(255)), "X'ff'"],
  [lit(1, new Int32()), 'CAST(1 AS INT)'],
  [lit(null, new TimestampMillisecond('UTC')), `arrow_cast(NULL, 'Timestamp(ms, "UTC")')`],
  [col('a', 't'), 't.a'],
  [f.count(), 'count(*)'],
  [f.count(a, { distinct: true }), 'count(DISTINCT a)'],
  [f.sum(a.mul(b)).alias('s'), 'sum(a * b) AS s'],
  [callFunction('round', a, 2), 'round(a, 2)'],
];

describe('Expr', () => {
  it.each(printed)('prints %s', (expr, text) => {
    expect(String(expr)).toBe(text);
  });

  it('is plain frozen data inside', () => {
    expect(JSON.parse(JSON.stringify(a.add(1).node))).toEqual({
      kind: 'binary',
      op: '+',
      left: { kind: 'column', name: 'a' },
      right: { kind: 'literal', value: { type: 'int64', value: '1' } },
    });
    const list = a.inList([1]).node;
    expect(Object.isFrozen(a) && Object.isFrozen(list) && list.kind === 'inList' && Object.isFrozen(list.list)).toBe(
      true,
    );
  });

  it('takes column names literally', () => {
    expect(col('T.a b').node).toEqual({ kind: 'column', name: 'T.a b' });
  });

  it('sorts as SQL does', () => {
    expect(a.asc().node).toMatchObject({ ascending: true, nullsFirst: false });
    expect(a.desc().node).toMatchObject({ ascending: false, nullsFirst: true });
    expect(String(a.sort(false, false))).toBe('a DESC NULLS LAST');
  });

  it.each<[string, () => unknown]>([
    ['an empty column', () => col('')],
    ['a column that is no string', () => col(1 as never)],
    ['undefined as operand', () => a.add(undefined as never)],
    ['an object as operand', () => a.eq({} as never)],
    ['a value for inList', () => a.inList('x' as never)],
    ['a type that is none', () => a.cast(5 as never)],
    ['an empty type', () => a.cast(' ')],
    ['an alias that is none', () => a.alias(1 as never)],
    ['a string for sum', () => f.sum('a' as never)],
    ['a function without a name', () => callFunction('')],
  ])('refuses %s', (_name, run) => {
    expect(thrown(run).code).toBe('INVALID_ARGUMENT');
  });
});

describe('coerce', () => {
  it('reads strings by their place', () => {
    expect(toColumnNode('a b', 'x')).toEqual({ kind: 'column', name: 'a b' });
    expect(toColumnNode('*', 'x')).toEqual({ kind: 'wildcard' });
    expect(toSqlNode('a > 1', 'x')).toEqual({ kind: 'sql', text: 'a > 1' });
    expect(toSortNode('a', 'x')).toEqual({ expr: { kind: 'column', name: 'a' }, ascending: true, nullsFirst: false });
    const key = a.desc();
    expect(toSortNode(key, 'x')).toBe(key.node);
  });

  it('takes expressions of another copy of the package', () => {
    const foreign = { [Symbol.for('ballista.expr')]: true, node: { kind: 'column', name: 'z' } };
    expect(toColumnNode(foreign as unknown as Expr, 'x')).toBe(foreign.node);
  });

  it.each([undefined, null, 5, {}, '', []])('refuses %j', (value) => {
    for (const door of [toColumnNode, toSqlNode, toSortNode]) {
      expect(thrown(() => door(value as never, 'it')).message).toMatch(/^it must be /);
    }
  });
});
