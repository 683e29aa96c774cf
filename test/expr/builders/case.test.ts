import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';

import { case_, when } from '../../../src/expr/builders/case.js';
import { col } from '../../../src/expr/expr.js';
import { refused } from '../../support/refused.js';

const a = col('a');

describe('when', () => {
  it('takes predicates, and reads strings as SQL', () => {
    expect(String(when(a.gt(1), 'x').when('a < 0', 'y').otherwise(col('b')))).toBe(
      "CASE WHEN a > 1 THEN 'x' WHEN a < 0 THEN 'y' ELSE b END",
    );
    expect(String(when('a', 1).end())).toBe('CASE WHEN a THEN 1 END');
    expect(String(when('a', null).otherwise(null))).toBe('CASE WHEN a THEN NULL ELSE NULL END');
  });
});

describe('case_', () => {
  it('takes values, and reads strings as literals', () => {
    expect(String(case_(a).when('x', 1).when(col('b'), 2).end())).toBe("CASE a WHEN 'x' THEN 1 WHEN b THEN 2 END");
    expect(case_(a).when(null, 1).end().node).toEqual({
      kind: 'case',
      expr: a.node,
      branches: [
        {
          when: { kind: 'literal', value: { type: 'null' } },
          // biome-ignore lint/suspicious/noThenProperty: a branch is data
          then: { kind: 'literal', value: { type: 'int64', value: '1' } },
        },
      ],
    });
  });
});

describe('CaseBuilder', () => {
  it('is immutable', () => {
    const one = when(a, 1);
    const two = one.when('b', 2);
    expect(String(one.end())).toBe('CASE WHEN a THEN 1 END');
    expect(String(two)).toBe('CASE WHEN a THEN 1 WHEN b THEN 2 END');
    expect(inspect(two)).toBe('CaseBuilder(CASE WHEN a THEN 1 WHEN b THEN 2 END)');
    expect(Object.isFrozen(one) && Object.isFrozen(one.node.branches) && Object.isFrozen(one.node.branches[0])).toBe(
      true,
    );
  });

  it.each<[string, () => unknown]>([
    ['The condition of when', () => when(undefined as never, 1)],
    ['The condition of when', () => when(true as never, 1)],
    ['The condition of when', () => when(' ', 1)],
    ['The condition of when', () => when((() => true) as never, 1)],
    ['The result of when', () => when(a, undefined as never)],
    ['The result of when', () => when(a, [] as never)],
    ['The condition of when', () => when(a, 1).when(2 as never, 3)],
    ['The value of when', () => case_(a).when(undefined as never, 1)],
    ['The value of otherwise', () => when(a, 1).otherwise(undefined as never)],
    ['The value of otherwise', () => when(a, 1).otherwise(when(a, 2) as never)],
    ['The argument of case_', () => case_('a' as never)],
    ['The argument of case_', () => case_(undefined as never)],
    ['at least one branch', () => case_(a).end()],
    ['at least one branch', () => case_(a).otherwise(1)],
  ])('rejects with a message that contains "%s"', (where, run) => {
    expect(refused(run)).toContain(where);
  });
});
