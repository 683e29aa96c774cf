/**
 * A physical plan as data, as the engine hands it over.
 *
 * @module
 */

/** One operator and what is below it. */
export interface PlanNode {
  /** `'FilterExec'`. */
  readonly name: string;
  /** One line: the name and what it does. */
  readonly display: string;
  /** Before a run on a cluster only. */
  readonly partitioning?: PhysicalPartitioning;
  /** Empty or absent before a run. */
  readonly metrics?: readonly MetricData[];
  readonly children: readonly PlanNode[];
}

/** How the rows of an operator are spread over partitions. From DataFusion's `Partitioning`. */
export interface PhysicalPartitioning {
  /** `'UnknownPartitioning'`: nothing is known of which row is where. */
  readonly scheme: 'RoundRobinBatch' | 'Hash' | 'Range' | 'UnknownPartitioning';
  /** How many partitions there are. */
  readonly partitionCount: number;
  /** For `'Hash'`: the expressions whose values choose the partition. */
  readonly hashExpressions?: readonly string[];
}

/** One measured value. */
export interface MetricData {
  readonly name: string;
  /** An integer as text; `null` where there is none. */
  readonly value: string | null;
  /** The value for people, with its unit. */
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
