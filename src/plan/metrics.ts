/**
 * What operators measured while they ran.
 *
 * @module
 */

import { bytesText, countText, durationText } from './amount.js';
import type { MetricData } from './node.js';

/** What can be added up over partitions: a sum of points in time or of ratios means nothing. */
const SUMMABLE: ReadonlySet<string> = new Set(['count', 'bytes', 'time', 'gauge']);

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

  /** @internal `'time'`, `'bytes'`, … */
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

  /** @internal The longest time of all it measured, partitions added up. */
  get longest(): { name: string; nanoseconds: number } | undefined {
    const names = new Set(this.#metrics.filter(({ kind }) => kind === 'time').map(({ name }) => name));
    const times = [...names].map((name) => ({ name, nanoseconds: this.sumByName(name) ?? 0 }));
    return times.sort((a, b) => b.nanoseconds - a.nanoseconds)[0];
  }

  /**
   * One value a name, partitions added up: `output_rows=3, elapsed_compute=1.2 ms`. Without points in time, and without
   * what does not add up but has several values.
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
