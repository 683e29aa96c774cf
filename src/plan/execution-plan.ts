/**
 * How the engine runs a query.
 *
 * @module
 */

import { BallistaError, invalid } from '../errors.js';
import { describe } from '../params.js';
import type { SessionContext } from '../session-context.js';
import { toPlanBytes } from './bytes.js';
import { type ExecutionPlanHandle, engineOf } from './engine.js';
import { MetricsSet } from './metrics.js';
import type { PhysicalPartitioning, PlanNode, StageData } from './node.js';

/** Where an operator is inside the engine. */
interface Place {
  readonly handle: ExecutionPlanHandle;
  /** From the root: indexes of children. */
  readonly path: readonly number[];
}

/** Out of reach for users, in reach for contexts. */
const places = new WeakMap<object, Place>();

/** @internal The plan inside the engine, and the operator's place in it. */
export function placeOf(plan: unknown, where: string): Place {
  if (!(plan instanceof ExecutionPlan)) throw invalid(`${where} must be an ExecutionPlan, not ${describe(plan)}`);
  const place = places.get(plan);
  if (!place) {
    throw new BallistaError(
      'NOT_IMPLEMENTED',
      `${where}: a stage that ran is a record; take df.executionPlan() instead`,
    );
  }
  return place;
}

/**
 * How the engine runs a query: an immutable tree of operators, each with its partitions. Made by `df.executionPlan()`;
 * on a cluster the scheduler plans anew and cuts the plan into {@link PlanStage}s. From DataFusion's `ExecutionPlan`.
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

  /** @internal Made by {@link fromHandle}, {@link fromBytes} and {@link readStages}. */
  constructor(node: PlanNode, place?: Place) {
    this.#node = node;
    if (place) places.set(this, place);
  }

  /** @internal */
  static fromHandle(handle: ExecutionPlanHandle): ExecutionPlan {
    return new ExecutionPlan(JSON.parse(handle.tree()) as PlanNode, { handle, path: [] });
  }

  /**
   * Reads what {@link toBytes} wrote.
   *
   * @throws BallistaError `PLAN` for bytes of something else and for an unknown function, `INVALID_ARGUMENT`, `CLOSED`
   */
  static fromBytes(ctx: SessionContext, bytes: Uint8Array): ExecutionPlan {
    const engine = engineOf(ctx, 'ExecutionPlan.fromBytes');
    return ExecutionPlan.fromHandle(engine.executionPlanFromBytes(toPlanBytes(bytes, 'ExecutionPlan.fromBytes')));
  }

  /** The name of the operator: `'FilterExec'`. */
  get name(): string {
    return this.#node.name;
  }

  /** The operators it reads from; none below a source. */
  get children(): readonly ExecutionPlan[] {
    const place = places.get(this);
    this.#children ??= Object.freeze(
      this.#node.children.map((child, i) => new ExecutionPlan(child, place && { ...place, path: [...place.path, i] })),
    );
    return this.#children;
  }

  /** How many partitions it gives; `undefined` as {@link outputPartitioning}. */
  get partitionCount(): number | undefined {
    return this.outputPartitioning?.partitionCount;
  }

  /** How its rows are spread over partitions; `undefined` for what ran on a cluster, which keeps no record of it. */
  get outputPartitioning(): PhysicalPartitioning | undefined {
    return this.#node.partitioning;
  }

  /** @internal The number of the stage whose result it reads. */
  get inputStage(): number | undefined {
    // A scheduler tells of what ran as lines of text only.
    const stage = this.name === 'ShuffleReaderExec' ? /upstream_stage: (\d+)/.exec(this.#node.display)?.[1] : undefined;
    return stage === undefined ? undefined : Number(stage);
  }

  /** This operator, in one line. */
  display(): string {
    return this.#node.display;
  }

  /** One operator a line, inputs indented below; with metrics, where it ran. */
  displayIndent(): string {
    return lines(this, 0).join('\n');
  }

  /**
   * As protobuf, for {@link fromBytes}. Readable by the same version of the engine only.
   *
   * @throws BallistaError `NOT_IMPLEMENTED` for a stage that ran, and for a plan that has no such form
   */
  toBytes(): Uint8Array {
    const { handle, path } = placeOf(this, 'toBytes');
    return handle.toBytes(path);
  }

  /** What the operator measured; `undefined` for nothing, as before it ran: see `df.analyze()`. */
  metrics(): MetricsSet | undefined {
    const { metrics = [] } = this.#node;
    return metrics.length > 0 ? new MetricsSet(metrics) : undefined;
  }

  /** {@link display} and {@link metrics} of every operator that has metrics, this one first, inputs after. */
  collectMetrics(): [display: string, metrics: MetricsSet][] {
    const metrics = this.metrics();
    const below = this.children.flatMap((child) => child.collectMetrics());
    return metrics ? [[this.display(), metrics], ...below] : below;
  }

  /** As {@link displayIndent}. */
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

/** A part of a query that ran: on a cluster, what is between two shuffles. From Ballista's `QueryStage`. */
export interface PlanStage {
  /** Its number, from 1; stages read from those of lower numbers. 0 for a query that ran in this process, as one. */
  readonly stage: number;
  /** How many tasks it ran as. */
  readonly partitions: number;
  /** Its operators, with their metrics. */
  readonly plan: ExecutionPlan;
}

/** @internal The stages of a query that ran, from the JSON of the engine. */
export function readStages(json: string): readonly PlanStage[] {
  const { stages } = JSON.parse(json) as { stages: readonly StageData[] };
  return Object.freeze(
    stages.map(({ stage, partitions, root }) =>
      Object.freeze({ stage, partitions, plan: new ExecutionPlan(stage === 0 ? root : summed(root)) }),
    ),
  );
}

/** A scheduler adds up partitions, and puts the number of the stage in place of theirs. */
function summed(node: PlanNode): PlanNode {
  const metrics = (node.metrics ?? []).map((metric) => ({ ...metric, partition: null }));
  return { ...node, metrics, children: node.children.map(summed) };
}
