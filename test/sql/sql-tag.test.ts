import { describe, expect, it } from 'vitest';

import { col } from '../../src/expr/expr.js';
import { Identifier, SqlQuery, sql } from '../../src/sql/sql-tag.js';
import { thrown } from '../support/thrown.js';

describe('sql tag', () => {
  it('turns values into placeholders', () => {
    const query = sql`select * from t where a > ${5} and b = ${"x'; drop table t"}`;
    expect(query.text).toBe('select * from t where a > $1 and b = $2');
    expect(query.values).toEqual([5, "x'; drop table t"]);
  });

  it('nests queries and renumbers their placeholders', () => {
    const inner = sql`b = ${2} or b = ${3}`;
    const query = sql`a = ${1} and (${inner}) and c = ${4} and (${inner})`;
    expect(query.text).toBe('a = $1 and (b = $2 or b = $3) and c = $4 and (b = $5 or b = $6)');
    expect(query.values).toEqual([1, 2, 3, 4, 2, 3]);
  });

  it('numbers more than nine placeholders', () => {
    const query = sql`in (${sql.join(Array.from({ length: 11 }, (_, i) => i))})`;
    expect(query.text).toBe(`in (${Array.from({ length: 11 }, (_, i) => `$${i + 1}`).join(', ')})`);
  });

  it('keeps text without values unchanged', () => {
    expect(sql`select '$5'`.text).toBe("select '$5'");
    expect(sql``.text).toBe('');
  });

  it('is immutable', () => {
    const query = sql`select ${1}`;
    expect(Object.isFrozen(query) && Object.isFrozen(query.values)).toBe(true);
  });

  it('rejects values without an SQL type, and names their place', () => {
    expect(thrown(() => sql`select ${1}, ${undefined as unknown as null}`)).toMatchObject({
      code: 'INVALID_ARGUMENT',
      message: 'Value 2 of the sql template is undefined. Use null for NULL.',
    });
    for (const value of [() => 1, Symbol('x'), [1], {}, new Date(Number.NaN), col('a'), '\ud800']) {
      expect(thrown(() => sql`select ${value as never}`).code).toBe('INVALID_ARGUMENT');
    }
  });

  it('rejects a call as a function, and invalid escapes', () => {
    const call = sql as unknown as (text: string) => unknown;
    expect(thrown(() => call('select 1')).message).toContain('template tag');
    expect(thrown(() => sql`select '\u{zz}'`).message).toContain('escape');
  });
});

describe('sql.ident', () => {
  it('quotes each part', () => {
    expect(sql`from ${sql.ident('my schema', 'a"b')}`.text).toBe('from "my schema"."a""b"');
    expect(sql.ident('t')).toBeInstanceOf(Identifier);
  });

  it('rejects empty and invalid names', () => {
    for (const path of [[], [''], ['a', ''], ['a\0b'], [1 as unknown as string]]) {
      expect(thrown(() => sql.ident(...path)).code).toBe('INVALID_ARGUMENT');
    }
  });
});

describe('sql.raw and sql.join', () => {
  it('inserts raw text unchanged', () => {
    expect(sql`select ${sql.raw('a, b')} from t where c = ${1}`.text).toBe('select a, b from t where c = $1');
  });

  it('joins values, queries and names', () => {
    expect(sql.join([sql`a = ${1}`, sql`b = ${2}`], sql` and `)).toMatchObject({
      text: 'a = $1 and b = $2',
      values: [1, 2],
    });
    expect(sql.join([sql.ident('a'), sql.ident('b')]).text).toBe('"a", "b"');
    expect(sql.join([]).text).toBe('');
  });

  it('rejects other arguments', () => {
    expect(thrown(() => sql.raw(1 as unknown as string)).code).toBe('INVALID_ARGUMENT');
    expect(thrown(() => sql.join('ab' as unknown as [])).code).toBe('INVALID_ARGUMENT');
    expect(thrown(() => sql.join([1], ' and ' as unknown as SqlQuery)).code).toBe('INVALID_ARGUMENT');
    expect(thrown(() => sql.join([1, undefined as unknown as null])).message).toContain('Part 2 of sql.join');
  });

  it('recognises queries from another copy of the package', () => {
    const foreign = { [Symbol.for('ballista.sql.query')]: true, texts: ['a = ', ''], values: [7] };
    expect(SqlQuery.is(foreign)).toBe(true);
    expect(sql`where ${foreign as unknown as SqlQuery}`).toMatchObject({ text: 'where a = $1', values: [7] });
  });
});
