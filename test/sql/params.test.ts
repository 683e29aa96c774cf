import { describe, expect, it } from 'vitest';

import type { ParamValue } from '../../src/expr/param-value.js';
import { toParamsNative } from '../../src/sql/params.js';
import { thrown } from '../support/thrown.js';

describe('toParamsNative', () => {
  it('takes positional and named parameters', () => {
    expect(JSON.parse(toParamsNative([1, null]))).toEqual([{ type: 'int64', value: '1' }, { type: 'null' }]);
    expect(JSON.parse(toParamsNative({ a: 'x' }))).toEqual({ a: { type: 'utf8', value: 'x' } });
  });

  it('names the parameter that it rejects', () => {
    const hole = Object.assign(Array<ParamValue>(3), { 0: 1, 2: 3 });
    expect(thrown(() => toParamsNative(hole)).message).toMatch(/^params\[1\] is undefined/);
    expect(thrown(() => toParamsNative({ a: undefined as never })).message).toMatch(/^params\.a is undefined/);
  });

  it.each([5, 'x', null, { $a: 1 }, { '1a': 1 }, { '': 1 }])('rejects %j', (params) => {
    expect(thrown(() => toParamsNative(params as never)).code).toBe('INVALID_ARGUMENT');
  });
});
