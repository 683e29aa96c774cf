import { Int32 } from 'apache-arrow';
import { describe, expect, it } from 'vitest';

import { placeholder } from '../../../src/expr/builders/placeholder.js';
import { refused } from '../../support/refused.js';

describe('placeholder', () => {
  it('has a name and an optional type', () => {
    expect(placeholder('$1').node).toEqual({ kind: 'placeholder', name: '$1' });
    expect(placeholder('$least_1', new Int32()).node).toEqual({
      kind: 'placeholder',
      name: '$least_1',
      dataType: 'Int32',
    });
  });

  it.each([undefined, null, '', '$', '1', 'name', '$0', '$01', '$1a', '$a b', '$$', 1, '$1; drop table t'])(
    'rejects %s',
    (name) => {
      expect(refused(() => placeholder(name as never))).toContain('The name of placeholder');
    },
  );

  it('rejects an invalid type', () => {
    expect(refused(() => placeholder('$1', 1 as never))).toContain('The type of placeholder');
  });
});
