/**
 * Physical plans as data, as the engine returns them.
 *
 * @module
 */

/** An operator with its inputs. */
export interface PlanNode {
  /** The name, such as `'FilterExec'`. */
  readonly name: string;
  /** The name and details of the operator, in one line. */
  readonly display: string;
  /** Absent for a stage that ran on a cluster. */
  readonly partitioning?: PhysicalPartitioning;
  /** Empty or absent before the query runs. */
  readonly metrics?: readonly MetricData[];
  readonly children: readonly PlanNode[];
}

/** How the rows of an operator are partitioned. From DataFusion's `Partitioning`. */
export interface PhysicalPartitioning {
  /** The partitioning scheme. `'UnknownPartitioning'`: the partition of a row is not known. */
  readonly scheme: 'RoundRobinBatch' | 'Hash' | 'Range' | 'UnknownPartitioning';
  /** The number of partitions. */
  readonly partitionCount: number;
  /** For `'Hash'`: the expressions that determine the partition of a row. */
  readonly hashExpressions?: readonly string[];
}

/** A metric value. */
export interface MetricData {
  readonly name: string;
  /** An integer as a string; `null` if the metric has none. */
  readonly value: string | null;
  /** The value with its unit, for display. */
  readonly text: string;
  /** `'time'` is in nanoseconds, `'timestamp'` in milliseconds since 1970. */
  readonly kind: string;
  readonly partition?: number | null;
  readonly labels: Readonly<Record<string, string>>;
}

/** A stage of a query that ran. */
export interface StageData {
  readonly stage: number;
  readonly partitions: number;
  readonly root: PlanNode;
}
