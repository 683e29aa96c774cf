import { Decimal, Int32 } from 'apache-arrow';
import { describe, expect, it } from 'vitest';

import { col, Expr, lit, litWithMetadata } from '../../src/expr/expr.js';
import { callFunction } from '../../src/functions/call/call.js';
import { refused } from '../support/refused.js';

const [a, b] = [col('a'), col('b')];
const frame = { toSql: () => 'SELECT 1' };

describe('col', () => {
  it('takes names literally', () => {
    expect(col('T.a b').node).toEqual({ kind: 'column', name: 'T.a b' });
    expect(col('a', 't').node).toEqual({ kind: 'column', name: 'a', relation: 't' });
  });

  it.each([undefined, null, '', 1, ['a'], Symbol('a'), a, '\udc00'])('rejects %s', (name) => {
    expect(refused(() => col(name as never))).toContain('The name of col');
    if (name !== undefined) expect(refused(() => col('a', name as never))).toContain('The relation of col');
  });
});

describe('Expr', () => {
  it('has a node that is plain data', () => {
    expect(JSON.parse(JSON.stringify(a.add(1).node))).toEqual({
      kind: 'binary',
      op: '+',
      left: { kind: 'column', name: 'a' },
      right: { kind: 'literal', value: { type: 'int64', value: '1' } },
    });
  });

  it('is deeply frozen', () => {
    const sum = callFunction('sum', a).filter('b').orderBy('a').over({ partitionBy: 'a', orderBy: 'b' });
    const frozen = (value: unknown): boolean =>
      typeof value !== 'object' || value === null || (Object.isFrozen(value) && Object.values(value).every(frozen));
    for (const expr of [a, a.inList([1, b]), sum, a.alias('n', { k: 'v' }), litWithMetadata(1, { k: 'v' })])
      expect(frozen(expr)).toBe(true);
  });

  it('copies the objects that it is made from', () => {
    const list = [1, 2];
    const metadata = { k: 'v' };
    const [inList, alias] = [a.inList(list), a.alias('n', metadata)];
    list.push(3);
    metadata.k = 'w';
    expect(String(inList)).toBe('a IN (1, 2)');
    expect(alias.node).toMatchObject({ metadata: { k: 'v' } });
    expect(Object.isFrozen(list) || Object.isFrozen(metadata)).toBe(false);
  });

  it('does not freeze the DataFrame of a subquery', () => {
    class Frame {
      cache: string | undefined;
      toSql(): string {
        this.cache ??= 'SELECT 1';
        return this.cache;
      }
    }
    const query = new Frame();
    expect(String(a.inSubquery(query))).toBe('a IN (SELECT 1)');
    expect(Object.isFrozen(query)).toBe(false);
  });

  it('returns a new expression from every method', () => {
    const text = String(a);
    for (const other of [a.add(1), a.not(), a.alias('n'), a.cast('Int8'), a.get(0), a.abs()]) {
      expect(other).not.toBe(a);
      expect(other).toBeInstanceOf(Expr);
    }
    expect(String(a)).toBe(text);
  });

  it('has methods for functions with one argument', () => {
    expect(String(a.lower().length().abs())).toBe('abs(character_length(lower(a)))');
    expect(a.upper().node).toEqual({ kind: 'call', name: 'upper', args: [a.node] });
  });

  it('is recognised, even from another copy of the package', () => {
    expect(Expr.is(a)).toBe(true);
    expect(Expr.is({ [Symbol.for('ballista.expr')]: true })).toBe(true);
    for (const value of [undefined, null, 'a', {}, a.asc(), a.node]) expect(Expr.is(value)).toBe(false);
  });
});

describe('casts', () => {
  it('take type names and apache-arrow types', () => {
    expect(a.cast('Int32').node).toEqual({ kind: 'cast', expr: a.node, dataType: 'Int32', safe: false });
    expect(a.tryCast(new Decimal(2, 10)).node).toMatchObject({ dataType: 'Decimal128(10, 2)', safe: true });
  });

  it.each([undefined, null, 5, ' ', {}, Int32, () => 'Int32'])('reject %s', (type) => {
    expect(refused(() => a.cast(type as never))).toContain('The type of a cast');
    expect(refused(() => a.tryCast(type as never))).toContain('The type of a cast');
  });
});

