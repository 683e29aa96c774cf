import { availableParallelism } from 'node:os';
import { expect, it } from 'vitest';

import { executorOptions, schedulerOptions } from '../../../src/cli/supervisor/cluster-options.js';

const cluster = { executors: 2, host: '::1', port: 0, workDir: '/w', udf: true, drainTimeoutMs: 5 };

it('the scheduler gets a port, and nothing of the executors', () => {
  expect(schedulerOptions(cluster, 7)).toEqual({ host: '::1', port: 7, drainTimeoutMs: 5 });
});

it('executors get the address of the scheduler, free ports, and their share of the machine', () => {
  const options = executorOptions(cluster, 'df://[::1]:7');
  const vcores = Math.max(1, Math.floor(availableParallelism() / 2));
  expect(options).toMatchObject({
    schedulerHost: '::1',
    schedulerPort: 7,
    port: 0,
    grpcPort: 0,
    vcores,
    workDir: '/w',
  });
  expect(executorOptions({ ...cluster, vcores: 9 }, 'df://a:7')).toMatchObject({ vcores: 9 });
});
