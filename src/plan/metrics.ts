/**
 * What operators measured while they ran.
 *
 * @module
 */

import type { MetricData } from './node.js';

/** What can be added up over partitions: a sum of points in time or of ratios means nothing. */
const SUMMABLE: ReadonlySet<string> = new Set(['count', 'time', 'gauge']);

/**
 * One measured value of an operator. From DataFusion's `Metric`.
 *
 * A value is a `number`: rows, bytes, nanoseconds. Past 2^53 (104 days of compute time) it is the nearest one.
 */
export class Metric {
  readonly #data: MetricData;

  /** @internal Made by a {@link MetricsSet}. */
  constructor(data: MetricData) {
    this.#data = data;
  }

  /** `'output_rows'`, `'elapsed_compute'`, … */
  get name(): string {
    return this.#data.name;
  }

  /**
   * Times are in nanoseconds, points in time in milliseconds since 1970 (see {@link valueAsDate}). `undefined` for what is
   * not one whole number, as a ratio, and for what was not measured.
   */
  get value(): number | undefined {
    return this.#data.value === null ? undefined : Number(this.#data.value);
  }

  /** The value of a point in time (`start_timestamp`, `end_timestamp`); `undefined` for everything else. */
  get valueAsDate(): Date | undefined {
    const { value } = this;
    return this.#data.kind === 'timestamp' && value !== undefined ? new Date(value) : undefined;
  }

  /** The partition it was measured in; `undefined` where all of them are in one value, as always after a run on a cluster. */
  get partition(): number | undefined {
    return this.#data.partition ?? undefined;
  }

  /** What else tells this value from others of its name, as `{ file: 'a.parquet' }`. */
  get labels(): Readonly<Record<string, string>> {
    return { ...this.#data.labels };
  }

  /** @internal Whether values of several partitions add up. */
  get summable(): boolean {
    return SUMMABLE.has(this.#data.kind);
  }

  /** @internal Whether it is a span of time. */
  get isTime(): boolean {
    return this.#data.kind === 'time';
  }

  /** `output_rows=3` */
  toString(): string {
    const { name, value, valueAsDate } = this;
    return `${name}=${valueAsDate?.toISOString() ?? value ?? '?'}`;
  }

  /** @internal */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return `Metric { ${this.toString()} }`;
  }
}

/**
 * All values that one operator measured. Sums go over its partitions, and are `undefined` where nothing of the name was
 * measured. From DataFusion's `MetricsSet`.
 */
export class MetricsSet {
  readonly #metrics: readonly Metric[];

  /** @internal Made by an `ExecutionPlan`. */
  constructor(metrics: readonly MetricData[]) {
    this.#metrics = metrics.map((data) => new Metric(data));
  }

  /** Every value by itself. */
  metrics(): Metric[] {
    return [...this.#metrics];
  }

  /** Rows it gave. */
  get outputRows(): number | undefined {
    return this.sumByName('output_rows');
  }

  /** Time its code ran, over all partitions, in nanoseconds; without waiting for its inputs. */
  get elapsedCompute(): number | undefined {
    return this.sumByName('elapsed_compute');
  }

  /** How often it wrote to disk for lack of memory. */
  get spillCount(): number | undefined {
    return this.sumByName('spill_count');
  }

  /** Bytes it wrote to disk for lack of memory. */
  get spilledBytes(): number | undefined {
    return this.sumByName('spilled_bytes');
  }

  /** Rows it wrote to disk for lack of memory. */
  get spilledRows(): number | undefined {
    return this.sumByName('spilled_rows');
  }

  /** The sum of all values of a name; `undefined` also where they do not add up, as points in time and ratios. */
  sumByName(name: string): number | undefined {
    let sum: number | undefined;
    for (const metric of this.#metrics) {
      if (metric.name === name && metric.summable && metric.value !== undefined) sum = (sum ?? 0) + metric.value;
    }
    return sum;
  }

  /** @internal One metric a name, partitions added up; points in time and what has no value are left out. */
  summed(): Metric[] {
    const first = new Map(this.#metrics.filter(({ summable }) => summable).map((metric) => [metric.name, metric]));
    return [...first].flatMap(([name, { isTime }]) => {
      const sum = this.sumByName(name);
      const kind = isTime ? 'time' : 'count';
      return sum === undefined ? [] : [new Metric({ name, value: String(sum), kind, labels: {} })];
    });
  }

  /** `output_rows=3, elapsed_compute=1200` */
  toString(): string {
    return this.summed().join(', ');
  }

  /** @internal */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return `MetricsSet { ${this.toString()} }`;
  }
}
