import { describe, expect, it } from 'vitest';

import { col, lit } from '../../src/expr/expr.js';
import { expr } from '../../src/sql/expr-tag.js';
import { sql } from '../../src/sql/sql-tag.js';
import { refused } from '../support/refused.js';

const a = col('a');

describe('expr', () => {
  it('is plain SQL if there are no values', () => {
    expect(expr`delay > 60`.node).toEqual({ kind: 'sql', text: 'delay > 60' });
    expect(expr`delay > $1 and x = '$2'`.node).toEqual({ kind: 'sql', text: "delay > $1 and x = '$2'" });
  });

  it('separates values from the text', () => {
    expect(expr`delay > ${60} and origin = ${"x' or 1=1"}`.node).toEqual({
      kind: 'sql',
      text: 'delay > $1 and origin = $2',
      args: [
        { kind: 'literal', value: { type: 'int64', value: '60' } },
        { kind: 'literal', value: { type: 'utf8', value: "x' or 1=1" } },
      ],
    });
  });

  it('takes expressions', () => {
    const nested = expr`${a.add(1)} * 2 > ${expr`b or ${true}`}`;
    expect(nested.node).toMatchObject({ text: '$1 * 2 > $2', args: [a.add(1).node, { text: 'b or $1' }] });
    expect(String(nested)).toBe('(a + 1) * 2 > (b or true)');
    expect(String(nested.alias('n'))).toBe('(a + 1) * 2 > (b or true) AS n');
  });

  it('takes parts of the sql tag', () => {
    const name = sql.ident('My Column');
    expect(String(expr`${name} in (${sql.join([1, 'x', lit(2, 'Int8')])})`)).toBe(
      `"My Column" in (1, 'x', CAST(2 AS TINYINT))`,
    );
    expect(String(expr`a ${sql.raw('<')} ${1} and ${sql`b = ${2}`}`)).toBe('a < 1 and b = 2');
  });

  it('prints values in place of their placeholders', () => {
    expect(String(expr`a = '$1' and b = ${'$2'} and "c$1" = ${-1} -- $1`)).toBe(
      `a = '$1' and b = '$2' and "c$1" = (-1) -- $1`,
    );
    expect(String(expr`a = 'it''s $1' /* $1 */ and b = ${1}`)).toBe("a = 'it''s $1' /* $1 */ and b = 1");
    const many = expr`a in (${sql.join(Array.from({ length: 11 }, (_, i) => i * 10))})`;
    expect(String(many)).toBe('a in (0, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100)');
  });

  it('called as a function, it says what to write', () => {
    expect(refused(() => expr('a > 1' as never))).toMatch(/use expr`\$\{sql\.raw\(text\)\}`\.$/);
    const text = 'a > 1';
    expect(expr`${sql.raw(text)}`.node).toEqual({ kind: 'sql', text });
  });

  it('is immutable', () => {
    const { node } = expr`a > ${1}`;
    expect(node.kind === 'sql' && Object.isFrozen(node) && Object.isFrozen(node.args)).toBe(true);
  });

  it.each<[string, () => unknown]>([
    ['Value 1 of the expr template', () => expr`a > ${undefined as never}`],
    ['Value 2 of the expr template', () => expr`${1} > ${(() => 1) as never}`],
    ['Value 1 of the expr template must not be an array', () => expr`a in (${[1, 2] as never})`],
    ['Value 1 of the expr template', () => expr`${Symbol('s') as never}`],
    ['Value 1 of the expr template', () => expr`${a.asc() as never}`],
    ['Value 1 of the expr template', () => expr`${'\ud800'}`],
    ['the template is empty', () => expr` `],
    ['invalid \\ escape', () => expr`\u`],
    ['expr is a template tag', () => expr('a > 1' as never)],
    ['expr is a template tag', () => expr(['a > 1'] as never)],
    ['a value cannot be inside quotes', () => expr`a = '${1}'`],
    ['a value cannot be inside quotes', () => expr`a = 1 -- ${1}`],
    ['a value cannot be inside quotes', () => expr`"${'a'}" = 1`],
    ['placeholders of its own', () => expr`a = ${1} and b = $1`],
    ['placeholders of its own', () => expr`a = $2 and b = ${1}`],
  ])('rejects with a message that contains "%s"', (where, run) => {
    expect(refused(run)).toContain(where);
  });
});
