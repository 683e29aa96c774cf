import { Int64 } from 'apache-arrow';
import { describe, expect, it } from 'vitest';

import { exists, outerRef, scalarSubquery } from '../../../src/expr/builders/subquery.js';
import { refused } from '../../support/refused.js';

const frame = { toSql: () => 'SELECT 1' };

describe('subqueries', () => {
  it('keep the DataFrame', () => {
    expect(exists(frame).node).toEqual({ kind: 'exists', frame, negated: false });
    expect(exists(frame, true).node).toEqual({ kind: 'exists', frame, negated: true });
    expect(scalarSubquery(frame).node).toEqual({ kind: 'scalarSubquery', frame });
    expect(String(exists(frame).not())).toBe('NOT EXISTS (SELECT 1)');
  });

  it.each([undefined, null, 'SELECT 1', {}, { toSql: 1 }, Promise.resolve(frame), () => frame])(
    'reject %s',
    (value) => {
      expect(refused(() => exists(value as never))).toContain('The subquery of exists must be a DataFrame');
      expect(refused(() => scalarSubquery(value as never))).toContain('must be a DataFrame');
    },
  );

  it('reject a negated that is not a boolean', () => {
    expect(refused(() => exists(frame, 'not' as never))).toContain('exists: negated');
  });
});

describe('outerRef', () => {
  it('is a column with a type', () => {
    expect(outerRef('a', 'Int64').node).toEqual({ kind: 'outer', name: 'a', dataType: 'Int64' });
    expect(outerRef('a', new Int64(), 't').node).toEqual({
      kind: 'outer',
      name: 'a',
      relation: 't',
      dataType: 'Int64',
    });
  });

  it.each<[string, () => unknown]>([
    ['The name of outerRef', () => outerRef('', 'Int64')],
    ['The name of outerRef', () => outerRef(undefined as never, 'Int64')],
    ['The type of outerRef', () => outerRef('a', undefined as never)],
    ['The relation of outerRef', () => outerRef('a', 'Int64', null as never)],
  ])('rejects with a message that contains "%s"', (where, run) => {
    expect(refused(run)).toContain(where);
  });
});
