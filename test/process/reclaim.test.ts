import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BallistaExecutor, BallistaScheduler } from 'ballista';
import { afterAll, beforeAll, expect, it } from 'vitest';

import { ServerProcess } from '../support/child.js';
import { until } from '../support/until.js';

let scheduler: BallistaScheduler;
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ballista-test-'));
  scheduler = new BallistaScheduler({ port: 0 });
  await scheduler.start();
});
afterAll(async () => {
  await scheduler.close();
  rmSync(folder, { recursive: true });
});

it('an executor removes the folders of killed executors beside its own, and no others', async () => {
  const start = () => ServerProcess.executor(scheduler.port, { workDir: folder });
  const [alive, doomed] = await Promise.all([start(), start()]);
  await doomed.kill();
  expect(readdirSync(folder)).toHaveLength(2);

  const ports = { schedulerPort: scheduler.port, port: 0, grpcPort: 0, vcores: 1 };
  const executor = new BallistaExecutor({ ...ports, workDir: folder });
  await executor.start();
  await until('the folder of the killed executor is gone', () => readdirSync(folder).length === 2);
  const second = new BallistaExecutor({ ...ports, workDir: folder });
  await second.start();
  expect(readdirSync(folder)).toHaveLength(3);
  expect(existsSync(executor.workDir)).toBe(true);
  await Promise.all([executor.close(), second.close(), alive.close()]);
  expect(readdirSync(folder)).toEqual([]);
});
