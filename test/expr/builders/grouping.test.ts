import { describe, expect, it } from 'vitest';

import { GroupingSet } from '../../../src/expr/builders/grouping.js';
import { col } from '../../../src/expr/expr.js';
import { refused } from '../../support/refused.js';

const [a, b] = [col('a'), col('b')];

describe('GroupingSet', () => {
  it('has three forms', () => {
    const pair = [a.node, b.node];
    expect(GroupingSet.rollup('a', b).node).toEqual({ kind: 'groupingSet', form: 'rollup', lists: [pair] });
    expect(GroupingSet.cube(a, 'b').node).toEqual({ kind: 'groupingSet', form: 'cube', lists: [pair] });
    expect(GroupingSet.groupingSets(['a', b], [a], []).node).toEqual({
      kind: 'groupingSet',
      form: 'sets',
      lists: [pair, [a.node], []],
    });
    expect(Object.isFrozen(GroupingSet)).toBe(true);
  });

  it.each<[string, () => unknown]>([
    ['Argument 1 of rollup', () => GroupingSet.rollup()],
    ['Argument 2 of rollup', () => GroupingSet.rollup('a', undefined as never)],
    ['Argument 1 of cube', () => GroupingSet.cube()],
    ['Argument 1 of cube', () => GroupingSet.cube('')],
    ['Argument 1 of groupingSets', () => GroupingSet.groupingSets()],
    ['Argument 2 of groupingSets', () => GroupingSet.groupingSets(['a'], 'b' as never)],
    ['A column of list 1 of groupingSets', () => GroupingSet.groupingSets([1 as never])],
  ])('rejects with a message that contains "%s"', (where, run) => {
    expect(refused(run)).toContain(where);
  });
});
