import { expect, it } from 'vitest';

import { executorsText } from '../../../src/cli/reports/executor-text.js';
import { jobsText, jobText } from '../../../src/cli/reports/job-text.js';
import { snapshotText } from '../../../src/cli/reports/snapshot.js';
import type { ExecutorInfo } from '../../../src/cluster/executor-info.js';
import type { JobInfo } from '../../../src/cluster/job-info.js';

const queuedAt = new Date(2026, 2, 1, 14, 5, 59);
const job: JobInfo = {
  jobId: 'a1',
  name: '',
  state: 'succeeded',
  sessionId: 's',
  owner: '',
  queuedAt,
  startedAt: queuedAt,
  endedAt: new Date(queuedAt.getTime() + 1500),
  stages: { done: 2, running: 0, total: 2 },
  tasks: { done: 1200, running: 0, total: 1200 },
  stageRows: 12_345,
  stageBytes: 2048,
  isWhole: false,
  error: undefined,
};
const executor: ExecutorInfo = {
  executorId: 'e1',
  host: 'h',
  port: 1,
  grpcPort: 2,
  slots: 4,
  freeSlots: 1,
  runningTasks: 3,
  taskMemoryBytes: undefined,
  runsFunctions: true,
  state: 'active',
  lastSeenAt: queuedAt,
};

it('jobs are a table without empty columns', async () => {
  expect(await jobsText([job])).toBe(`\
+-----+-----------+--------+-------------+--------+-------+---------------------+-------+
| job | state     | stages | tasks       | rows   | size  | queued              | time  |
+-----+-----------+--------+-------------+--------+-------+---------------------+-------+
| a1  | succeeded | 2/2    | 1,200/1,200 | 12,345 | 2 KiB | 2026-03-01 14:05:59 | 1.5 s |
+-----+-----------+--------+-------------+--------+-------+---------------------+-------+
`);
  expect(await jobsText([])).toContain('No job waits or runs');
});

it('a job that runs has a bar', async () => {
  const running = { ...job, state: 'running', tasks: { done: 3, running: 1, total: 8 } } as const;
  expect(await jobsText([running])).toContain('| [########............] 37 % |');
  expect(await jobsText([{ ...running, tasks: { done: 0, running: 1, total: 1 } }])).not.toContain('#');
});

it('a job has its error below its tables, without control characters', async () => {
  const text = await jobText({ ...job, state: 'failed', error: 'It\u001b[2J failed.\nTwice.', stageList: [] });
  expect(text.split('\n\n').at(-1)).toBe('It\\x1b[2J failed.\nTwice.\n');
});

it('executors show their slots', async () => {
  expect(await executorsText([executor])).toContain('| e1       | h:1     | active | 3/4        | 3     |');
  expect(await executorsText([])).toContain('No executor');
});

it('a snapshot fits a terminal', async () => {
  const jobs = Array.from({ length: 100 }, (_, i) => ({ ...job, jobId: `job-${i}` }));
  const executors = Array.from({ length: 100 }, (_, i) => ({ ...executor, executorId: `executor-${i}` }));
  const lines = (await snapshotText({ jobs, executors }, { columns: 80, rows: 40 })).trimEnd().split('\n');
  expect(lines[0]).toBe('executors: 100 · busy slots: 300/400 · running jobs: 0 · queued jobs: 0');
  expect(lines.length).toBeLessThanOrEqual(40);
  expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(80);
  expect(lines.filter((line) => line.includes('job-')).length).toBeGreaterThan(5);
  expect(lines.filter((line) => line.includes('executor-')).length).toBeGreaterThan(2);
  expect((await snapshotText({ jobs, executors })).split('\n').length).toBeGreaterThan(200);
});
