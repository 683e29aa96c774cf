import { describe, expect, it } from 'vitest';

import { type LambdaFunction, lambda, lambdaVar, toArgumentNode } from '../../../src/expr/builders/lambda.js';
import { col, Expr, lit } from '../../../src/expr/expr.js';
import { expr } from '../../../src/sql/expr-tag.js';
import { refused } from '../../support/refused.js';

/** Calls array_transform with a lambda, as the function of the package does. */
function each(list: Expr, fn: LambdaFunction): Expr {
  return new Expr({ kind: 'call', name: 'array_transform', args: [list.node, toArgumentNode(fn, 'argument 2')] });
}

describe('lambda', () => {
  it('builds the body by calling a function', () => {
    expect(lambda((v) => v.mul(2)).node).toEqual({
      kind: 'lambda',
      params: ['x'],
      body: lambdaVar('x').mul(2).node,
    });
    expect(String(lambda((first, second, third) => first.add(second).add(third)))).toBe('(x, y, z) -> x + y + z');
  });

  it('takes outer values, constants and columns', () => {
    const least = 5;
    expect(String(lambda((v) => v.gt(least).and(col('b'))))).toBe('x -> x > 5 AND b');
    expect(String(lambda(() => 1))).toBe('x -> 1');
    expect(String(lambda((v) => expr`${v} is null`))).toBe('x -> x is null');
  });

  it('gives nested variables different names', () => {
    const nested = each(col('xss'), (xs) => each(xs, (x) => each(x, (y) => y.add(x).add(xs))));
    expect(String(nested)).toBe(
      'array_transform(xss, x -> array_transform(x, x1 -> array_transform(x1, x2 -> x2 + x1 + x)))',
    );
    // Lambdas beside each other can use the same name.
    expect(
      String(
        each(
          each(col('a'), (v) => v),
          (v) => v,
        ),
      ),
    ).toBe('array_transform(array_transform(a, x -> x), x -> x)');
  });

  it('avoids the names of columns', () => {
    expect(String(each(col('x'), (v) => v.mul(2)))).toBe('array_transform(x, x -> x * 2)');
    expect(String(each(col('xs'), (v) => v.mul(col('x'))))).toBe('array_transform(xs, _x -> _x * x)');
    expect(String(lambda((v, w) => v.add(w).add(col('y')).add(col('_x'))))).toBe('(__x, __y) -> __x + __y + y + _x');
    expect(String(each(col('a'), (v) => each(v, (w) => w.add(col('x')))))).toBe(
      'array_transform(a, _x -> array_transform(_x, x1 -> x1 + x))',
    );
  });

  it('resets the nesting level after a function throws', () => {
    const boom = new Error('boom');
    expect(() =>
      lambda(() => {
        throw boom;
      }),
    ).toThrow(boom);
    expect(String(lambda((v) => v))).toBe('x -> x');
  });

  it('takes parameter names and a body', () => {
    const body = lambdaVar('k').add(lambdaVar('v'));
    expect(lambda(['k', 'v'], body).node).toEqual({ kind: 'lambda', params: ['k', 'v'], body: body.node });
    expect(String(lambda(['Big Name'], lambdaVar('Big Name')))).toBe('"Big Name" -> "Big Name"');
    expect(String(lambda(['v'], 1))).toBe('v -> 1');
  });

  it('is immutable', () => {
    const { node } = lambda((v) => v);
    expect(node.kind === 'lambda' && Object.isFrozen(node.params) && Object.isFrozen(node.body)).toBe(true);
  });

  it.each<[string, () => unknown]>([
    ['The result of the lambda', () => lambda((() => undefined) as never)],
    ['The result of the lambda', () => lambda((async () => lit(1)) as never)],
    ['The result of the lambda', () => lambda((() => () => 1) as never)],
    ['The result of the lambda', () => lambda((() => [1]) as never)],
    ['lambda must be', () => lambda(undefined as never)],
    ['lambda must be', () => lambda('x' as never)],
    ['lambda must be', () => lambda([] as never, 1)],
    ['A variable of lambda', () => lambda([''], 1)],
    ['A variable of lambda', () => lambda([1 as never], 1)],
    ['the same name', () => lambda(['v', 'v'], 1)],
    ['The body of lambda', () => lambda(['v'], undefined as never)],
    ['The body of lambda', () => lambda(['v'], ((v: Expr) => v) as never)],
    ['The name of lambdaVar', () => lambdaVar('')],
    ['The name of lambdaVar', () => lambdaVar(col('x') as never)],
  ])('rejects with a message that contains "%s"', (where, run) => {
    expect(refused(run)).toContain(where);
  });
});

describe('toArgumentNode', () => {
  it('takes operands and functions', () => {
    expect(toArgumentNode('text', 'it')).toEqual({ kind: 'literal', value: { type: 'utf8', value: 'text' } });
    const a = col('a');
    expect(toArgumentNode(a, 'it')).toBe(a.node);
    expect(toArgumentNode((v) => v, 'it')).toEqual(lambda((v) => v).node);
  });

  it.each([undefined, {}, [], Symbol('s')])('rejects %s', (value) => {
    expect(refused(() => toArgumentNode(value as never, 'it'))).toMatch(/^it (is|must not be) /);
  });
});
