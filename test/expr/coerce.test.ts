import { describe, expect, it } from 'vitest';

import { operand, toColumnNode, toKeyNode, toSortNode, toSqlNode, toSubquery } from '../../src/expr/coerce.js';
import { col, type Expr, lit } from '../../src/expr/expr.js';
import { expr } from '../../src/sql/expr-tag.js';
import { sql } from '../../src/sql/sql-tag.js';
import { refused } from '../support/refused.js';

const a = col('a');

describe('conversions of arguments', () => {
  it('read strings as literals, columns or SQL', () => {
    expect(operand('a', 'x')).toEqual({ kind: 'literal', value: { type: 'utf8', value: 'a' } });
    expect(toColumnNode('a b', 'x')).toEqual({ kind: 'column', name: 'a b' });
    expect(toColumnNode('*', 'x')).toEqual({ kind: 'wildcard' });
    expect(toKeyNode('*', 'x')).toEqual({ kind: 'column', name: '*' });
    expect(toSqlNode('a > 1', 'x')).toEqual({ kind: 'sql', text: 'a > 1' });
    expect(toSortNode('a', 'x')).toEqual({ expr: { kind: 'column', name: 'a' }, ascending: true, nullsFirst: false });
  });

  it('pass expressions and sort keys through', () => {
    for (const convert of [operand, toColumnNode, toKeyNode, toSqlNode]) expect(convert(a, 'x')).toBe(a.node);
    const key = a.desc();
    expect(toSortNode(key, 'x')).toBe(key.node);
    expect(toSortNode(a, 'x')).toEqual(a.asc().node);
    const frame = { toSql: () => 'SELECT 1' };
    expect(toSubquery(frame, 'x')).toBe(frame);
  });

  it('take expressions from another copy of the package', () => {
    const foreign = { [Symbol.for('ballista.expr')]: true, node: { kind: 'column', name: 'z' } };
    for (const convert of [operand, toColumnNode, toKeyNode, toSqlNode])
      expect(convert(foreign as unknown as Expr, 'x')).toBe(foreign.node);
    expect(String(a.add(foreign as unknown as Expr))).toBe('a + z');
  });

  it.each([undefined, null, 5, {}, '', [], () => a, '\ud800', Symbol('s'), 1n])('reject %s', (value) => {
    for (const convert of [toColumnNode, toKeyNode, toSqlNode, toSortNode, toSubquery])
      expect(refused(() => convert(value as never, 'it'))).toMatch(/^it must be /);
  });

  it('reject a query of the sql tag, and say how to make an expression of it', () => {
    for (const convert of [toColumnNode, toKeyNode, toSqlNode, toSortNode])
      expect(refused(() => convert(sql`a > 1` as never, 'it'))).toMatch(
        /not a query of the sql tag\..*expr`\$\{query\}`\.$/,
      );
    expect(toSqlNode(expr`${sql`a > 1`}`, 'it')).toEqual(toSqlNode('a > 1', 'it'));
  });

  it('reject values that only another conversion takes', () => {
    expect(refused(() => toColumnNode(a.asc() as never, 'it'))).toContain('not a SortExpr');
    expect(refused(() => toSqlNode(' \n', 'it'))).toContain('not an empty string');
    expect(refused(() => toSubquery({ toSql: 'SELECT 1' } as never, 'it'))).toBe(
      'it must be a DataFrame, not an object.',
    );
    expect(refused(() => toSubquery(lit(1) as never, 'it'))).toBe('it must be a DataFrame, not an Expr.');
  });
});
