import { BallistaExecutor, BallistaScheduler, BallistaSessionContext } from 'ballista';
import { afterAll, beforeAll, expect, it } from 'vitest';

import { jobsOf } from '../support/jobs.js';
import { Program } from '../support/program.js';
import { unnamedFiles } from '../support/unnamed-files.js';
import { until } from '../support/until.js';

let scheduler: BallistaScheduler;
let executor: BallistaExecutor;
beforeAll(async () => {
  scheduler = new BallistaScheduler({ port: 0 });
  await scheduler.start();
  executor = new BallistaExecutor({ schedulerPort: scheduler.port, port: 0, grpcPort: 0, vcores: 1 });
  await executor.start();
});
afterAll(async () => {
  await executor.close();
  await scheduler.close();
});

it.each(['running', 'unread'])('the %s query of a killed client ends, and its files are removed', async (state) => {
  const client = new Program('doomed.mjs', { args: [scheduler.url, state] });
  await client.line('ready');
  await until('the job has files', () => jobsOf(executor).length > 0);
  client.kill('SIGKILL');
  await client.ended;
  await until('the files are gone', () => jobsOf(executor).length === 0);
  const ctx = new BallistaSessionContext(scheduler.url);
  expect(await (await ctx.sql('select 1 as a')).toArray()).toEqual([{ a: 1n }]);
  await ctx.close();
});

it.runIf(process.platform === 'linux')('the rows of a whole query end with their client', async () => {
  const client = new Program('doomed.mjs', { args: [scheduler.url, 'whole'] });
  await client.line('ready');
  await until('rows wait in a file', () => unnamedFiles(process.pid, executor.workDir).length > 0);
  client.kill('SIGKILL');
  await client.ended;
  await until('the rows are gone', () => unnamedFiles(process.pid, executor.workDir).length === 0, 30_000);
});
