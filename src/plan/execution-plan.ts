/**
 * Physical plans.
 *
 * @module
 */

import { BallistaError } from '../errors.js';
import { Handles } from '../input/handles.js';
import { toPlanBytes } from './bytes.js';
import { MetricsSet } from './metrics.js';
import { type ExecutionPlanHandle, engineOf, type PlanContext } from './plan-engine.js';
import type { PhysicalPartitioning, PlanNode, StageData } from './plan-node.js';

/** The position of an operator in an engine plan. */
interface Place {
  readonly handle: ExecutionPlanHandle;
  /** The path from the root, as child indexes. */
  readonly path: readonly number[];
}

/** The positions of plans. Users cannot access them; contexts can. */
const places = new Handles<Place>('must be an ExecutionPlan');

/** @internal The engine's plan, and the position of the operator in it. */
export function placeOf(plan: unknown, where: string): Place {
  const place = plan instanceof ExecutionPlan ? places.get(plan) : places.of(plan, where);
  if (!place) {
    throw new BallistaError(
      'NOT_IMPLEMENTED',
      `${where}: the plan of a stage that ran cannot be used here. Use df.executionPlan() instead.`,
    );
  }
  return place;
}

/**
 * A physical plan: an immutable tree of operators, each with its partitions. Created by `df.executionPlan()`. On a cluster the
 * scheduler makes its own plan and splits it into {@link PlanStage}s. From DataFusion's `ExecutionPlan`.
 *
 * @example
 * ```ts
 * const plan = await df.aggregate('origin', f.count().alias('n')).executionPlan();
 * console.log(plan.name, plan.partitionCount);
 * console.log(String(plan));
 * ```
 */
export class ExecutionPlan {
  readonly #node: PlanNode;
  #children: readonly ExecutionPlan[] | undefined;

  /** @internal Created by {@link fromHandle}, {@link fromBytes} and {@link readStages}. */
  constructor(node: PlanNode, place?: Place) {
    this.#node = node;
    if (place) places.set(this, place);
  }

  /** @internal */
  static fromHandle(handle: ExecutionPlanHandle): ExecutionPlan {
    return new ExecutionPlan(JSON.parse(handle.tree()) as PlanNode, { handle, path: [] });
  }

  /**
   * Reads a plan from the bytes of {@link toBytes}.
   *
   * @throws BallistaError `PLAN` for other bytes and for an unknown function, `INVALID_ARGUMENT`, `CLOSED`
   */
  static fromBytes(ctx: PlanContext, bytes: Uint8Array): ExecutionPlan {
    const engine = engineOf(ctx, 'ExecutionPlan.fromBytes');
    return ExecutionPlan.fromHandle(engine.executionPlanFromBytes(toPlanBytes(bytes, 'ExecutionPlan.fromBytes')));
  }

  /** The name of the operator, such as `'FilterExec'`. */
  get name(): string {
    return this.#node.name;
  }

  /** The input operators. Empty for a source. */
  get children(): readonly ExecutionPlan[] {
    const place = places.get(this);
    this.#children ??= Object.freeze(
      this.#node.children.map((child, i) => new ExecutionPlan(child, place && { ...place, path: [...place.path, i] })),
    );
    return this.#children;
  }

  /** The number of output partitions; `undefined` if {@link outputPartitioning} is. */
  get partitionCount(): number | undefined {
    return this.outputPartitioning?.partitionCount;
  }

  /** How rows are partitioned. `undefined` for a stage that ran on a cluster, which does not record it. */
  get outputPartitioning(): PhysicalPartitioning | undefined {
    return this.#node.partitioning;
  }

  /** @internal The number of the stage that it reads from. */
  get inputStage(): number | undefined {
    // A scheduler describes stages that ran only as lines of text.
    const stage = this.name === 'ShuffleReaderExec' ? /upstream_stage: (\d+)/.exec(this.#node.display)?.[1] : undefined;
    return stage === undefined ? undefined : Number(stage);
  }

  /** This operator as one line. */
  display(): string {
    return this.#node.display;
  }

  /** The plan with one operator per line, inputs indented below, and with metrics if it ran. */
  displayIndent(): string {
    return lines(this, 0).join('\n');
  }

  /**
   * The plan as protobuf, for {@link fromBytes}. Only the same version of the engine can read it.
   *
   * @throws BallistaError `NOT_IMPLEMENTED` for a stage that ran, and for a plan that cannot be serialized
   */
  toBytes(): Uint8Array {
    const { handle, path } = placeOf(this, 'toBytes');
    return handle.toBytes(path);
  }

  /** The metrics of this operator; `undefined` if there are none, as before it ran. See `df.analyze()`. */
  metrics(): MetricsSet | undefined {
    const { metrics = [] } = this.#node;
    return metrics.length > 0 ? new MetricsSet(metrics) : undefined;
  }

  /** {@link display} and {@link metrics} of every operator that has metrics: this one first, then its inputs. */
  collectMetrics(): [display: string, metrics: MetricsSet][] {
    const metrics = this.metrics();
    const below = this.children.flatMap((child) => child.collectMetrics());
    return metrics ? [[this.display(), metrics], ...below] : below;
  }

  /** Same as {@link displayIndent}. */
  toString(): string {
    return this.displayIndent();
  }

  /** @internal */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return `ExecutionPlan {\n${lines(this, 1).join('\n')}\n}`;
  }
}

function lines(plan: ExecutionPlan, depth: number): string[] {
  const metrics = plan.metrics();
  const line = `${'  '.repeat(depth)}${plan.display()}${metrics ? `, metrics=[${metrics}]` : ''}`;
  return [line, ...plan.children.flatMap((child) => lines(child, depth + 1))];
}

/** A stage of a query that ran. On a cluster, stages are separated by shuffles. From Ballista's `QueryStage`. */
export interface PlanStage {
  /** The number of the stage, from 1. A stage reads only from lower numbers. 0 for a query that ran in this process. */
  readonly stage: number;
  /** The number of partitions of its data. */
  readonly partitions: number;
  /** The operators, with metrics. */
  readonly plan: ExecutionPlan;
}

/** @internal Reads the stages of a query that ran, from the engine's JSON. */
export function readStages(json: string): readonly PlanStage[] {
  const { stages } = JSON.parse(json) as { stages: readonly StageData[] };
  return Object.freeze(
    stages.map(({ stage, partitions, root }) =>
      Object.freeze({ stage, partitions, plan: new ExecutionPlan(stage === 0 ? root : summed(root)) }),
    ),
  );
}

/** Removes the partition of metrics: a scheduler sums them over partitions and puts the stage number there. */
function summed(node: PlanNode): PlanNode {
  const metrics = (node.metrics ?? []).map((metric) => ({ ...metric, partition: null }));
  return { ...node, metrics, children: node.children.map(summed) };
}
