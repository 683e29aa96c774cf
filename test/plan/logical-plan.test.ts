import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';

import { LogicalPlan, logicalPlans } from '../../src/plan/logical-plan.js';
import type { LogicalPlanHandle } from '../../src/plan/plan-engine.js';
import { thrown } from '../support/thrown.js';

const table: LogicalPlanHandle = {
  inputs: () => [],
  display: (format) => `TableScan: t (${format})`,
  toBytes: () => Uint8Array.of(1),
  toSql: (dialect, pretty) => `${dialect} ${pretty}`,
  toSubstrait: async () => Uint8Array.of(2),
};
const plan = new LogicalPlan({
  ...table,
  inputs: () => [table],
  display: (format) => `Limit: 1 (${format})\n  TableScan: t`,
});

describe('LogicalPlan', () => {
  it('prints in the formats of the engine', () => {
    expect(plan.display()).toContain('(line)');
    expect(plan.displayIndent()).toContain('(indent)');
    expect(plan.displayIndentSchema()).toContain('(indentSchema)');
    expect(plan.displayGraphviz()).toContain('(graphviz)');
    expect(String(plan)).toBe(plan.displayIndent());
    expect(inspect(plan)).toBe('LogicalPlan {\n  Limit: 1 (indent)\n    TableScan: t\n}');
  });

  it('has inputs', () => {
    const [input] = plan.inputs();
    expect(input?.display()).toBe('TableScan: t (line)');
    expect(input?.inputs()).toEqual([]);
    expect(logicalPlans.of(input, 'it')).toBe(table);
  });

  it('writes SQL in the given dialect', () => {
    expect(plan.toSql()).toBe('default false');
    expect(plan.toSql({ dialect: 'duckdb', pretty: true })).toBe('duckdb true');
  });

  it.each([
    [{ dialect: 'oracle' }, 'one of "default", "mysql", "postgres", "sqlite", "duckdb"'],
    [{ dialekt: 'mysql' }, 'did you mean "dialect"'],
    [{ pretty: 1 }, 'true or false'],
    ['mysql', 'must be an object'],
  ])('toSql rejects %j', (options, message) => {
    const error = thrown(() => plan.toSql(options as never));
    expect(error.code).toBe('INVALID_ARGUMENT');
    expect(error.message.toLowerCase()).toContain(message);
  });

  it.each([undefined, null, 1, {}, 'plan'])('rejects %j in place of a LogicalPlan', (other) => {
    expect(thrown(() => logicalPlans.of(other, 'the plan')).message).toMatch(/^The plan must be a LogicalPlan, not /);
  });
});
