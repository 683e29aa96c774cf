import { expect, it } from 'vitest';

import { labelled, mergeFamilies, metric, metricsText } from '../../../src/cli/daemon/metric-families.js';

const memory = metric('gauge', 'memory_bytes', 'Memory.', 5);

it('metrics are written with their help, type, labels and value', () => {
  const labels = { process: 'a "b" \\ \n' };
  expect(metricsText([memory, labelled(metric('counter', 'jobs_total', 'Jobs.', 1.5), labels)])).toBe(
    `# HELP memory_bytes Memory.
# TYPE memory_bytes gauge
memory_bytes 5
# HELP jobs_total Jobs.
# TYPE jobs_total counter
jobs_total{process="a \\"b\\" \\\\ \\n"} 1.5
`,
  );
});

it('families of several processes become one, because Prometheus reads each name once', () => {
  const merged = mergeFamilies([labelled(memory, { process: 'a' }), labelled(memory, { process: 'b' })]);
  expect(merged).toHaveLength(1);
  expect(merged[0]?.samples).toEqual([
    { labels: { process: 'a' }, value: 5 },
    { labels: { process: 'b' }, value: 5 },
  ]);
});
