import * as own from 'ballista/functions';
import * as ownSpark from 'ballista/spark';
import { describe, expect, it } from 'vitest';

import { col, type Expr } from '../../src/expr/expr.js';
import { ExprMethods } from '../../src/expr/generated/methods.js';
import { f, functions, spark } from '../../src/index.js';

describe('the namespaces f and spark', () => {
  it('have all functions of the subpaths', () => {
    expect(f).toBe(functions);
    for (const [name, value] of Object.entries(own)) expect(functions).toHaveProperty(name, value);
    for (const [name, value] of Object.entries(ownSpark)) expect(spark).toHaveProperty(name, value);
  });

  it('have aliases of functions', () => {
    expect(f.mean).toBe(f.avg);
    expect(f.listAppend).toBe(f.arrayAppend);
    expect(f.var_).toBe(f.varSamp);
    expect(spark.printf).toBe(spark.formatString);
  });

  it('call DataFusion’s and Spark’s functions', () => {
    expect(String(f.abs(1))).toBe('abs(1)');
    expect(String(spark.abs(1))).toBe('spark.abs(1)');
  });
});

describe('the methods of expressions', () => {
  const names = Object.getOwnPropertyNames(ExprMethods.prototype).filter((name) => name !== 'constructor');

  it('exist', () => {
    expect(names.length).toBeGreaterThanOrEqual(58);
  });

  it.each(names)('%s calls the function', (name) => {
    const method = (col('a') as unknown as Record<string, () => Expr>)[name]?.();
    const called = (functions as unknown as Record<string, (arg: Expr) => Expr>)[name]?.(col('a'));
    expect(String(method)).toBe(String(called));
  });
});
