/**
 * Metrics of operators.
 *
 * @module
 */

import { bytesText, countText, durationText } from './amount.js';
import type { MetricData } from './plan-node.js';

/** The kinds of metrics that can be summed over partitions. A sum of timestamps or ratios has no meaning. */
const SUMMABLE: ReadonlySet<string> = new Set(['count', 'bytes', 'time', 'gauge']);

/**
 * One metric of an operator. From DataFusion's `Metric`.
 *
 * A value is a `number` of rows, bytes or nanoseconds. Above 2^53 (104 days of compute time) it is the nearest double.
 */
export class Metric {
  readonly #data: MetricData;

  /** @internal Created by a {@link MetricsSet}. */
  constructor(data: MetricData) {
    this.#data = data;
  }

  /** The name, such as `'output_rows'` or `'elapsed_compute'`. */
  get name(): string {
    return this.#data.name;
  }

  /**
   * The value. Times are in nanoseconds, timestamps in milliseconds since 1970 (see {@link valueAsDate}). `undefined` for a
   * metric that is not a whole number, such as a ratio, and for one that was not measured.
   */
  get value(): number | undefined {
    return this.#data.value === null ? undefined : Number(this.#data.value);
  }

  /** The value of a timestamp (`start_timestamp`, `end_timestamp`); `undefined` for other metrics. */
  get valueAsDate(): Date | undefined {
    const { value } = this;
    return this.#data.kind === 'timestamp' && value !== undefined ? new Date(value) : undefined;
  }

  /** The partition of the value; `undefined` if it covers all partitions, as always after a run on a cluster. */
  get partition(): number | undefined {
    return this.#data.partition ?? undefined;
  }

  /** Labels that distinguish values of the same name, such as `{ file: 'a.parquet' }`. */
  get labels(): Readonly<Record<string, string>> {
    return { ...this.#data.labels };
  }

  /** @internal Whether values of several partitions can be summed. */
  get summable(): boolean {
    return SUMMABLE.has(this.#data.kind);
  }

  /** @internal The kind: `'time'`, `'bytes'`, … */
  get kind(): string {
    return this.#data.kind;
  }

  /** The value with its unit: `elapsed_compute=1.23ms` */
  toString(): string {
    return `${this.name}=${this.#data.text}`;
  }

  /** @internal */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return `Metric { ${this.toString()} }`;
  }
}

/**
 * All metrics of one operator. Sums are over its partitions; they are `undefined` if there is no metric of the name. From
 * DataFusion's `MetricsSet`.
 */
export class MetricsSet {
  readonly #metrics: readonly Metric[];

  /** @internal Created by an `ExecutionPlan`. */
  constructor(metrics: readonly MetricData[]) {
    this.#metrics = metrics.map((data) => new Metric(data));
  }

  /** Every metric separately. */
  metrics(): Metric[] {
    return [...this.#metrics];
  }

  /** The number of output rows. */
  get outputRows(): number | undefined {
    return this.sumByName('output_rows');
  }

  /** The compute time over all partitions, in nanoseconds, without waiting for inputs. */
  get elapsedCompute(): number | undefined {
    return this.sumByName('elapsed_compute');
  }

  /** How often it spilled to disk because memory was short. */
  get spillCount(): number | undefined {
    return this.sumByName('spill_count');
  }

  /** The bytes it spilled to disk. */
  get spilledBytes(): number | undefined {
    return this.sumByName('spilled_bytes');
  }

  /** The rows it spilled to disk. */
  get spilledRows(): number | undefined {
    return this.sumByName('spilled_rows');
  }

  /** The sum of all values of a name; `undefined` for metrics that cannot be summed, such as timestamps and ratios. */
  sumByName(name: string): number | undefined {
    let sum: number | undefined;
    for (const metric of this.#metrics) {
      if (metric.name === name && metric.summable && metric.value !== undefined) sum = (sum ?? 0) + metric.value;
    }
    return sum;
  }

  /** @internal The longest time metric, summed over partitions. */
  get longest(): { name: string; nanoseconds: number } | undefined {
    const names = new Set(this.#metrics.filter(({ kind }) => kind === 'time').map(({ name }) => name));
    const times = [...names].map((name) => ({ name, nanoseconds: this.sumByName(name) ?? 0 }));
    return times.sort((a, b) => b.nanoseconds - a.nanoseconds)[0];
  }

  /**
   * One value per name, summed over partitions: `output_rows=3, elapsed_compute=1.2 ms`. Leaves out timestamps, and metrics with
   * several values that cannot be summed.
   */
  toString(): string {
    return this.texts().join(', ');
  }

  /** @internal The parts of {@link toString}. */
  texts(): string[] {
    const byName = new Map<string, Metric[]>();
    for (const metric of this.#metrics) byName.set(metric.name, [...(byName.get(metric.name) ?? []), metric]);
    return [...byName.values()].flatMap(([first, ...more]) => {
      if (!first || first.kind === 'timestamp') return [];
      const sum = this.sumByName(first.name);
      if (sum !== undefined) return [`${first.name}=${amountText(sum, first.kind)}`];
      return more.length === 0 ? [String(first)] : [];
    });
  }

  /** @internal */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return `MetricsSet { ${this.toString()} }`;
  }
}

function amountText(amount: number, kind: string): string {
  if (kind === 'time') return durationText(amount);
  return kind === 'bytes' ? bytesText(amount) : countText(amount);
}
