import { describe, expect, it } from 'vitest';

import { col, lit } from '../../../src/expr/expr.js';
import * as f from '../../../src/functions/index.js';
import { thrown } from '../../support/thrown.js';

const a = col('a');
// Passes arguments that TypeScript rejects.
const any = (value: unknown) => value as never;

describe('arguments', () => {
  it.each([
    ['operands', f.lpad(a, 5), 'lpad(a, 5)'],
    ['an optional argument', f.lpad(a, 5, '-'), "lpad(a, 5, '-')"],
    ['undefined for an optional argument', f.lpad(a, 5, undefined), 'lpad(a, 5)'],
    ['null as a value', f.lpad(a, 5, null), 'lpad(a, 5, NULL)'],
    ['words', f.encode(a, 'hex'), "encode(a, 'hex')"],
    ['a part', f.datePart('dow', a), "date_part('dow', a)"],
    ['a unit', f.dateTrunc('day', a), "date_trunc('day', a)"],
    ['an algorithm', f.digest(a, 'md5'), "digest(a, 'md5')"],
    ['rest arguments', f.concat(a, 'b', 1), "concat(a, 'b', 1)"],
    ['no arguments', f.pi(), 'pi()'],
    ['the first of several signatures', f.range(5), 'range(5)'],
    ['another signature', f.range(1, 5, 2), 'range(1, 5, 2)'],
    ['a lambda', f.arrayTransform(a, (x) => x.add(1)), 'array_transform(a, x -> x + 1)'],
    ['a type', f.arrowCast(a, 'Int32'), "arrow_cast(a, 'Int32')"],
    ['a type as an expression', f.arrowCast(a, lit('Int32')), "arrow_cast(a, 'Int32')"],
  ])('takes %s', (_, expr, text) => {
    expect(String(expr)).toBe(text);
  });

  it.each([
    [
      'too few arguments',
      () => f.lpad(any(a), ...([] as never as [never])),
      'lpad(str, n, paddingStr?) takes 2 or 3 arguments, not 1.',
    ],
    [
      'too many arguments',
      () => f.abs(...([a, 1] as never as [never])),
      'abs(numericExpression) takes 1 argument, not 2.',
    ],
    [
      'an argument for a function without arguments',
      () => f.pi(...([1] as never as [])),
      'pi() takes no arguments, not 1.',
    ],
    [
      'no arguments for a function that requires one',
      () => f.concat(),
      'concat(str, ...strs) takes at least 1 argument, not 0.',
    ],
    [
      'no arguments for several signatures',
      () => f.range(...([] as never as [never])),
      'range(stop) or range(start, stop, step?) takes 1 to 3 arguments, not 0.',
    ],
    ['undefined', () => f.lpad(a, any(undefined), ' '), 'Argument n of lpad is undefined. Use null for NULL.'],
    [
      'an array',
      () => f.arrayHas(any([1]), 1),
      'Argument array of arrayHas must not be an array. For a list, use lit([…]).',
    ],
    [
      'an object as a rest argument',
      () => f.concat(a, 'b', any({})),
      'Argument strs of concat is an object, which has no SQL type.',
    ],
    [
      'a number for a lambda',
      () => f.arrayFilter(a, any(1)),
      'Argument lambda of arrayFilter must be a function, such as (x) => x.mul(2), not a number.',
    ],
    [
      'a number for a type',
      () => f.arrowCast(a, any(1)),
      "Argument datatype of arrowCast must be the name of an Arrow type, such as 'Int32', or an apache-arrow DataType, not a number.",
    ],
    [
      'a string for an aggregate',
      () => f.sum(any('a')),
      "Argument expression of sum must be an expression, such as col('price'), not a string.",
    ],
    [
      'a string for an expression',
      () => f.corr(a, any('b')),
      "Argument expression2 of corr must be an expression, such as col('price'), not a string.",
    ],
    [
      'a sort key for an expression',
      () => f.sum(any(a.desc())),
      "Argument expression of sum must be an expression, such as col('price'), not a SortExpr.",
    ],
    [
      'a function for a parameter that is not a lambda',
      () => f.abs(any(() => 1)),
      'Argument numericExpression of abs is a function, which has no SQL type.',
    ],
  ])('rejects %s', (_, make, message) => {
    expect(thrown(make)).toMatchObject({ code: 'INVALID_ARGUMENT', message });
  });
});
