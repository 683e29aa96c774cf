/**
 * Connects plans of this package to the addon: implements `plan/plan-engine.ts`.
 *
 * @module
 */

import type { NativeExecutionPlan, NativeLogicalPlan, NativeSession } from '../binding.cjs';
import { call, callSync } from '../native.js';
import { ExecutionPlan, placeOf } from '../plan/execution-plan.js';
import { LogicalPlan, logicalPlans } from '../plan/logical-plan.js';
import {
  connectContext,
  connectSubstrait,
  type ExecutionPlanHandle,
  type LogicalPlanFormat,
  type LogicalPlanHandle,
  type PlanContext,
} from '../plan/plan-engine.js';

connectSubstrait({
  toJson: (bytes) => callSync((binding) => binding.substraitToJson(bytes)),
  fromJson: (json) => toBytes(callSync((binding) => binding.substraitFromJson(json))),
});

/** Wraps a logical plan of the addon. */
export function toLogicalPlan(plan: NativeLogicalPlan): LogicalPlan {
  return new LogicalPlan(new LogicalHandle(plan));
}

/** Wraps a physical plan of the addon. */
export function toExecutionPlan(plan: NativeExecutionPlan): ExecutionPlan {
  return ExecutionPlan.fromHandle(new ExecutionHandle(plan));
}

/** @throws BallistaError `INVALID_ARGUMENT` if the value is not a LogicalPlan */
export function nativeLogicalPlanOf(plan: unknown, where: string): NativeLogicalPlan {
  return (logicalPlans.of(plan, where) as LogicalHandle).native;
}

/**
 * The native plan that an operator belongs to, and the path of the operator in it.
 *
 * @throws BallistaError `INVALID_ARGUMENT` if the value is not an ExecutionPlan, `NOT_IMPLEMENTED` for a stage that ran
 */
export function nativeExecutionPlanOf(plan: unknown, where: string): { native: NativeExecutionPlan; path: number[] } {
  const { handle, path } = placeOf(plan, where);
  return { native: (handle as ExecutionHandle).native, path: [...path] };
}

/** Registers a context for `LogicalPlan.fromBytes`, `substrait` and similar functions. */
export function connectPlans(
  ctx: PlanContext,
  session: NativeSession,
  { assertOpen, planSql }: { assertOpen: () => void; planSql: (query: string) => Promise<NativeLogicalPlan> },
): void {
  connectContext(ctx, {
    planSql: async (query) => new LogicalHandle(await planSql(query)),
    planFromBytes: (bytes) => {
      assertOpen();
      return new LogicalHandle(callSync(() => session.planFromBytes(bytes)));
    },
    planFromSubstrait: async (bytes) => {
      assertOpen();
      return new LogicalHandle(await call(() => session.planFromSubstrait(bytes)));
    },
    executionPlanFromBytes: (bytes) => {
      assertOpen();
      return new ExecutionHandle(callSync(() => session.executionPlanFromBytes(bytes)));
    },
  });
}

class LogicalHandle implements LogicalPlanHandle {
  readonly native: NativeLogicalPlan;

  constructor(native: NativeLogicalPlan) {
    this.native = native;
  }

  inputs(): LogicalHandle[] {
    return callSync(() => this.native.inputs()).map((input) => new LogicalHandle(input));
  }

  display(format: LogicalPlanFormat): string {
    return callSync(() => this.native.display(format));
  }

  toBytes(): Uint8Array {
    return toBytes(callSync(() => this.native.toBytes()));
  }

  toSql(dialect: string, pretty: boolean): string {
    return callSync(() => this.native.toSql(dialect, pretty));
  }

  async toSubstrait(): Promise<Uint8Array> {
    return toBytes(await call(() => this.native.toSubstrait()));
  }
}

class ExecutionHandle implements ExecutionPlanHandle {
  readonly native: NativeExecutionPlan;

  constructor(native: NativeExecutionPlan) {
    this.native = native;
  }

  tree(): string {
    return callSync(() => this.native.tree());
  }

  toBytes(path: readonly number[]): Uint8Array {
    return toBytes(callSync(() => this.native.toBytes([...path])));
  }
}

/** A plain Uint8Array: a Buffer is one, but its `slice` behaves differently. */
function toBytes(buffer: Buffer): Uint8Array {
  return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength);
}
