import { describe, expect, it, vi } from 'vitest';

import { exists } from '../../src/expr/builders/subquery.js';
import { col, Expr } from '../../src/expr/expr.js';
import { provideEngine } from '../../src/expr/expr-engine.js';
import { refused } from '../support/refused.js';
import { thrown } from '../support/thrown.js';

const a = col('a');
const frame = { toSql: () => 'SELECT 1' };

describe('without an engine', () => {
  it('fails only in methods that need it', async () => {
    vi.resetModules();
    const { col, Expr } = await import('../../src/expr/expr.js');
    const a = col('a');
    for (const run of [() => a.toBytes(), () => a.schemaName(), () => Expr.fromBytes(Uint8Array.of(1))])
      expect(thrown(run)).toMatchObject({ code: 'ADDON', message: expect.stringContaining('addon') });
  });
});

describe('with an engine', () => {
  it('passes nodes to the engine as JSON', () => {
    provideEngine({
      exprToBytes: (node) => Buffer.from(node),
      exprFromBytes: (bytes) => `SQL of ${bytes.length}`,
      exprName: (node) => `name of ${(JSON.parse(node) as { kind: string }).kind}`,
    });
    const bytes = a.add(1).toBytes();
    expect(JSON.parse(Buffer.from(bytes).toString())).toEqual(a.add(1).node);
    expect(a.add(1).schemaName()).toBe('name of binary');
    // A view of a larger buffer.
    const decoded = Expr.fromBytes(new Uint8Array([9, 1, 2, 9]).subarray(1, 3));
    expect(decoded.node).toEqual({ kind: 'encoded', bytes: Buffer.from([1, 2]).toString('base64'), text: 'SQL of 2' });
    expect(String(decoded.and(true))).toBe('(SQL of 2) AND true');
  });

  it('rejects expressions with subqueries', () => {
    for (const expr of [exists(frame), a.inSubquery(frame), a.add(1).and(exists(frame).not())]) {
      expect(refused(() => expr.toBytes())).toContain('a subquery belongs to a context');
      expect(refused(() => expr.schemaName())).toContain('a subquery');
    }
  });

  it.each([undefined, null, 'CgA=', [1], new ArrayBuffer(1), new Uint16Array(1)])('rejects %s as bytes', (bytes) => {
    expect(refused(() => Expr.fromBytes(bytes as never))).toContain('must be a Uint8Array');
  });
});
