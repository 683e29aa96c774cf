/**
 * Metrics of this process. The names are those that Prometheus and its library for Node use.
 *
 * @module
 */

import { type IntervalHistogram, monitorEventLoopDelay } from 'node:perf_hooks';

import { type MetricFamily, metric } from './metric-families.js';

/** Measures this process until it is closed. */
export class ProcessMetrics {
  readonly #delay: IntervalHistogram = monitorEventLoopDelay({ resolution: 10 });

  constructor() {
    this.#delay.enable();
  }

  /** Memory, processor time, age, and the delay of the event loop since the last call. */
  families(): readonly MetricFamily[] {
    const { rss, heapUsed } = process.memoryUsage();
    const { user, system } = process.cpuUsage();
    const seconds = (nanoseconds: number): number => (Number.isFinite(nanoseconds) ? nanoseconds / 1e9 : 0);
    const delays = { p50: this.#delay.percentile(50), p99: this.#delay.percentile(99), max: this.#delay.max };
    this.#delay.reset();
    return [
      metric('gauge', 'process_resident_memory_bytes', 'Memory of the process.', rss),
      metric('gauge', 'nodejs_heap_size_used_bytes', 'Memory of JavaScript objects.', heapUsed),
      metric('counter', 'process_cpu_seconds_total', 'Processor time of the process.', (user + system) / 1e6),
      metric('gauge', 'process_start_time_seconds', 'When the process started.', Date.now() / 1000 - process.uptime()),
      metric('gauge', 'process_uptime_seconds', 'How long the process runs.', process.uptime()),
      ...Object.entries(delays).map(([name, value]) =>
        metric(
          'gauge',
          `nodejs_eventloop_lag_${name}_seconds`,
          'Delay of the event loop since the last scrape.',
          seconds(value),
        ),
      ),
    ];
  }

  close(): void {
    this.#delay.disable();
  }
}
