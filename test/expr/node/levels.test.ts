import { describe, expect, it } from 'vitest';

import { lambda } from '../../../src/expr/builders/lambda.js';
import { col, type Expr, lit } from '../../../src/expr/expr.js';
import { callFunction } from '../../../src/functions/call/call.js';
import { refused } from '../../support/refused.js';

const a = col('a');

const GROWTH: [string, (expr: Expr) => Expr][] = [
  ['add', (expr) => expr.add(1)],
  ['an operand', (expr) => lit(1).add(expr)],
  ['not', (expr) => expr.not()],
  ['alias', (expr) => expr.alias('b').neg()],
  ['a call', (expr) => callFunction('abs', expr)],
  ['a list', (expr) => a.inList([expr])],
  ['sort keys', (expr) => callFunction('array_agg', a).orderBy(expr.desc())],
];

describe('expressions of thousands of operations', () => {
  it.each(GROWTH)('can be built and printed: %s', (_, next) => {
    let expr = a;
    for (let i = 0; i < 2500; i++) expr = next(expr);
    expect(String(expr).length).toBeGreaterThan(2500);
  });

  it.each(GROWTH)('are rejected at ten thousand: %s', (_, next) => {
    let expr = a;
    const message = refused(() => {
      for (let i = 0; i < 20_000; i++) expr = next(expr);
    });
    expect(message).toContain('more than 10,000 operations inside one another');
    // What was built before can still be used.
    expect(String(expr)).toContain('a');
  });

  it('can be built and printed: lambdas', () => {
    let expr = a;
    for (let i = 0; i < 1000; i++)
      expr = callFunction(
        'f',
        a,
        lambda((x) => x.add(expr)),
      );
    expect(String(expr)).toContain('x -> x + f(a, x -> x + f(a');
  });

  it('may contain long lists', () => {
    const values = Array.from({ length: 100_000 }, (_, i) => i);
    expect(String(a.inList(values))).toContain('99999)');
  });

  it('are rejected if they double too often', () => {
    let expr = a;
    expect(
      refused(() => {
        for (let i = 0; i < 60; i++) expr = expr.mul(expr);
      }),
    ).toContain('more than a million parts');
  });
});

describe('literals', () => {
  it('are rejected if they are nested too deeply or contain themselves', () => {
    const list: unknown[] = [];
    list.push(list);
    const struct: Record<string, unknown> = {};
    struct['self'] = struct;
    for (const value of [list, struct, new Map([['k', list]])])
      expect(refused(() => lit(value as never))).toContain('nested more than 30 levels deep, or contains itself');
  });
});
