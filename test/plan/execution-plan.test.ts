import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';

import { ExecutionPlan, readStages } from '../../src/plan/execution-plan.js';
import { connectContext, type ExecutionPlanHandle } from '../../src/plan/plan-engine.js';
import type { SessionContext } from '../../src/session/session-context.js';
import { metric, planned, ran, twoStages } from '../support/plans.js';
import { thrown } from '../support/thrown.js';

/** A plan whose bytes are the requested path. */
const handle: ExecutionPlanHandle = {
  tree: () => JSON.stringify(planned('SortExec: a', planned('UnionExec', planned('A: 1'), planned('B: 2')))),
  toBytes: (path) => Uint8Array.from([9, ...path]),
};

describe('ExecutionPlan', () => {
  const plan = ExecutionPlan.fromHandle(handle);

  it('is a tree of operators', () => {
    expect(plan.name).toBe('SortExec');
    expect(plan.display()).toBe('SortExec: a');
    expect(plan.partitionCount).toBe(4);
    expect(plan.outputPartitioning).toEqual({ scheme: 'UnknownPartitioning', partitionCount: 4 });
    expect(plan.children[0]?.children.map(({ name }) => name)).toEqual(['A', 'B']);
    expect(plan.children).toBe(plan.children);
    expect(Object.isFrozen(plan.children)).toBe(true);
  });

  it('prints one operator a line', () => {
    const text = ['SortExec: a', '  UnionExec', '    A: 1', '    B: 2'];
    expect(plan.displayIndent()).toBe(text.join('\n'));
    expect(String(plan)).toBe(text.join('\n'));
    expect(inspect(plan)).toBe(`ExecutionPlan {\n${text.map((line) => `  ${line}`).join('\n')}\n}`);
  });

  it('returns the bytes of each operator', () => {
    expect([...plan.toBytes()]).toEqual([9]);
    expect([...(plan.children[0]?.children[1]?.toBytes() ?? [])]).toEqual([9, 0, 1]);
  });

  it('has no metrics before it runs', () => {
    expect(plan.metrics()).toBeUndefined();
    expect(plan.collectMetrics()).toEqual([]);
  });

  it('is restored from bytes by the context', () => {
    const ctx = {} as SessionContext;
    expect(thrown(() => ExecutionPlan.fromBytes(ctx, new Uint8Array(1))).code).toBe('INVALID_ARGUMENT');
    const never = (): never => {
      throw new Error('not asked for');
    };
    connectContext(ctx, {
      planSql: never,
      planFromBytes: never,
      planFromSubstrait: never,
      executionPlanFromBytes: () => handle,
    });
    expect(String(ExecutionPlan.fromBytes(ctx, new Uint8Array(1)))).toBe(String(plan));
    for (const bytes of [new Uint8Array(), 'bytes', [1], null, undefined]) {
      expect(thrown(() => ExecutionPlan.fromBytes(ctx, bytes as Uint8Array)).code).toBe('INVALID_ARGUMENT');
    }
  });

  it.each([undefined, null, 1, 'ctx', {}])('fromBytes rejects %s as a context', (ctx) => {
    const error = thrown(() => ExecutionPlan.fromBytes(ctx as never, new Uint8Array(1)));
    expect(error.code).toBe('INVALID_ARGUMENT');
    expect(error.message).toContain('ExecutionPlan.fromBytes takes a context');
  });
});

describe('the stages of a finished query', () => {
  const [first, second] = twoStages();

  it('have a number, partitions and operators', () => {
    expect(first).toMatchObject({ stage: 1, partitions: 2 });
    expect(second?.plan.name).toBe('AggregateExec');
    expect(second?.plan.partitionCount).toBeUndefined();
  });

  it('know which stage they read', () => {
    expect(first?.plan.inputStage).toBeUndefined();
    expect(second?.plan.children[0]?.inputStage).toBe(1);
    const [only] = readStages(
      JSON.stringify({ stages: [{ stage: 1, partitions: 1, root: ran('FilterExec: upstream_stage: 7', 1, 1) }] }),
    );
    expect(only?.plan.inputStage).toBeUndefined();
  });

  it('have metrics', () => {
    expect(second?.plan.metrics()?.outputRows).toBe(200);
    expect(
      first?.plan.collectMetrics().map(([display, { outputRows }]) => [display.split(':')[0], outputRows]),
    ).toEqual([
      ['ShuffleWriterExec', 400],
      ['AggregateExec', 400],
      ['DataSourceExec', 3_000_000],
    ]);
    expect(String(second?.plan).split('\n')[0]).toBe(
      'AggregateExec: mode=FinalPartitioned, metrics=[output_rows=200, elapsed_compute=4 ms]',
    );
  });

  it('have no partitions in metrics that a scheduler has added up', () => {
    const partition = (stage: number): number | undefined => {
      const root = { ...ran('A', 1, 1), metrics: [metric('output_rows', 1, 'count', { partition: 3 })] };
      const [only] = readStages(JSON.stringify({ stages: [{ stage, partitions: 1, root }] }));
      return only?.plan.metrics()?.metrics()[0]?.partition;
    };
    expect(partition(2)).toBeUndefined();
    expect(partition(0)).toBe(3);
  });

  it('have no bytes', () => {
    const error = thrown(() => first?.plan.toBytes());
    expect(error.code).toBe('NOT_IMPLEMENTED');
    expect(error.message).toContain('df.executionPlan()');
  });
});