describe('alias', () => {
  it('has a name and metadata', () => {
    expect(a.alias('n').node).toEqual({ kind: 'alias', expr: a.node, name: 'n' });
    expect(a.alias('', { unit: 'm' }).node).toEqual({ kind: 'alias', expr: a.node, name: '', metadata: { unit: 'm' } });
  });

  it.each<[string, () => unknown]>([
    ['alias takes a string', () => a.alias(undefined as never)],
    ['alias takes a string', () => a.alias(b as never)],
    ['lone surrogate', () => a.alias('\ud800')],
    ['The metadata of alias', () => a.alias('n', 'unit' as never)],
    ['The metadata of alias', () => a.alias('n', ['unit'] as never)],
    ['The metadata of alias: unit', () => a.alias('n', { unit: 1 } as never)],
  ])('rejects with a message that contains "%s"', (where, run) => {
    expect(refused(run)).toContain(where);
  });
});

describe('get and slice', () => {
  const args = (expr: Expr) => String(expr).replace('a, ', '');

  it('count from 0 and from the end', () => {
    expect(args(a.get(0))).toBe('array_element(1)');
    expect(args(a.get(-1))).toBe('array_element(-1)');
    expect(args(a.get('f'))).toBe("get_field('f')");
    expect(args(a.get(''))).toBe("get_field('')");
    expect(args(a.slice(0))).toBe('array_slice(1, -1)');
    expect(args(a.slice(1, 3))).toBe('array_slice(2, 3)');
    expect(args(a.slice(0, 0))).toBe('array_slice(1, 0)');
    expect(args(a.slice(-2))).toBe('array_slice(-2, -1)');
    expect(args(a.slice(-3, -1))).toBe('array_slice(-3, -2)');
  });

  it.each([undefined, null, 1.5, Number.NaN, Infinity, 1n, b, '1'])('reject %s', (key) => {
    if (typeof key !== 'string') expect(refused(() => a.get(key as never))).toContain('The key of get');
    expect(refused(() => a.slice(key as never))).toContain('slice: begin');
    if (key !== undefined) expect(refused(() => a.slice(0, key as never))).toContain('slice: end');
  });
});

describe('fillNull and fillNan', () => {
  it('call functions', () => {
    expect(String(a.fillNull(0))).toBe('coalesce(a, 0)');
    expect(String(a.fillNan(b))).toBe('nanvl(a, b)');
  });
});

describe('inSubquery', () => {
  it('keeps the DataFrame', () => {
    expect(a.inSubquery(frame).node).toEqual({ kind: 'inSubquery', expr: a.node, frame, negated: false });
  });

  it('rejects values that are not DataFrames', () => {
    for (const value of [undefined, null, [1, 2], 'SELECT 1', b, Promise.resolve(frame)])
      expect(refused(() => a.inSubquery(value as never))).toContain('must be a DataFrame');
    expect(refused(() => a.inSubquery(frame, 'not' as never))).toContain('negated');
  });
});

describe('lit', () => {
  it('returns an expression unchanged', () => {
    expect(lit(a)).toBe(a);
    expect(lit(lit(1), 'Int8').node).toEqual({
      kind: 'literal',
      value: { type: 'int64', value: '1', dataType: 'Int8' },
    });
  });

  it.each([undefined, () => 1, Symbol('s'), /x/, new Set([1]), new Date(Number.NaN), 2n ** 70n, Promise.resolve(1)])(
    'rejects %s',
    (value) => {
      expect(refused(() => lit(value as never))).toContain('lit(value)');
    },
  );

  it('rejects values that do not fit the type', () => {
    expect(refused(() => lit(1.5, 'Int32'))).toContain('which is not a valid Int32');
    expect(refused(() => lit(Number.NaN, 'Int32'))).toContain('which is not a valid Int32');
    expect(refused(() => lit(1, 5 as never))).toContain('The type of lit');
    expect(refused(() => lit(a, 'Int32'))).toContain('lit(value)');
  });

  it('takes metadata', () => {
    expect(litWithMetadata(1, { k: 'v' }).node).toEqual({
      kind: 'literal',
      value: { type: 'int64', value: '1' },
      metadata: { k: 'v' },
    });
    expect(refused(() => litWithMetadata(undefined as never, {}))).toContain('litWithMetadata(value)');
    expect(refused(() => litWithMetadata(1, null as never))).toContain('The metadata of litWithMetadata');
    expect(refused(() => litWithMetadata(1, { k: undefined } as never))).toContain(': k must be a string');
  });
});
