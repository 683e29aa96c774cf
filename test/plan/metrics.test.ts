import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';

import { MetricsSet } from '../../src/plan/metrics.js';
import { metric } from '../support/plans.js';

const set = new MetricsSet([
  metric('output_rows', 3, 'count', { partition: 0 }),
  metric('output_rows', 4, 'count', { partition: 1, labels: { file: 'a.parquet' } }),
  metric('elapsed_compute', 1_500_000, 'time'),
  metric('spilled_bytes', 2048, 'bytes'),
  metric('start_timestamp', 1_700_000_000_000, 'timestamp'),
  metric('pruned', null, 'pruning', { text: '3 of 5' }),
  metric('ratio', null, 'ratio', { text: '1 %', partition: 0 }),
  metric('ratio', null, 'ratio', { text: '2 %', partition: 1 }),
]);

describe('MetricsSet', () => {
  it('adds up partitions', () => {
    expect(set.outputRows).toBe(7);
    expect(set.elapsedCompute).toBe(1_500_000);
    expect(set.spilledBytes).toBe(2048);
    expect(set.sumByName('output_rows')).toBe(7);
  });

  it('has no value for missing metrics and for metrics that cannot be added', () => {
    expect(set.spillCount).toBeUndefined();
    expect(set.spilledRows).toBeUndefined();
    expect(set.sumByName('start_timestamp')).toBeUndefined();
    expect(set.sumByName('ratio')).toBeUndefined();
    expect(new MetricsSet([]).metrics()).toEqual([]);
  });

  it('prints with units', () => {
    expect(String(set)).toBe('output_rows=7, elapsed_compute=1.5 ms, spilled_bytes=2 KiB, pruned=3 of 5');
    expect(inspect(set)).toBe(`MetricsSet { ${set} }`);
  });

  it('does not expose its own array', () => {
    set.metrics().length = 0;
    expect(set.metrics()).toHaveLength(8);
  });
});

describe('Metric', () => {
  const [, second, compute, , start, pruned] = set.metrics();

  it('has name, value, partition and labels', () => {
    expect(second).toMatchObject({ name: 'output_rows', value: 4, partition: 1, labels: { file: 'a.parquet' } });
    expect(compute).toMatchObject({ value: 1_500_000, partition: undefined, labels: {}, valueAsDate: undefined });
  });

  it('has a date for a timestamp', () => {
    expect(start?.value).toBe(1_700_000_000_000);
    expect(start?.valueAsDate).toEqual(new Date(1_700_000_000_000));
  });

  it('has no value if it is not a single number', () => {
    expect(pruned?.value).toBeUndefined();
    expect(inspect(pruned)).toBe('Metric { pruned=3 of 5 }');
  });
});
