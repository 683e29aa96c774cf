import { describe, expect, it } from 'vitest';

import { when } from '../../../src/expr/builders/case.js';
import { lambda } from '../../../src/expr/builders/lambda.js';
import { col, Expr, lit } from '../../../src/expr/expr.js';
import { encode } from '../../../src/expr/node/encode.js';
import type { ExprNode } from '../../../src/expr/node/node.js';
import { callFunction } from '../../../src/functions/call/call.js';

const a = col('a');

/** Applies a function many times. */
function repeated(times: number, next: (expr: Expr) => Expr, expr: Expr = a): Expr {
  for (let i = 0; i < times; i++) expr = next(expr);
  return expr;
}

/** Puts the parts of deep expressions back where they belong, as Rust does, and counts the levels of the JSON. */
function decode(json: string): { text: string; levels: number } {
  let most = 0;
  const restore = (value: unknown, parts: unknown[], level: number): unknown => {
    most = Math.max(most, level);
    if (typeof value !== 'object' || value === null) return value;
    if (Array.isArray(value)) return value.map((item) => restore(item, parts, level + 1));
    const { kind, at, steps } = value as { kind?: string; at: number; steps: unknown[] };
    if (kind === 'step') {
      const part = parts[at];
      expect(part).toBeDefined();
      delete parts[at];
      return part;
    }
    if (kind !== 'steps')
      return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, restore(item, parts, level + 1)]));
    const built: unknown[] = [];
    for (const step of steps) built.push(restore(step, built, level + 2));
    return built.at(-1);
  };
  const node = restore(JSON.parse(json), [], 1) as ExprNode;
  return { text: String(new Expr(node)), levels: most };
}

const transform = (list: Expr, body: (x: Expr) => Expr) => callFunction('array_transform', list, lambda(body));

describe('encode', () => {
  it('leaves other data as it is', () => {
    const data = { exprs: [a.add(1).node], name: 'x', list: [1, null] };
    expect(encode(data)).toBe(JSON.stringify(data));
  });

  it.each<[string, Expr]>([
    ['chains', repeated(1500, (expr) => expr.add(1))],
    ['chains to the right', repeated(1500, (expr) => lit(1).sub(expr))],
    ['mixed operators', repeated(500, (expr) => expr.mul(2).neg().cast('Int64'))],
    ['calls', repeated(700, (expr) => callFunction('f', 1, expr, 'x').alias('y'))],
    ['branches', repeated(300, (expr) => when(a.gt(1), expr.isNull()).when(a.isNull(), a).otherwise(2))],
    [
      'windows',
      repeated(200, (expr) => callFunction('sum', a).over({ partitionBy: [a], orderBy: [a.add(expr).desc()] })),
    ],
    ['the same part twice', ((part) => part.eq(part).and(part))(repeated(200, (expr) => expr.add(1)))],
    ['parts that skip levels', repeated(300, (expr) => repeated(17, (inner) => inner.not()).and(expr.or(a)))],
    [
      'a lambda',
      repeated(
        20,
        (expr) => expr.add(1),
        transform(a, (x) => repeated(100, (y) => y.add(1), x)),
      ),
    ],
  ])('writes deep expressions as lists of parts: %s', (_, expr) => {
    const { text, levels } = decode(encode(expr.node));
    expect(text).toBe(String(expr));
    expect(levels).toBeLessThan(128);
  });

  it('keeps the parts of a lambda inside it', () => {
    const json = encode(transform(a, (x) => repeated(100, (y) => y.add(1), x)).node);
    expect(json).toContain('"body":{"kind":"steps"');
  });
});
